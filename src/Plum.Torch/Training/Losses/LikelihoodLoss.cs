using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses;

/// <summary>A loss over completions to imitate.</summary>
public abstract record LikelihoodLoss : Loss
{
    private protected LikelihoodLoss()
    {
    }

    /// <inheritdoc/>
    public override bool NeedsReference => false;

    /// <summary>The loss of each completion, [batch], with gradient. Temporaries belong to the caller's dispose scope.</summary>
    /// <param name="completions">The batch.</param>
    public abstract Tensor PerCompletion(CompletionLogProbs completions);

    /// <summary>The loss, its parts and metrics. Only the two tensors of the result outlive the call.</summary>
    /// <param name="completions">The batch, not empty.</param>
    public LossResult Compute(CompletionLogProbs completions)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor each = PerCompletion(completions);
        Tensor loss = each.mean();
        LossMetrics metrics = new();
        metrics.Add("loss", each);
        metrics.Add("logps/chosen", completions.Policy);
        return new LossResult(loss.MoveToOuterDisposeScope(), each.MoveToOuterDisposeScope(), metrics, default);
    }
}
