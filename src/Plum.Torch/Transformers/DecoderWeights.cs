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
        Tensor Named(string name) => parameters[name].to(dtype);
        Tensor Norm(string name) => parameters[name].to(ScalarType.Float32);
        Tensor? Optional(string name) => parameters.TryGetValue(name, out Tensor? tensor) ? tensor.to(dtype) : null;
        Tensor? OptionalNorm(string name) => parameters.TryGetValue(name, out Tensor? tensor) ? tensor.to(ScalarType.Float32) : null;
        Tensor? Joined(params string[] names) => parameters.ContainsKey(names[0]) ? cat([.. names.Select(Named)], 0) : null;

        List<LayerWeights> layers = new(config.Layers);
        for (int layer = 0; layer < config.Layers; layer++)
        {
            string at = $"layers.{layer}.";
            layers.Add(new LayerWeights(
                Norm(at + "attention_norm.weight"), OptionalNorm(at + "attention_norm.bias"),
                Joined(at + "q.weight", at + "k.weight", at + "v.weight")!, Joined(at + "q.bias", at + "k.bias", at + "v.bias"),
                Named(at + "o.weight"), Optional(at + "o.bias"),
                Norm(at + "mlp_norm.weight"), OptionalNorm(at + "mlp_norm.bias"),
                config.GatedMlp ? Joined(at + "gate.weight", at + "up.weight")! : Named(at + "up.weight"),
                config.GatedMlp ? Joined(at + "gate.bias", at + "up.bias") : Optional(at + "up.bias"),
                Named(at + "down.weight"), Optional(at + "down.bias")));
        }

        Tensor embedding = Named("token_embedding.weight");
        return new DecoderWeights(
            embedding, Optional("position_embedding.weight"), layers,
            Norm("final_norm.weight"), OptionalNorm("final_norm.bias"),
            config.TiedEmbeddings ? embedding : Named("lm_head.weight"));
    }

    /// <summary>Every distinct tensor here.</summary>
    public IEnumerable<Tensor> Tensors()
    {
        IEnumerable<Tensor?> all =
        [
            TokenEmbedding, PositionEmbedding, FinalNorm, FinalNormBias, Head,
            .. Layers.SelectMany(w => (Tensor?[])
            [
                w.AttentionNorm, w.AttentionNormBias, w.Qkv, w.QkvBias, w.Output, w.OutputBias,
                w.MlpNorm, w.MlpNormBias, w.Up, w.UpBias, w.Down, w.DownBias,
            ]),
        ];
        return all.OfType<Tensor>().Distinct(ReferenceEqualityComparer.Instance).Cast<Tensor>();
    }
}
