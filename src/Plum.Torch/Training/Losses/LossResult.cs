using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses;

/// <summary>What a loss makes of a batch.</summary>
/// <param name="Loss">The mean of <paramref name="PerExample"/>, a scalar with gradient.</param>
/// <param name="PerExample">One loss an example, [batch], with gradient, so that a trainer can sum over micro-batches of unequal size.</param>
/// <param name="Metrics">What TRL logs, named as there, computed without gradient.</param>
/// <param name="State">The state after this batch.</param>
public sealed record LossResult(Tensor Loss, Tensor PerExample, LossMetrics Metrics, LossState State);
