using Plum.Torch.Training.Losses;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>What a step of preference training minimizes. Each returns its micro-batch's share, so that shares add up to the step's loss.</summary>
public abstract record Objective
{
    private Objective()
    {
    }

    /// <summary>True where the objective asks for KTO's estimate of the divergence from the reference.</summary>
    public virtual bool NeedsKl => false;

    /// <summary>What the objective looks at of a group: computing the rest would be for nothing. All of it, unless it says otherwise.</summary>
    public virtual PreferenceGroup Seen(PreferenceGroup group) => group;

    /// <summary>The micro-batch's share of the loss, and what is measured of it.</summary>
    /// <param name="input">The micro-batch.</param>
    public abstract ObjectiveValue Value(ObjectiveInput input);

    /// <summary>Mean negative log-likelihood of the tokens of completions labelled true: SFT's loss on the policy's own passing programs.</summary>
    protected static Tensor Likelihood(ObjectiveInput input)
    {
        float[] weights = new float[input.Starts[^1]];
        int number = 0;
        foreach (LabelledTokens completion in input.Groups.SelectMany(g => g.Completions))
        {
            if (completion.Label)
                Array.Fill(weights, (float)completion.Weight, input.Starts[number], completion.Tokens.Length);
            number++;
        }

        return (input.Policy * tensor(weights)).sum().neg() / Math.Max(1, input.Totals.ChosenTokens);
    }

    /// <summary>Rejection-sampling fine-tuning (Yuan et al., arXiv 2308.01825), the paper's baseline: likelihood of passing programs alone.</summary>
    public sealed record Rft : Objective
    {
        /// <inheritdoc/>
        public override ObjectiveValue Value(ObjectiveInput input)
        {
            LossMetrics metrics = new();
            using (no_grad())
                metrics.Add("logps/chosen", input.PerCompletion(input.Policy.detach()));
            return new(Likelihood(input), metrics, input.State);
        }
    }

    /// <summary>A loss over pairs of one prompt's completions, beside it the likelihood of all passing ones: with DPO's loss that is RPO (Pang et al., arXiv 2404.19733).</summary>
    /// <param name="Loss">The pair loss; each pair's value is divided by the step's number of pairs.</param>
    /// <param name="Alpha">Weight of the likelihood; 0 for none.</param>
    /// <param name="Span">
    /// Counts log-probs only over this many tokens from where a pair first differs; 0 over whole completions. What precedes is
    /// common to both and cancels; what follows is mostly a consequence (after Focused-DPO, Zhang et al., arXiv 2502.11475).
    /// </param>
    /// <param name="Bound">
    /// Share of the reference that the rejected completion's probability is mixed with (Bounded-DPO, Cho et al., arXiv 2506.12725);
    /// 0 for plain DPO. The nearer the rejected one has come to its floor, the less of the gradient is left.
    /// </param>
    public sealed record Pairs(PairLoss Loss, double Alpha, int Span, double Bound = 0) : Objective
    {
        /// <summary>With a span, rejected completions end with the last token that counts.</summary>
        public override PreferenceGroup Seen(PreferenceGroup group)
        {
            if (Span == 0) return group;
            LabelledTokens[] completions = [.. group.Completions];
            foreach (var pairs in group.Pairs.GroupBy(pair => pair.Rejected))
            {
                int[] rejected = completions[pairs.Key].Tokens;
                int seen = pairs.Max(pair => completions[pair.Chosen].Tokens.AsSpan().CommonPrefixLength(rejected)) + Span;
                completions[pairs.Key] = completions[pairs.Key] with { Tokens = rejected[..Math.Min(seen, rejected.Length)] };
            }

            return new PreferenceGroup(group.Prompt, completions, group.Pairs);
        }

