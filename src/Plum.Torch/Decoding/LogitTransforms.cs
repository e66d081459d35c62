using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Plum.Models;

namespace Plum.Torch.Decoding;

/// <summary>
/// What is done to one row of logits before a token is drawn: pure functions in place, a removed token becomes minus infinity.
/// The order and the rules of Hugging Face transformers: repetition penalty, temperature, top-k, top-p, min-p.
/// One difference: tokens exactly as likely as the last one that top-p keeps are all kept, where a sort keeps some of them.
/// </summary>
public static class LogitTransforms
{
    /// <summary>Applies every transform that <paramref name="options"/> asks for; a temperature of 0 is left to the draw.</summary>
    /// <param name="logits">One row, [vocabulary].</param>
    /// <param name="options">How tokens are drawn.</param>
    /// <param name="seen">Tokens of prompt and completion so far, in any order, repeats allowed; used by the repetition penalty alone.</param>
    public static void Apply(Span<float> logits, SamplingOptions options, ReadOnlySpan<int> seen = default)
    {
        if (options.RepetitionPenalty != 1) PenalizeRepetition(logits, seen, options.RepetitionPenalty);
        if (options.Temperature is not (0 or 1)) DivideByTemperature(logits, options.Temperature);
        if (options.TopK > 0) KeepTopK(logits, options.TopK);
        if (options.TopP < 1) KeepTopP(logits, options.TopP);
        if (options.MinP > 0) KeepMinP(logits, options.MinP);
    }

    /// <summary>Divides positive and multiplies negative logits of seen tokens by the penalty, each token once (Keskar et al., 2019, CTRL, section 4.1).</summary>
    /// <param name="logits">One row, [vocabulary].</param>
    /// <param name="seen">Token ids, repeats allowed.</param>
    /// <param name="penalty">Above 1 discourages, below 1 encourages repetition.</param>
    public static void PenalizeRepetition(Span<float> logits, ReadOnlySpan<int> seen, double penalty)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(penalty);
        HashSet<int> done = new(seen.Length);
        foreach (int token in seen)
        {
            if (done.Add(token))
                logits[token] = (float)(logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty);
        }
    }

    /// <summary>Divides every logit by the temperature.</summary>
    /// <param name="logits">One row, [vocabulary].</param>
    /// <param name="temperature">Positive.</param>
    public static void DivideByTemperature(Span<float> logits, double temperature)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        float divisor = (float)temperature;
        Span<Vector256<float>> vectors = MemoryMarshal.Cast<float, Vector256<float>>(logits);
        foreach (ref Vector256<float> vector in vectors) vector /= divisor;
        foreach (ref float logit in logits[(vectors.Length * Vector256<float>.Count)..]) logit /= divisor;
    }

    /// <summary>Keeps the <paramref name="count"/> likeliest tokens and those tied with the last of them (Fan et al., 2018).</summary>
    /// <param name="logits">One row, [vocabulary].</param>
    /// <param name="count">How many, positive; more than the vocabulary keeps all.</param>
    public static void KeepTopK(Span<float> logits, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if (count < logits.Length) RemoveBelow(logits, LargestValues.AtRank(logits, count));
    }

    /// <summary>Keeps the smallest set of likeliest tokens whose probabilities sum to <paramref name="mass"/> (Holtzman et al., 2020); at least one.</summary>
    /// <param name="logits">One row, [vocabulary].</param>
    /// <param name="mass">In (0, 1]; 1 keeps all.</param>
    public static void KeepTopP(Span<float> logits, double mass)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(mass);
        if (mass < 1) RemoveBelow(logits, Nucleus.SmallestLogit(logits, mass));
    }

    /// <summary>Keeps tokens at least <paramref name="share"/> times as likely as the likeliest (Nguyen et al., 2024).</summary>
    /// <param name="logits">One row, [vocabulary].</param>
    /// <param name="share">In [0, 1].</param>
    public static void KeepMinP(Span<float> logits, double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        RemoveBelow(logits, (float)(RowMath.Max(logits) + Math.Log(share)));
    }

    private static void RemoveBelow(Span<float> logits, float smallest)
    {
        Vector256<float> bound = Vector256.Create(smallest), removed = Vector256.Create(float.NegativeInfinity);
        Span<Vector256<float>> vectors = MemoryMarshal.Cast<float, Vector256<float>>(logits);
        foreach (ref Vector256<float> vector in vectors)
            vector = Vector256.ConditionalSelect(Vector256.LessThan(vector, bound), removed, vector);
        foreach (ref float logit in logits[(vectors.Length * Vector256<float>.Count)..])
        {
            if (logit < smallest) logit = float.NegativeInfinity;
        }
    }
}
