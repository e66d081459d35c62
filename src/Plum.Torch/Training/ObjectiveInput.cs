using Plum.Torch.Training.Losses;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>What an objective sees of one micro-batch.</summary>
/// <param name="Groups">The groups, in the order in which their completions are numbered.</param>
/// <param name="Starts">Where each completion's tokens begin; the last entry is their number.</param>
/// <param name="Policy">[tokens] log p under the policy, with gradient.</param>
/// <param name="Reference">[tokens] log p under the reference.</param>
/// <param name="Totals">Counts over the whole optimizer step, to divide by.</param>
/// <param name="Kl">KTO's estimate of the divergence between policy and reference, already clamped at 0; 0 for others.</param>
/// <param name="State">What the loss carries from step to step.</param>
public sealed record ObjectiveInput(
    IReadOnlyList<PreferenceGroup> Groups, IReadOnlyList<int> Starts, Tensor Policy, Tensor Reference, StepTotals Totals, double Kl, LossState State = default)
{
    /// <summary>Sums over each completion's tokens.</summary>
    /// <param name="values">[tokens].</param>
    /// <returns>[completions].</returns>
    public Tensor PerCompletion(Tensor values)
    {
        long[] owner = new long[Starts[^1]];
        for (int c = 0; c + 1 < Starts.Count; c++)
            Array.Fill(owner, c, Starts[c], Starts[c + 1] - Starts[c]);
        return zeros(Starts.Count - 1, values.dtype).index_add(0, tensor(owner), values, 1);
    }
}

/// <summary>What an objective makes of a micro-batch.</summary>
/// <param name="Loss">Its share of the step's loss, a scalar with gradient.</param>
/// <param name="Metrics">TRL's figures.</param>
/// <param name="State">What the loss carries on, this micro-batch observed.</param>
/// <param name="Examples">Pairs or completions that the loss saw.</param>
public sealed record ObjectiveValue(Tensor Loss, LossMetrics Metrics, LossState State, int Examples = 0);

/// <summary>Counts over all micro-batches of an optimizer step.</summary>
/// <param name="Completions">Judged completions.</param>
/// <param name="Pairs">Preference pairs.</param>
/// <param name="ChosenTokens">Tokens of the distinct completions that are chosen or labelled true, weighted.</param>
/// <param name="MeanChosenLength">Mean tokens of the pairs' chosen completions; null where there is no pair.</param>
public sealed record StepTotals(int Completions, int Pairs, double ChosenTokens, double? MeanChosenLength = null)
{
    /// <summary>Counts groups.</summary>
    public static StepTotals Of(IEnumerable<PreferenceGroup> groups)
    {
        int completions = 0, pairs = 0;
        double chosen = 0, paired = 0;
        foreach (PreferenceGroup group in groups)
        {
            completions += group.Completions.Count;
            pairs += group.Pairs.Count;
            paired += group.Pairs.Sum(pair => (double)group.Completions[pair.Chosen].Tokens.Length);
            chosen += group.Completions.Where(c => c.Label).Sum(c => c.Weight * c.Tokens.Length);
        }

        return new StepTotals(completions, pairs, chosen, pairs > 0 ? paired / pairs : null);
    }
}
