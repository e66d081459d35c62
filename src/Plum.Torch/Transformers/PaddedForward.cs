using static TorchSharp.torch;

namespace Plum.Torch.Transformers;

/// <summary>Logits of a padded batch, the way other programs hand batches over; for comparisons rather than for training.</summary>
public static class PaddedForward
{
    /// <summary>Runs a batch; differentiable where grad mode is on.</summary>
    /// <param name="model">Shape and rotary tables.</param>
    /// <param name="weights">The weights, arranged.</param>
    /// <param name="tokens">[rows, length] int64, on the model's device, as the others.</param>
    /// <param name="attentionMask">[rows, length] int64, 1 for real tokens; null where all are.</param>
    /// <param name="positions">[rows, length] int64; null counts from 0 in every row.</param>
    /// <returns>[rows, length, vocabulary]; what stands at padding means nothing.</returns>
    public static Tensor Logits(Decoder model, DecoderWeights weights, Tensor tokens, Tensor? attentionMask = null, Tensor? positions = null)
    {
        long rows = tokens.shape[0], length = tokens.shape[1];
        Tensor index = arange(length, ScalarType.Int64, model.Device);
        Tensor seat = index.unsqueeze(0).expand(rows, length);
        Tensor mask = AttentionMask.Causal((int)length, weights.Head.dtype, model.Device);
        if (attentionMask is not null)
        {
            // A padding token still sees itself: an empty softmax row would be NaN and spread.
            Tensor padding = attentionMask.eq(0).view(rows, 1, 1, length).logical_and(index.unsqueeze(0).ne(index.unsqueeze(1)));
            mask = mask.expand(rows, 1, length, length).masked_fill(padding, float.NegativeInfinity);
        }

        IReadOnlyList<Tensor> masks = AttentionMask.PerLayer(mask, model.Config.SlidingWindows, seat, seat);
        Tensor hidden = DecoderForward.Run(
            model.Config, weights, model.Rotary, tokens, positions ?? seat,
            (layer, queries, keys, values) => AttentionMask.Attend(queries, keys, values, masks[layer]));
        return nn.functional.linear(hidden, weights.Head);
    }
}
