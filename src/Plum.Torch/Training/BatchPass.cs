using Plum.Torch.Training.Fused;
using Plum.Torch.Training.Losses;
using Plum.Torch.Transformers;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>A forward pass over a packed batch, and its way back.</summary>
public sealed class BatchPass
{
    private readonly ILayerPass? layers;

    private BatchPass(Tensor logProbs, Tensor entropy, ILayerPass? layers)
    {
        // Losses are a few operations on a few numbers: they are computed on the processor whatever the device.
        LogProbs = logProbs.cpu();
        Entropy = entropy.cpu();
        this.layers = layers;
    }

    /// <summary>log p of every completion token, [completion tokens] float32, on the processor; differentiable where grad mode is on.</summary>
    public Tensor LogProbs { get; }

    /// <summary>Mean entropy of the predictive distributions in nats, detached.</summary>
    public Tensor Entropy { get; }

    /// <summary>Runs the decoder.</summary>
    /// <param name="model">Shape and rotary tables.</param>
    /// <param name="weights">The weights, arranged.</param>
    /// <param name="batch">The packed groups.</param>
    /// <param name="options">How to spare memory.</param>
    public static BatchPass Run(Decoder model, DecoderWeights weights, PackedBatch batch, PassOptions options)
    {
        if (options.Fused && FusedForward.Fits(model, weights))
        {
            FusedForward fused = new(model, weights, batch, options);
            BatchPass pass = Score(model, weights, batch, options, fused.Hidden, fused);
            if (!is_grad_enabled())
                fused.Release();
            return pass;
        }

        bool whole = batch.Targets.shape[0] * weights.Head.shape[0] <= options.WholeLogits;
        if (whole && !options.Checkpoint && !options.Runs)
        {
            Tensor plain = Training.TokenLogProbs.Compute(model, weights, batch, out Tensor entropy);
            return new BatchPass(plain, entropy, null);
        }

        IReadOnlyList<Tensor> masks = AttentionMask.PerLayer(
            batch.Mask.to(weights.Head.dtype), model.Config.SlidingWindows, batch.Positions, batch.Positions);
        RunAttention? runs = options.Runs ? new RunAttention(batch.Runs, masks) : null;
        Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values) => runs?.Attend(layer, queries, keys, values) ?? AttentionMask.Attend(queries, keys, values, masks[layer]);
        CheckpointedForward? layers = options.Checkpoint && is_grad_enabled()
            ? new CheckpointedForward(model.Config, weights, model.Rotary, batch.Tokens, batch.Positions, Attend)
            : null;
        return Score(model, weights, batch, options, layers?.Hidden ?? DecoderForward.Layers(model.Config, weights, model.Rotary, batch.Tokens, batch.Positions, Attend), layers);
    }

    /// <summary>Leaves the gradients of a loss in the weights' leaves.</summary>
    /// <param name="loss">A scalar computed from <see cref="LogProbs"/>.</param>
    public void Backward(Tensor loss)
    {
        loss.backward();
        layers?.Backward();
    }

    private static BatchPass Score(Decoder model, DecoderWeights weights, PackedBatch batch, PassOptions options, Tensor last, ILayerPass? layers)
    {
        Tensor predicting = DecoderForward.FinalNorm(model.Config, weights, last.view(-1, last.shape[^1]).index_select(0, batch.Predictors));
        Losses.TokenLogProbs scores = SequenceLogProbs.FromHidden(predicting, weights.Head, batch.Targets, entropies: is_grad_enabled(), options.Chunk, options.Fused);
        options.Clock?.Lap("head");
        return new BatchPass(scores.LogProbs.index_select(0, batch.Spread), scores.Entropies?.mean() ?? zeros([]), layers);
    }
}
