using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using Plum.Models;
using Plum.Torch.Decoding;

namespace Plum.Cli.Serving;

/// <summary>What a body asks for, looked through and within its bounds.</summary>
/// <param name="Count">Samples of each prompt.</param>
/// <param name="MaxTokens">The most tokens of a sample; null for what the API does where nothing is said.</param>
/// <param name="Seed">Keys the draws; null for a new one.</param>
/// <param name="Sampling">How tokens are drawn, up to their number.</param>
internal sealed record Asked(int Count, int? MaxTokens, long? Seed, SamplingOptions Sampling)
{
    public const int MostLikeliest = 20;
    private const int MostCount = 128;
    private const int MostStops = 16;

    /// <summary>Below this a division by it leaves float's range, and nothing but the likeliest token is drawn anyway.</summary>
    private const double Coldest = 1e-5;

    /// <summary>Looks through what both kinds of body have in common.</summary>
    /// <param name="body">The body.</param>
    /// <param name="maxTokens">The most tokens that it asks for.</param>
    /// <param name="defaults">How the model's tokens are drawn where the body does not say.</param>
    /// <exception cref="ApiException">A value is out of its range, or asks for what there is not.</exception>
    public static Asked Of(GenerationBody body, int? maxTokens, SamplingOptions defaults)
    {
        if (body.PresencePenalty is not (null or 0)) throw Unsupported("presence_penalty", "use repetition_penalty");
        if (body.FrequencyPenalty is not (null or 0)) throw Unsupported("frequency_penalty", "use repetition_penalty");
        if (body.LogitBias is { ValueKind: not JsonValueKind.Null } bias && !(bias.ValueKind == JsonValueKind.Object && !bias.EnumerateObject().Any()))
            throw Unsupported("logit_bias", "leave it out");
        if (body.StreamOptions is not null && body.Stream is not true)
            throw ApiException.Bad("stream_options", "stream_options is for streams: set stream to true, or leave it out.");
        if (maxTokens is < 1) throw ApiException.Bad("max_tokens", $"max_tokens is {maxTokens}; it has to be at least 1.", "integer_below_min_value");
        double temperature = Within("temperature", body.Temperature ?? defaults.Temperature, 0, 100);
        return new Asked(
            (int)Within("n", body.N ?? 1, 1, MostCount),
            maxTokens,
            body.Seed,
            new SamplingOptions(
                temperature < Coldest ? 0 : temperature,
                TopK: Math.Max(0, (int)Within("top_k", body.TopK ?? defaults.TopK, -1, int.MaxValue)),
                TopP: Within("top_p", body.TopP ?? defaults.TopP, 0, 1),
                MinP: Within("min_p", body.MinP ?? defaults.MinP, 0, 1),
                RepetitionPenalty: Within("repetition_penalty", body.RepetitionPenalty ?? defaults.RepetitionPenalty, 0.01, 100),
                Stop: Stops(body.Stop),
                StopTokenIds: body.StopTokenIds));
    }

    /// <summary>What the model is asked for one prompt.</summary>
    /// <param name="param">The member of the body that holds the prompt.</param>
    /// <param name="prompt">The prompt's tokens.</param>
    /// <param name="context">The most tokens of prompt and answer together.</param>
    /// <param name="unsaid">The most tokens of a sample where the body does not say.</param>
    /// <param name="likeliest">How many of the likeliest tokens are told with each.</param>
    /// <exception cref="ApiException">There is no room for the answer.</exception>
    public GenerationRequest Of(string param, int[] prompt, int context, int unsaid, int likeliest)
    {
        if (prompt.Length == 0) throw ApiException.Bad(param, $"{param} has no tokens; there is nothing to continue.");
        int room = context - prompt.Length, most = MaxTokens ?? Math.Min(unsaid, room);
        if (most > room || room < 1)
        {
            throw ApiException.Bad(
                param,
                $"The prompt has {prompt.Length} tokens{(MaxTokens is { } asked ? $" and max_tokens is {asked}" : "")}; the model's context is {context}. Shorten the prompt or lower max_tokens.",
                "context_length_exceeded");
        }

        // The prompt is part of the key: with one seed for many prompts, their draws are still independent of one another.
        ulong seed = unchecked((ulong)(Seed ?? BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8))));
        return new GenerationRequest(prompt, new DrawKey(seed, 0, "serve", string.Join(' ', prompt)), Count, Sampling with { MaxTokens = most }, likeliest);
    }

    /// <summary>A number, if it is within its bounds.</summary>
    public static T Within<T>(string param, T value, T least, T most)
        where T : INumber<T> => value >= least && value <= most
            ? value
            : throw ApiException.Bad(param, $"{param} is {value}; it has to be {(most == T.CreateTruncating(int.MaxValue) ? $"at least {least}" : $"from {least} to {most}")}.");

    public static ApiException Unsupported(string param, string remedy) => ApiException.Bad(param, $"{param} is not supported: {remedy}.", "unsupported_parameter");

    private static string[] Stops(JsonElement? given)
    {
        string[] stops = given switch
        {
            null or { ValueKind: JsonValueKind.Null } => [],
            { ValueKind: JsonValueKind.String } text => [text.GetString()!],
            { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) => [.. list.EnumerateArray().Select(item => item.GetString()!)],
            _ => throw ApiException.Bad("stop", "stop has to be a text or a list of texts.", "invalid_type"),
        };
        if (stops.Length > MostStops) throw ApiException.Bad("stop", $"stop has {stops.Length} texts; it may have {MostStops}.");
        return stops.Contains("") ? throw ApiException.Bad("stop", "A text in stop is empty; every answer would end before it begins.") : stops;
    }
}
