using Plum.Models;

namespace Plum.Torch.Checkpoints;

/// <summary>
/// How a checkpoint's makers would have it sampled: temperature, top_k, top_p, min_p and repetition_penalty of
/// generation_config.json, as vLLM takes them (<c>do_sample</c> and the lengths are not looked at).
/// </summary>
internal static class SamplingDefaults
{
    /// <summary>The folder's settings; what its file does not name, or a folder without the file, changes nothing.</summary>
    /// <param name="folder">The checkpoint folder.</param>
    /// <exception cref="InputException">A value is out of its range; the message names file and key.</exception>
    public static SamplingOptions Read(string folder)
    {
        SamplingOptions plain = new();
        string file = Path.Combine(folder, "generation_config.json");
        if (!File.Exists(file)) return plain;
        JsonSettings json = JsonSettings.Read(file);
        double Within(string key, double otherwise, double least, double most) => json.Double(key, otherwise) is var value && value >= least && value <= most
            ? value
            : throw new InputException($"{file}: {key} is {value}; it has to be from {least} to {most}. Correct it, or take it out.");
        return plain with
        {
            Temperature = Within("temperature", plain.Temperature, 0, 100),
            TopK = Math.Max(0, json.Int("top_k", plain.TopK)),
            TopP = Within("top_p", plain.TopP, 0, 1),
            MinP = Within("min_p", plain.MinP, 0, 1),
            RepetitionPenalty = Within("repetition_penalty", plain.RepetitionPenalty, 0.01, 100),
        };
    }
}
