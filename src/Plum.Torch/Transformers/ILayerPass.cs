using static TorchSharp.torch;

namespace Plum.Torch.Transformers;

/// <summary>The layers run forward without autograd, and their way back.</summary>
internal interface ILayerPass
{
    /// <summary>The hidden states before the last norm, [rows, length, hidden]; a leaf, whose gradient <see cref="Backward"/> begins from.</summary>
    Tensor Hidden { get; }

    /// <summary>Carries the gradient back to the weights. Call it once, after the loss's own backward pass.</summary>
    void Backward();
}
