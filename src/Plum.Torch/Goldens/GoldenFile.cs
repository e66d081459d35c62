using System.Text.Json;

namespace Plum.Torch.Goldens;

/// <summary>What other code answered for a model: a JSON file; any part may be absent.</summary>
/// <param name="Cases">Forward passes.</param>
/// <param name="Train">A loss and its gradients.</param>
/// <param name="Greedy">Greedy continuations.</param>
public sealed record GoldenFile(IReadOnlyList<GoldenCase>? Cases = null, GoldenTraining? Train = null, IReadOnlyList<GoldenGreedy>? Greedy = null)
{
    /// <summary>Reads a file.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="InputException">It is absent or malformed.</exception>
    public static GoldenFile Read(string file)
    {
        if (!File.Exists(file)) throw new InputException($"{file}: there is no such file: name one with cases, train or greedy");
        try
        {
            return JsonSerializer.Deserialize<GoldenFile>(File.ReadAllBytes(file), PlumJson.Lines) ?? throw new InputException($"{file} holds null where an object is expected.");
        }
        catch (JsonException fault)
        {
            throw new InputException($"{file} is not a golden file: {fault.Message}", fault);
        }
    }
}

/// <summary>A forward pass.</summary>
/// <param name="Name">What the case is called.</param>
/// <param name="InputIds">[rows, length] token ids.</param>
/// <param name="Logits">[rows, length, vocabulary].</param>
/// <param name="AttentionMask">[rows, length], 1 for real tokens; null where all are.</param>
/// <param name="PositionIds">[rows, length]; null counts from 0.</param>
public sealed record GoldenCase(string Name, int[][] InputIds, float[][][] Logits, int[][]? AttentionMask = null, int[][]? PositionIds = null);

/// <summary>A mean cross-entropy.</summary>
/// <param name="InputIds">[rows, length] token ids, padded at the right.</param>
/// <param name="AttentionMask">[rows, length], 1 for real tokens.</param>
/// <param name="Labels">[rows, length]; -100 where a token is not learnt.</param>
/// <param name="Loss">The loss.</param>
/// <param name="TokenLogps">[rows, length - 1]: at t, log p of token t + 1 where it is learnt.</param>
/// <param name="SequenceLogps">[rows]: their sums.</param>
/// <param name="GradsFile">Safetensors with the gradient of each tensor, beside the golden file; null where there is none.</param>
public sealed record GoldenTraining(
    int[][] InputIds, int[][] AttentionMask, int[][] Labels, double Loss, float[][] TokenLogps, float[] SequenceLogps, string? GradsFile = null);

/// <summary>Greedy continuations, end tokens ignored.</summary>
/// <param name="InputIds">[rows, length] token ids.</param>
/// <param name="MaxNewTokens">How many tokens follow.</param>
/// <param name="NewTokens">[rows, new]: the tokens.</param>
/// <param name="AttentionMask">[rows, length], 1 for real tokens; null where all are.</param>
public sealed record GoldenGreedy(int[][] InputIds, int MaxNewTokens, int[][] NewTokens, int[][]? AttentionMask = null);
