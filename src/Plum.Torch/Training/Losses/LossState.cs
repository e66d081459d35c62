namespace Plum.Torch.Training.Losses;

/// <summary>What a loss carries from batch to batch: BCO's mean reward. It belongs into the trainer's checkpoint; the default is the start.</summary>
/// <param name="MeanReward">The mean of the batches' mean rewards.</param>
/// <param name="Batches">How many batches were seen.</param>
public readonly record struct LossState(double MeanReward = 0, long Batches = 0)
{
    /// <summary>The state with one more batch. Kept in float, and divided as torch divides, so that it equals TRL's to the last bit.</summary>
    /// <param name="batchMean">The mean reward of the batch.</param>
    public LossState Observe(double batchMean)
    {
        float mean = (float)MeanReward;
        return new LossState(mean + ((float)batchMean - mean) * (1f / (Batches + 1)), Batches + 1);
    }
}
