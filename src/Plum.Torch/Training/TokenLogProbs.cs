using Plum.Torch.Transformers;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>log p of every completion token of a packed batch.</summary>
public static class TokenLogProbs
{
    /// <summary>Runs the decoder over a batch; differentiable where grad mode is on.</summary>
    /// <param name="model">Shape and rotary tables.</param>
    /// <param name="weights">The weights, arranged.</param>
    /// <param name="batch">The packed groups.</param>
    /// <param name="entropy">Mean entropy of the predictive distributions in nats, detached.</param>
    /// <returns>[completion tokens] float32.</returns>
    public static Tensor Compute(Decoder model, DecoderWeights weights, PackedBatch batch, out Tensor entropy)
    {
        IReadOnlyList<Tensor> masks = AttentionMask.PerLayer(
            batch.Mask.to(weights.Head.dtype), model.Config.SlidingWindows, batch.Positions, batch.Positions);
        Tensor hidden = DecoderForward.Run(
            model.Config, weights, model.Rotary, batch.Tokens, batch.Positions,
            (layer, queries, keys, values) => AttentionMask.Attend(queries, keys, values, masks[layer]));
        Tensor picked = hidden.view(-1, hidden.shape[^1]).index_select(0, batch.Predictors);
        Tensor logProbs = nn.functional.log_softmax(
            nn.functional.linear(picked, weights.Head).to(ScalarType.Float32), 1);
        using (no_grad())
            entropy = (logProbs.exp() * logProbs).sum(1).mean().neg();
        return logProbs.gather(1, batch.Targets.unsqueeze(1)).squeeze(1).index_select(0, batch.Spread);
    }
}
