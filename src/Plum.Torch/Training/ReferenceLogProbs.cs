using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Plum.Torch.Checkpoints;
using Plum.Torch.Transformers;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>log p of completion tokens under a frozen model: computed once, and kept on disk where a file is named.</summary>
public static class ReferenceLogProbs
{
    /// <summary>Computes them.</summary>
    /// <param name="model">Shape and rotary tables.</param>
    /// <param name="weights">The weights; read by all workers.</param>
    /// <param name="groups">What to score.</param>
    /// <param name="options">Workers, row length, memory.</param>
    /// <returns>For each group the concatenated log-probs of its completions.</returns>
    public static float[][] Compute(Decoder model, DecoderWeights weights, IReadOnlyList<CompletionGroup> groups, PreferenceOptions options)
    {
        float[][] results = new float[groups.Count][];
        int[][] chunks = options.MicroBatchTokens == 0
            ? [.. Enumerable.Range(0, groups.Count).Chunk(32)]
            : MicroBatches.Of([.. Enumerable.Range(0, groups.Count)], g => groups[g].Tokens, options.MicroBatchTokens, options.Workers);
        using WorkerThreads threads = new(options.Workers);
        threads.Run(worker =>
        {
            using var _ = no_grad();
            for (int c = worker; c < chunks.Length; c += options.Workers)
            {
                using DisposeScope scope = NewDisposeScope();
                CompletionGroup[] mine = [.. chunks[c].Select(g => groups[g])];
                using PackedBatch packed = PackedBatch.Pack(mine, options.RowLength, model.Device);
                float[] all = BatchPass.Run(model, weights, packed, options.Pass).LogProbs.Floats().ToArray();
                int completion = 0;
                foreach ((int group, CompletionGroup tokens) in chunks[c].Zip(mine))
                {
                    int start = packed.Starts[completion];
                    completion += tokens.Completions.Count;
                    results[group] = all[start..packed.Starts[completion]];
                }
            }
        });
        return results;
    }

    /// <summary>What they depend on: the model's files, the tokens, and how they are computed.</summary>
    /// <param name="folder">The frozen model's checkpoint folder.</param>
    /// <param name="groups">What is scored.</param>
    /// <param name="options">How.</param>
    /// <returns>SHA-256 in hexadecimal.</returns>
    public static string Key(string folder, IReadOnlyList<CompletionGroup> groups, PreferenceOptions options)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in Directory.EnumerateFiles(folder).Where(file => file.EndsWith(".safetensors", StringComparison.Ordinal) || Path.GetFileName(file) == "config.json").Order(StringComparer.Ordinal))
        {
            using FileStream stream = File.OpenRead(file);
            hash.AppendData(SHA256.HashData(stream));
        }

        Append(hash, [(int)options.DType, options.RowLength, options.MicroBatchTokens, .. options.Pass.Fused ? [1] : (int[])[]]);
        foreach (CompletionGroup group in groups)
        {
            Append(hash, group.Prompt);
            foreach (int[] completion in group.Completions) Append(hash, completion);
            Append(hash, []);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="file">Named by the <see cref="Key"/>.</param>
    /// <param name="groups">What was scored.</param>
    /// <returns>null where there is no such file.</returns>
    public static float[][]? Read(string file, IReadOnlyList<CompletionGroup> groups)
    {
        if (!File.Exists(file)) return null;
        using DisposeScope scope = NewDisposeScope();
        using SafetensorsReader reader = SafetensorsReader.Open(file);
        ReadOnlySpan<float> all = reader.Load("log_probs").Floats();
        float[][] results = new float[groups.Count][];
        int start = 0;
        for (int g = 0; g < results.Length; g++)
        {
            int count = groups[g].Completions.Sum(c => c.Length);
            results[g] = all.Slice(start, count).ToArray();
            start += count;
        }

        return results;
    }

    /// <summary>Keeps them; the file is there as a whole or not at all.</summary>
    /// <param name="file">Where.</param>
    /// <param name="logProbs">Group by group.</param>
    public static void Write(string file, float[][] logProbs)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using Tensor all = tensor(logProbs.SelectMany(group => group).ToArray());
        SafetensorsWriter.Write(file, new Dictionary<string, Tensor> { ["log_probs"] = all });
    }

    private static void Append(IncrementalHash hash, int[] numbers)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, numbers.Length);
        hash.AppendData(length);
        hash.AppendData(MemoryMarshal.AsBytes<int>(numbers));
    }
}
