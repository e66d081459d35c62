using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses;

/// <summary>A loss over single completions labelled desirable or undesirable.</summary>
public abstract record LabelLoss : Loss
{
    private protected LabelLoss()
    {
    }

    /// <summary>The scale of the implicit reward beta (log pi - log pi_ref).</summary>
    public abstract double RewardScale { get; }

    /// <summary>Whether completions of other prompts must be scored for the KL term.</summary>
    public virtual bool NeedsMismatched => false;

    /// <summary>This loss with what it left open settled by the label counts of the data.</summary>
    /// <param name="desirable">How many completions are desirable.</param>
    /// <param name="undesirable">How many are not.</param>
    public virtual LabelLoss ForCounts(long desirable, long undesirable) => this;

    /// <summary>The loss of each completion, [batch], with gradient. Temporaries belong to the caller's dispose scope.</summary>
    /// <param name="completions">The batch.</param>
    /// <param name="state">The state, this batch already observed.</param>
    public abstract Tensor PerCompletion(LabelLogProbs completions, LossState state);

    /// <summary>The state after seeing a batch; most losses have none.</summary>
    /// <param name="completions">The batch.</param>
    /// <param name="state">The state before it.</param>
    public virtual LossState Observe(LabelLogProbs completions, LossState state) => state;

    /// <summary>Adds what this loss alone measures.</summary>
    /// <param name="completions">The batch.</param>
    /// <param name="metrics">Where to.</param>
    public virtual void Measure(LabelLogProbs completions, LossMetrics metrics)
    {
    }

    /// <summary>The loss, its parts and TRL's metrics. Only the two tensors of the result outlive the call.</summary>
    /// <param name="completions">The batch, not empty; one label alone is allowed.</param>
    /// <param name="state">The state after the batch before.</param>
    public LossResult Compute(LabelLogProbs completions, LossState state = default)
    {
        using DisposeScope scope = NewDisposeScope();
        LossState next = Observe(completions, state);
        Tensor each = PerCompletion(completions, next);
        Tensor loss = each.mean();
        LossMetrics metrics = new();
        using (no_grad())
        {
            metrics.Add("loss", each);
            Tensor desirable = completions.Labels, undesirable = completions.Labels.logical_not();
            Tensor rewards = completions.LogRatios * RewardScale;
            metrics.Add("rewards/chosen", rewards.masked_select(desirable));
            metrics.Add("rewards/rejected", rewards.masked_select(undesirable));
            metrics.Add("logps/chosen", completions.Policy.masked_select(desirable));
            metrics.Add("logps/rejected", completions.Policy.masked_select(undesirable));
            Measure(completions, metrics);
        }

        return new LossResult(loss.MoveToOuterDisposeScope(), each.MoveToOuterDisposeScope(), metrics, next);
    }

    /// <summary>+1 where desirable and -1 where not, in the log-probabilities' dtype.</summary>
    private protected static Tensor Signs(LabelLogProbs completions) =>
        completions.Labels.to_type(completions.Policy.dtype) * 2 - 1;
}
