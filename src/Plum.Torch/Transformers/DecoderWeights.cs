using Plum.Torch.Checkpoints;
using static TorchSharp.torch;

namespace Plum.Torch.Transformers;

/// <summary>
/// All weights of a decoder in the layout and type of a computation. Made from the named parameters by differentiable
/// operations, so that gradients of a pass flow back to the parameters; or once, under no_grad, for sampling.
/// </summary>
/// <param name="TokenEmbedding">[vocabulary, hidden].</param>
/// <param name="PositionEmbedding">[positions, hidden]; null where positions are rotary.</param>
/// <param name="Layers">One entry a layer.</param>
/// <param name="FinalNorm">[hidden].</param>
/// <param name="FinalNormBias">[hidden]; null for RMS norms.</param>
/// <param name="Head">[vocabulary, hidden]; the token embedding itself where the two are tied.</param>
public sealed record DecoderWeights(
    Tensor TokenEmbedding,
    Tensor? PositionEmbedding,
    IReadOnlyList<LayerWeights> Layers,
    Tensor FinalNorm,
    Tensor? FinalNormBias,
    Tensor Head)
{
    /// <summary>Arranges named parameters for a computation.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="parameters">Canonical name to tensor; see <see cref="CheckpointFolder"/>.</param>
    /// <param name="dtype">The type of the matrix products; norms stay in float32.</param>
    /// <returns>Tensors owned by the caller's dispose scope.</returns>
    public static DecoderWeights Arrange(ModelConfig config, IReadOnlyDictionary<string, Tensor> parameters, ScalarType dtype)
    {
        Tensor embedding = parameters["token_embedding.weight"].to(dtype);
        return new DecoderWeights(
            embedding, parameters.GetValueOrDefault("position_embedding.weight")?.to(dtype),
            [.. Enumerable.Range(0, config.Layers).Select(layer => ArrangeLayer(config, layer, parameters.GetValueOrDefault, dtype))],
            parameters["final_norm.weight"].to(ScalarType.Float32), parameters.GetValueOrDefault("final_norm.bias")?.to(ScalarType.Float32),
            config.TiedEmbeddings ? embedding : parameters["lm_head.weight"].to(dtype));
    }

    /// <summary>Arranges one layer.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="layer">Which, from 0.</param>
    /// <param name="parameter">A parameter by canonical name; null where the family has none of that name.</param>
    /// <param name="dtype">The type of the matrix products; norms stay in float32.</param>
    internal static LayerWeights ArrangeLayer(ModelConfig config, int layer, Func<string, Tensor?> parameter, ScalarType dtype)
    {
        string at = $"layers.{layer}.";
        Tensor Named(string name) => parameter(at + name)!.to(dtype);
        Tensor? Optional(string name) => parameter(at + name)?.to(dtype);
        Tensor Norm(string name) => parameter(at + name)!.to(ScalarType.Float32);
        Tensor? OptionalNorm(string name) => parameter(at + name)?.to(ScalarType.Float32);
        Tensor? Joined(params string[] names)
        {
            Tensor?[] parts = [.. names.Select(Optional)];
            return parts[0] is null ? null : cat([.. parts.OfType<Tensor>()], 0);
        }

        return new LayerWeights(
            Norm("attention_norm.weight"), OptionalNorm("attention_norm.bias"),
            Joined("q.weight", "k.weight", "v.weight")!, Joined("q.bias", "k.bias", "v.bias"),
            Named("o.weight"), Optional("o.bias"),
            Norm("mlp_norm.weight"), OptionalNorm("mlp_norm.bias"),
            config.GatedMlp ? Joined("gate.weight", "up.weight")! : Named("up.weight"),
            config.GatedMlp ? Joined("gate.bias", "up.bias") : Optional("up.bias"),
            Named("down.weight"), Optional("down.bias"));
    }

    /// <summary>Every distinct tensor here, low-rank updates not counted.</summary>
    public IEnumerable<Tensor> Tensors() =>
        ((IEnumerable<Tensor?>)[TokenEmbedding, PositionEmbedding, FinalNorm, FinalNormBias, Head, .. Layers.SelectMany(Tensors)])
            .OfType<Tensor>().Distinct(ReferenceEqualityComparer.Instance).Cast<Tensor>();

    /// <summary>A layer's tensors, low-rank updates not counted.</summary>
    internal static IEnumerable<Tensor> Tensors(LayerWeights w) =>
        ((IEnumerable<Tensor?>)
        [
            w.AttentionNorm, w.AttentionNormBias, w.Qkv, w.QkvBias, w.Output, w.OutputBias,
            w.MlpNorm, w.MlpNormBias, w.Up, w.UpBias, w.Down, w.DownBias,
        ]).OfType<Tensor>();
}
