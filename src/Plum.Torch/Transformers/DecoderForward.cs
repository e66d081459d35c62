using Plum.Torch.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Transformers;

/// <summary>
/// The decoder-only transformer of every family Plum knows, written once: the family is data in <see cref="ModelConfig"/>.
/// Pre-norm residual blocks (Touvron et al. 2023 for the Llama line, Radford et al. 2019 for GPT-2).
/// </summary>
public static class DecoderForward
{
    /// <summary>Runs the layers.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="weights">Its weights, arranged.</param>
    /// <param name="rotary">The rotary tables; null where positions are learned.</param>
    /// <param name="tokens">[rows, length] int64.</param>
    /// <param name="positions">[rows, length] int64, from 0.</param>
    /// <param name="attention">How queries meet keys.</param>
    /// <returns>The final hidden states after the last norm, [rows, length, hidden].</returns>
    public static Tensor Run(
        ModelConfig config, DecoderWeights weights, RotaryTables? rotary, Tensor tokens, Tensor positions, Attention attention)
    {
        long rows = tokens.shape[0], length = tokens.shape[1];
        int heads = config.Heads, kvHeads = config.KeyValueHeads, headDim = config.HeadSize;
        Tensor flat = positions.reshape(-1);
        Tensor x = weights.TokenEmbedding.index_select(0, tokens.reshape(-1)).view(rows, length, -1);
        if (weights.PositionEmbedding is not null)
            x = x + weights.PositionEmbedding.index_select(0, flat).view(rows, length, -1);
        (Tensor Cos, Tensor Sin)? turn = rotary?.At(flat, rows, length, x.dtype);

        for (int layer = 0; layer < config.Layers; layer++)
        {
            using DisposeScope scope = NewDisposeScope();
            LayerWeights w = weights.Layers[layer];
            Tensor joined = nn.functional.linear(Norm(config, x, w.AttentionNorm, w.AttentionNormBias), w.Qkv, w.QkvBias)
                .view(rows, length, heads + (2 * kvHeads), headDim).transpose(1, 2);
            // One split, not several narrows: its backward joins the gradients in a single copy.
            Tensor[] parts = joined.split([heads + kvHeads, kvHeads], 1);
            if (turn is var (cos, sin))
                parts[0] = RotaryTables.Rotate(parts[0], cos, sin);
            Tensor[] queriesKeys = parts[0].split([heads, kvHeads], 1);
            Tensor attended = attention(layer, queriesKeys[0], queriesKeys[1], parts[1]);
            Tensor merged = attended.transpose(1, 2).reshape(rows, length, heads * headDim);
            Tensor middle = x + nn.functional.linear(merged, w.Output, w.OutputBias);
            Tensor up = nn.functional.linear(Norm(config, middle, w.MlpNorm, w.MlpNormBias), w.Up, w.UpBias);
            Tensor next = middle + nn.functional.linear(Activate(config, up), w.Down, w.DownBias);
            x = next.MoveToOuterDisposeScope();
        }

        return Norm(config, x, weights.FinalNorm, weights.FinalNormBias);
    }

    /// <summary>RMS norm (Zhang and Sennrich 2019) or layer norm, in float32, back in the type of its input.</summary>
    private static Tensor Norm(ModelConfig config, Tensor x, Tensor weight, Tensor? bias)
    {
        Tensor wide = x.to(ScalarType.Float32);
        if (config.Norm == NormKind.Layer)
            return nn.functional.layer_norm(wide, [x.shape[^1]], weight, bias, config.NormEpsilon).to(x.dtype);
        Tensor scale = (wide.square().mean([-1], keepdim: true) + Constants.Of(config.NormEpsilon)).rsqrt();
        return (wide * scale).to(x.dtype) * weight.to(x.dtype);
    }

    private static Tensor Activate(ModelConfig config, Tensor up)
    {
        if (!config.GatedMlp)
            return Nonlinearity(config, up);
        Tensor[] gateUp = up.chunk(2, -1);
        return Nonlinearity(config, gateUp[0]) * gateUp[1];
    }

    private static Tensor Nonlinearity(ModelConfig config, Tensor x) => config.Activation switch
    {
        Activation.Silu => nn.functional.silu(x),
        Activation.Gelu => nn.functional.gelu(x),
        Activation.Relu => nn.functional.relu(x),
        Activation.GeluTanh => 0.5 * x * (1 + (0.7978845608028654 * (x + (0.044715 * x * x * x))).tanh()),
        _ => throw new InvalidOperationException($"Activation {config.Activation} has no formula here."),
    };
}
