using Plum.Torch.Transformers;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Decoding;

/// <summary>Prompts run through the decoder once, whatever the number of samples drawn from each.</summary>
public sealed class PrefixCache : IDisposable
{
    private PrefixCache(Tensor[] keys, Tensor[] values, float[] logits, int length)
    {
        Keys = keys;
        Values = values;
        Logits = logits;
        Length = length;
    }

    /// <summary>By layer, [prompts, length, kv_heads, head_dim]; columns past a prompt's end hold nothing of use.</summary>
    public IReadOnlyList<Tensor> Keys { get; }

    /// <summary>By layer, as <see cref="Keys"/>.</summary>
    public IReadOnlyList<Tensor> Values { get; }

    /// <summary>The logits after each prompt's last token, [prompts, vocabulary] row by row.</summary>
    public float[] Logits { get; }

    /// <summary>The longest prompt's tokens.</summary>
    public int Length { get; }

    /// <summary>Encodes prompts, right-padded to the longest. Causal attention keeps the padding out of every real token.</summary>
    /// <param name="model">The decoder.</param>
    /// <param name="prompts">Token ids, each at least one.</param>
    public static PrefixCache Encode(DecoderSnapshot model, IReadOnlyList<int[]> prompts)
    {
        using var _ = no_grad();
        using DisposeScope scope = NewDisposeScope();
        int rows = prompts.Count, length = prompts.Max(p => p.Length);
        long[] tokens = new long[rows * length], last = new long[rows];
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < prompts[row].Length; i++)
                tokens[(row * length) + i] = prompts[row][i];
            last[row] = (row * length) + prompts[row].Length - 1;
        }

        Tensor positions = arange(length, ScalarType.Int64).unsqueeze(0).expand(rows, length);
        IReadOnlyList<Tensor> masks = AttentionMask.PerLayer(
            AttentionMask.Causal(length, model.DType), model.Config.SlidingWindows, positions, positions);
        Tensor[] keys = new Tensor[model.Config.Layers], values = new Tensor[model.Config.Layers];
        Tensor hidden = DecoderForward.Run(
            model.Config, model.Weights, model.Rotary, tensor(tokens).view(rows, length), positions,
            (layer, q, k, v) =>
            {
                keys[layer] = k.transpose(1, 2).contiguous().DetachFromDisposeScope();
                values[layer] = v.transpose(1, 2).contiguous().DetachFromDisposeScope();
                return AttentionMask.Attend(q, k, v, masks[layer]);
            });
        Tensor final = hidden.view(rows * length, -1).index_select(0, tensor(last));
        return new PrefixCache(keys, values, model.Logits(final), length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in Keys.Concat(Values))
            tensor.Dispose();
    }
}
