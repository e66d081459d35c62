namespace Plum.Torch.Training.Losses;

/// <summary>
/// A training loss: an immutable value that turns log-probabilities into a scalar to differentiate. It holds no tensor,
/// draws no randomness and remembers nothing: what must outlive a batch is a <see cref="LossState"/> in and out.
/// Three families: <see cref="PairLoss"/>, <see cref="LabelLoss"/>, <see cref="LikelihoodLoss"/>.
/// </summary>
public abstract record Loss
{
    private protected Loss()
    {
    }

    /// <summary>The name in a recipe, TRL's where TRL has the loss.</summary>
    public abstract string Name { get; }

    /// <summary>Whether the reference model's log-probabilities enter the loss; where false they need not be computed.</summary>
    public virtual bool NeedsReference => true;
}
