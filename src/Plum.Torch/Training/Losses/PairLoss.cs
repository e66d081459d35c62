using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses;

/// <summary>A loss over pairs of a chosen and a rejected completion of one prompt.</summary>
public abstract record PairLoss : Loss
{
    private protected PairLoss()
    {
    }

    /// <summary>The scale of the implicit reward beta (log pi - log pi_ref), in which metrics are told whatever the loss.</summary>
    public abstract double RewardScale { get; }

    /// <summary>The loss of each pair, [batch], with gradient. Temporaries belong to the caller's dispose scope.</summary>
    /// <param name="pairs">The batch.</param>
    /// <param name="state">The state, this batch already observed.</param>
    public abstract Tensor PerPair(PairLogProbs pairs, LossState state);

    /// <summary>The state after seeing a batch; most losses have none.</summary>
    /// <param name="pairs">The batch.</param>
    /// <param name="state">The state before it.</param>
    public virtual LossState Observe(PairLogProbs pairs, LossState state) => state;

    /// <summary>The implicit rewards of metrics, [batch] each.</summary>
    /// <param name="pairs">The batch.</param>
    public virtual (Tensor Chosen, Tensor Rejected) Rewards(PairLogProbs pairs) =>
        (pairs.ChosenLogRatios * RewardScale, pairs.RejectedLogRatios * RewardScale);

    /// <summary>The log-probs that metrics tell: sums, or averages over tokens where TRL's trainer of the loss tells these.</summary>
    /// <param name="pairs">The batch.</param>
    public virtual PairLogProbs Told(PairLogProbs pairs) => pairs;

    /// <summary>The loss, its parts and TRL's metrics. Only the two tensors of the result outlive the call.</summary>
    /// <param name="pairs">The batch, not empty.</param>
    /// <param name="state">The state after the batch before.</param>
    public LossResult Compute(PairLogProbs pairs, LossState state = default)
    {
        using DisposeScope scope = NewDisposeScope();
        LossState next = Observe(pairs, state);
        Tensor perPair = PerPair(pairs, next);
        Tensor loss = perPair.mean();
        return new LossResult(loss.MoveToOuterDisposeScope(), perPair.MoveToOuterDisposeScope(), Measure(pairs, perPair), next);
    }

    private LossMetrics Measure(PairLogProbs pairs, Tensor perPair)
    {
        using IDisposable frozen = no_grad();
        LossMetrics metrics = new();
        (Tensor chosen, Tensor rejected) = Rewards(pairs);
        metrics.Add("loss", perPair);
        metrics.Add("rewards/chosen", chosen);
        metrics.Add("rewards/rejected", rejected);
        metrics.Add("rewards/accuracies", chosen.gt(rejected));
        PairLogProbs told = Told(pairs);
        metrics.Add("logps/chosen", told.PolicyChosen);
        metrics.Add("logps/rejected", told.PolicyRejected);
        return metrics;
    }
}
