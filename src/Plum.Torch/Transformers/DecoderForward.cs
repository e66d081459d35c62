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
        return FinalNorm(config, weights, Layers(config, weights, rotary, tokens, positions, attention));
    }

    /// <summary>The same without the last norm; arguments as for <see cref="Run"/>.</summary>
    internal static Tensor Layers(
        ModelConfig config, DecoderWeights weights, RotaryTables? rotary, Tensor tokens, Tensor positions, Attention attention)
    {
        (Tensor Cos, Tensor Sin)? turn = Turn(rotary, positions, weights.TokenEmbedding.dtype);
        Tensor x = Embed(weights, tokens, positions);
        for (int layer = 0; layer < config.Layers; layer++)
        {
            using DisposeScope scope = NewDisposeScope();
            x = Layer(config, weights.Layers[layer], layer, x, turn, attention).MoveToOuterDisposeScope();
        }

        return x;
    }

    /// <summary>What the first layer reads, [rows, length, hidden].</summary>
    internal static Tensor Embed(DecoderWeights weights, Tensor tokens, Tensor positions)
    {
        long rows = tokens.shape[0], length = tokens.shape[1];
        Tensor x = weights.TokenEmbedding.index_select(0, tokens.reshape(-1)).view(rows, length, -1);
        return weights.PositionEmbedding is null ? x : x + weights.PositionEmbedding.index_select(0, positions.reshape(-1)).view(rows, length, -1);
    }

    /// <summary>The rotary tables' rows for the batch; null where positions are learned.</summary>
    internal static (Tensor Cos, Tensor Sin)? Turn(RotaryTables? rotary, Tensor positions, ScalarType dtype) =>
        rotary?.At(positions.reshape(-1), positions.shape[0], positions.shape[1], dtype);

    /// <summary>One block: attention and MLP, each added to the residual stream.</summary>
    internal static Tensor Layer(ModelConfig config, LayerWeights w, int layer, Tensor x, (Tensor Cos, Tensor Sin)? turn, Attention attention)
    {
        long rows = x.shape[0], length = x.shape[1];
        int heads = config.Heads, kvHeads = config.KeyValueHeads, headDim = config.HeadSize;
        Tensor joined = Project(Norm(config, x, w.AttentionNorm, w.AttentionNormBias), w.Qkv, w.QkvBias, w.Updates?.Qkv)
            .view(rows, length, heads + (2 * kvHeads), headDim).transpose(1, 2);
        // One split, not several narrows: its backward joins the gradients in a single copy.
        Tensor[] parts = joined.split([heads + kvHeads, kvHeads], 1);
        if (turn is var (cos, sin))
            parts[0] = RotaryTables.Rotate(parts[0], cos, sin);
        Tensor[] queriesKeys = parts[0].split([heads, kvHeads], 1);
        double scale = config.QueryScale(layer);
        Tensor attended = attention(layer, scale == 1 ? queriesKeys[0] : queriesKeys[0] * Constants.Of(scale), queriesKeys[1], parts[1]);
        Tensor merged = attended.transpose(1, 2).reshape(rows, length, heads * headDim);
        Tensor middle = x + Project(merged, w.Output, w.OutputBias, w.Updates?.Output);
        Tensor up = Project(Norm(config, middle, w.MlpNorm, w.MlpNormBias), w.Up, w.UpBias, w.Updates?.Up);
        return middle + Project(Activate(config, up), w.Down, w.DownBias, w.Updates?.Down);
    }

    /// <summary>The norm behind the last layer; token by token, so that it may be given only some of them.</summary>
    internal static Tensor FinalNorm(ModelConfig config, DecoderWeights weights, Tensor x) => Norm(config, x, weights.FinalNorm, weights.FinalNormBias);

    private static Tensor Project(Tensor x, Tensor weight, Tensor? bias, LowRank? update)
    {
        Tensor y = nn.functional.linear(x, weight, bias);
        return update is null ? y : y + update.Of(x);
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
