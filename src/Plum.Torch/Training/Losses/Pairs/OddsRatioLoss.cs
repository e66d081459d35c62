using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Pairs;

/// <summary>
/// The odds-ratio term of ORPO (Hong et al., 2024, arXiv 2403.07691, equation 7), weighted: -beta log sigma(log odds(y_w) - log odds(y_l)),
/// odds(y) = p/(1 - p) and p the completion's geometric mean probability a token. ORPO is this plus the likelihood of the chosen completion:
/// the recipe's name <c>orpo</c> gives both. TRL takes that likelihood over the prompt too; Plum over the completion.
/// </summary>
/// <param name="Beta">The paper's lambda.</param>
public sealed record OddsRatioLoss(double Beta = 0.1) : PairLoss
{
    /// <inheritdoc/>
    public override string Name => "odds_ratio";

    /// <inheritdoc/>
    public override bool NeedsReference => false;

    /// <inheritdoc/>
    public override double RewardScale => Beta;

    /// <inheritdoc/>
    public override Tensor PerPair(PairLogProbs pairs, LossState state)
    {
        PairLogProbs averages = pairs.PerToken();
        Tensor logOdds = averages.PolicyChosen - averages.PolicyRejected - (LogComplement(averages.PolicyChosen) - LogComplement(averages.PolicyRejected));
        return nn.functional.logsigmoid(logOdds) * -Beta;
    }

    /// <summary>beta log pi(y) / |y|.</summary>
    /// <inheritdoc/>
    public override (Tensor Chosen, Tensor Rejected) Rewards(PairLogProbs pairs)
    {
        PairLogProbs averages = pairs.PerToken();
        return (averages.PolicyChosen * Beta, averages.PolicyRejected * Beta);
    }

    /// <inheritdoc/>
    public override PairLogProbs Told(PairLogProbs pairs) => pairs.PerToken();

    /// <summary>log(1 - e^x) for negative x.</summary>
    private static Tensor LogComplement(Tensor logProbs) => (-logProbs.exp()).log1p();
}
