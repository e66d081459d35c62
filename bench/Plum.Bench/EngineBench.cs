using System.Text.Json;
using Plum.Models;
using Plum.Torch.Decoding;
using static TorchSharp.torch;

namespace Plum.Bench;

/// <summary>
/// What sampling costs beside what the machine can do and beside the bare products of the same shapes, in one process: the
/// seed policy, and random weights (<see cref="ShapeBench"/>). The best of several tries each.
/// </summary>
internal static class EngineBench
{
    public static void Run(string assets, string part, string only)
    {
        Machine machine = Machine.Measure();
        Console.WriteLine($"{Environment.ProcessorCount} processors, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}; at best float32 {machine.Float32 / 1e9:0} GFLOP/s, "
            + $"bfloat16 {machine.BFloat16 / 1e9:0.#} GFLOP/s, memory {machine.Bandwidth / 1e9:0.0} GB/s");
        if (part is "all" or "seed")
            SeedPolicy(assets, machine);
        if (part is "all" or "small")
            ShapeBench.Small(machine, only);
        if (part is "all" or "shape")
            ShapeBench.Coder(machine, only);
    }

    /// <summary>64 prompts x 16 samples, as rounds sample: each prompt encoded once, and then once a sample.</summary>
    private static void SeedPolicy(string assets, Machine machine)
    {
        PeakMemory.Reset();
        using SamplingModel model = SamplingModel.Open(Path.Combine(assets, "policy"), ScalarType.Float32);
        int[][] prompts = [.. File.ReadLines(Path.Combine(assets, "instructions", "plum.jsonl")).Take(64).Select(line => model.Tokenizer.Encode(
            model.Template!.Render([new ChatMessage("user", JsonDocument.Parse(line).RootElement.GetProperty("instruction").GetString()!)])))];
        using BareProducts bare = new(model.Config, ScalarType.Float32);
        foreach (bool shared in (bool[])[true, false])
        {
            GenerationRequest[] requests = [.. prompts.SelectMany((prompt, index) => shared
                ? [new GenerationRequest(prompt, new DrawKey(1, 0, "bench", $"{index}"), 16, new SamplingOptions(MaxTokens: 90))]
                : Enumerable.Range(0, 16).Select(sample => new GenerationRequest(prompt, new DrawKey(1, 0, "bench", $"{index}/{sample}"), 1, new SamplingOptions(MaxTokens: 90))))];
            int workers = Environment.ProcessorCount, tokens = 0;
            double seconds = Machine.Best(() =>
            {
                IReadOnlyList<Generation>[] found = new IReadOnlyList<Generation>[workers];
                Machine.OnAll(part => found[part] = [.. model.OpenBatch(128, 1)
                    .Run([.. requests.Skip(requests.Length * part / workers).Take(requests.Length / workers)], default).SelectMany(samples => samples)]);
                tokens = found.SelectMany(samples => samples).Sum(sample => sample.TokenIds.Count);
            }, 6);
            int encoded = requests.Sum(request => request.Prompt.Length);
            double step = bare.Seconds(128, 128, 1, 0.5) / workers, products = bare.Operations(tokens + encoded, tokens + requests.Length);
            Console.WriteLine($"seed policy, 64 x 16, prefixes {(shared ? "shared" : "not shared")}: {tokens / seconds:0} tokens/s, {1024 / seconds:0} completions/s of {tokens / 1024.0:0} tokens, "
                + $"{encoded} prompt tokens; {products / seconds / 1e9:0} GFLOP/s ({products / seconds / machine.Float32:P0} of libtorch's best), "
                + $"{seconds / (step * products / bare.Operations(128, 128)):0.00} x bare products; peak {PeakMemory.Bytes >> 20} MiB");
        }
    }
}