        /// <inheritdoc/>
        public override ObjectiveValue Value(ObjectiveInput input)
        {
            Sums chosen = new(input), rejected = new(input);
            int first = 0;
            foreach (PreferenceGroup group in input.Groups)
            {
                foreach ((int better, int worse) in group.Pairs)
                {
                    int[] good = group.Completions[better].Tokens, bad = group.Completions[worse].Tokens;
                    int from = Span > 0 ? good.AsSpan().CommonPrefixLength(bad) : 0;
                    chosen.Add(first + better, from, Span);
                    rejected.Add(first + worse, from, Span);
                }

                first += group.Completions.Count;
            }

            // Without pairs the gradient is zero, but the graph has to reach the policy.
            LossResult? result = chosen.Count == 0 ? null : Loss.Compute(
                new PairLogProbs(
                    chosen.Of(input.Policy), Bounded(rejected.Of(input.Policy), rejected.Of(input.Reference)),
                    chosen.Of(input.Reference), rejected.Of(input.Reference),
                    chosen.Lengths(), rejected.Lengths())
                { MeanChosenLength = Span == 0 ? input.Totals.MeanChosenLength : null },
                input.State);
            Tensor loss = result is null ? input.Policy.sum() * 0 : result.PerExample.sum() / input.Totals.Pairs;
            return new(Alpha > 0 ? loss + (Likelihood(input) * Alpha) : loss, result?.Metrics ?? new(), result?.State ?? input.State, chosen.Count);
        }

        /// <summary>log((1 - bound) p + bound p_ref) of each rejected completion: what it can lose is at most -log(bound).</summary>
        private Tensor Bounded(Tensor policy, Tensor reference) => Bound == 0 ? policy
            : logaddexp(policy + Math.Log(1 - Bound), reference + Math.Log(Bound));
    }

    /// <summary>A loss over judged completions, such as KTO's (Ethayarajh et al., arXiv 2402.01306), beside it the likelihood of the passing ones.</summary>
    /// <param name="Loss">The label loss; each completion's value is divided by the step's number of completions.</param>
    /// <param name="Alpha">Weight of the likelihood; 0 for none.</param>
    public sealed record Labels(LabelLoss Loss, double Alpha) : Objective
    {
        /// <inheritdoc/>
        public override bool NeedsKl => Loss.NeedsMismatched;

        /// <inheritdoc/>
        public override ObjectiveValue Value(ObjectiveInput input)
        {
            bool[] labels = [.. input.Groups.SelectMany(g => g.Completions).Select(c => c.Label)];
            LabelLogProbs logProbs = new(input.PerCompletion(input.Policy), input.PerCompletion(input.Reference), tensor(labels)) { Kl = tensor((float)input.Kl) };
            LossResult result = Loss.Compute(logProbs, input.State);
            Tensor loss = result.PerExample.sum() / input.Totals.Completions;
            return new(Alpha > 0 ? loss + (Likelihood(input) * Alpha) : loss, result.Metrics, result.State, labels.Length);
        }
    }

    /// <summary>Sums of token values over parts of completions, one sum a pair.</summary>
    private sealed class Sums(ObjectiveInput input)
    {
        private readonly List<long> tokens = [], owners = [];
        private readonly List<float> lengths = [];

        public int Count => lengths.Count;

        /// <summary>The next sum: <paramref name="span"/> tokens (0: all) of a completion from token <paramref name="from"/>.</summary>
        public void Add(int completion, int from, int span)
        {
            int start = input.Starts[completion], end = input.Starts[completion + 1];
            int first = start + from, last = span > 0 ? Math.Min(end, first + span) : end;
            for (int token = first; token < last; token++)
            {
                tokens.Add(token);
                owners.Add(Count);
            }

            lengths.Add(Math.Max(1, last - first));
        }

        public Tensor Of(Tensor values) => zeros(Count, values.dtype)
            .index_add(0, tensor(owners.ToArray()), values.index_select(0, tensor(tokens.ToArray())), 1);

        public Tensor Lengths() => tensor(lengths.ToArray());
    }
}
