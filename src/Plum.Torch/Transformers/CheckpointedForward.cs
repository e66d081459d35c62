using Plum.Torch.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Transformers;

/// <summary>
/// Activation checkpointing (Chen et al., arXiv 1604.06174): the forward pass keeps the input of each layer alone, the way
/// back runs each layer again. One layer's activations are in memory at a time, for a third more computation.
/// </summary>
/// <remarks>
/// No hook into autograd: the gradient of the last hidden states is carried back layer by layer. What a layer draws (dropout)
/// is keyed, so that it is the same in both runs.
/// </remarks>
internal sealed class CheckpointedForward : ILayerPass
{
    private readonly ModelConfig config;
    private readonly DecoderWeights weights;
    private readonly Tensor tokens, positions;
    private readonly (Tensor Cos, Tensor Sin)? turn;
    private readonly Attention attention;
    private readonly Tensor[] inputs;

    /// <summary>Runs the layers; arguments as for <see cref="DecoderForward.Run"/>.</summary>
    public CheckpointedForward(ModelConfig config, DecoderWeights weights, RotaryTables? rotary, Tensor tokens, Tensor positions, Attention attention)
    {
        (this.config, this.weights, this.tokens, this.positions, this.attention) = (config, weights, tokens, positions, attention);
        using IDisposable frozen = no_grad();
        turn = DecoderForward.Turn(rotary, positions, weights.TokenEmbedding.dtype);
        inputs = new Tensor[config.Layers];
        Tensor x = DecoderForward.Embed(weights, tokens, positions);
        for (int layer = 0; layer < config.Layers; layer++)
        {
            inputs[layer] = x;
            using DisposeScope scope = NewDisposeScope();
            x = DecoderForward.Layer(config, weights.Layers[layer], layer, x, turn, attention).MoveToOuterDisposeScope();
        }

        Hidden = x.detach().requires_grad_(true);
    }

    /// <inheritdoc/>
    public Tensor Hidden { get; }

    /// <inheritdoc/>
    public void Backward()
    {
        bool embedding = weights.TokenEmbedding.requires_grad || weights.PositionEmbedding?.requires_grad == true;
        Tensor gradient = Hidden.grad ?? throw new InvalidOperationException("The loss does not depend on the hidden states.");
        for (int layer = config.Layers - 1; layer >= 0; layer--)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = inputs[layer].detach().requires_grad_(layer > 0 || embedding);
            DecoderForward.Layer(config, weights.Layers[layer], layer, x, turn, attention).backward([gradient]);
            gradient.Dispose();
            inputs[layer].Dispose();
            if (x.requires_grad)
                gradient = x.grad!.MoveToOuterDisposeScope();
        }

        if (embedding)
            DecoderForward.Embed(weights, tokens, positions).backward([gradient]);
    }
}
