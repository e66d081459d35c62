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

    /// <summary>The micro-batch's share of the loss, a scalar with gradient.</summary>
    public abstract Tensor Loss(ObjectiveInput input);

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
        public override Tensor Loss(ObjectiveInput input) => Likelihood(input);
    }

    /// <summary>
    /// DPO (Rafailov et al., arXiv 2305.18290, Eq. 7) plus weighted likelihood of the chosen (RPO; Pang et al., arXiv 2404.19733):
    /// -log sigmoid(beta (log-ratio of chosen - log-ratio of rejected)) + alpha NLL(chosen).
    /// </summary>
    /// <param name="Beta">How sharply the margin counts.</param>
    /// <param name="Alpha">Weight of the likelihood; 0 is plain DPO.</param>
    /// <param name="Span">
    /// Counts the log-ratios only over this many tokens from where a pair first differs (after Focused-DPO, Zhang et al., arXiv 2502.11475,
    /// which drops what follows the differing span); 0 counts whole completions.
    /// </param>
    public sealed record Dpo(double Beta, double Alpha, int Span) : Objective
    {
        /// <inheritdoc/>
        public override Tensor Loss(ObjectiveInput input)
        {
            Tensor ratios = input.Policy - input.Reference;
            List<long> tokens = [], owners = [];
            List<float> signs = [];
            int pair = 0, first = 0;
            foreach (PreferenceGroup group in input.Groups)
            {
                foreach ((int chosen, int rejected) in group.Pairs)
                {
                    int common = CommonPrefix(group.Completions[chosen].Tokens, group.Completions[rejected].Tokens);
                    Add(input.Starts[first + chosen], common, group.Completions[chosen].Tokens.Length, pair, 1);
                    Add(input.Starts[first + rejected], common, group.Completions[rejected].Tokens.Length, pair, -1);
                    pair++;
                }

                first += group.Completions.Count;
            }

            Tensor likelihood = Alpha > 0 ? Likelihood(input) * Alpha : zeros(1).sum();
            if (pair == 0)
                return likelihood + (input.Policy.sum() * 0);
            Tensor margins = zeros(pair).index_add(0, tensor(owners.ToArray()), ratios.index_select(0, tensor(tokens.ToArray())) * tensor(signs.ToArray()), 1);
            return likelihood - (nn.functional.logsigmoid(margins * Beta).sum() / input.Totals.Pairs);

            void Add(int start, int from, int length, int owner, float sign)
            {
                int to = Span > 0 ? Math.Min(length, from + Span) : length;
                for (int t = from; t < to; t++)
                {
                    tokens.Add(start + t);
                    owners.Add(owner);
                    signs.Add(sign);
                }
            }
        }
    }

    /// <summary>
    /// KTO (Ethayarajh et al., arXiv 2402.01306, Eq. 7): desirable 1 - sigmoid(beta (r - kl)), undesirable 1 - sigmoid(beta (kl - r)),
    /// plus optional likelihood of the desirable.
    /// </summary>
    /// <param name="Beta">How sharply the log-ratio counts.</param>
    /// <param name="Alpha">Weight of the likelihood.</param>
    /// <param name="Desirable">Weight of completions labelled true.</param>
    /// <param name="Undesirable">Weight of completions labelled false.</param>
    public sealed record Kto(double Beta, double Alpha, double Desirable, double Undesirable) : Objective
    {
        /// <inheritdoc/>
        public override bool NeedsKl => true;

        /// <inheritdoc/>
        public override Tensor Loss(ObjectiveInput input)
        {
            LabelledTokens[] completions = [.. input.Groups.SelectMany(g => g.Completions)];
            Tensor ratios = input.PerCompletion(input.Policy - input.Reference);
            Tensor signs = tensor(completions.Select(c => c.Label ? 1f : -1f).ToArray());
            Tensor weights = tensor(completions.Select(c => (float)(c.Label ? Desirable : Undesirable)).ToArray());
            Tensor loss = (weights * (1 - (signs * Beta * (ratios - input.Kl)).sigmoid())).sum() / input.Totals.Completions;
            return Alpha > 0 ? loss + (Likelihood(input) * Alpha) : loss;
        }
    }

    /// <summary>How many tokens two completions begin with in common.</summary>
    private static int CommonPrefix(int[] a, int[] b) => a.AsSpan().CommonPrefixLength(b);
}
