namespace Plum.Preferences;

/// <summary>
/// The losses of one pair or one labelled completion in plain arithmetic: the oracle of the tensor ones, written from the papers and not from them.
/// c and r are log pi - log pi_ref of the chosen and the rejected completion, summed over tokens.
/// </summary>
public static class ScalarLosses
{
    /// <summary>DPO: -(1 - e) log sigma(beta (c - r)) - e log sigma(-beta (c - r)) (arXiv 2305.18290, equation 7; cDPO).</summary>
    public static double Sigmoid(double c, double r, double beta, double smoothing = 0) =>
        -(1 - smoothing) * LogSigmoid(beta * (c - r)) - smoothing * LogSigmoid(-beta * (c - r));

    /// <summary>Hinge: max(0, 1 - beta (c - r)) (arXiv 2305.10425).</summary>
    public static double Hinge(double c, double r, double beta) => Math.Max(0, 1 - beta * (c - r));

    /// <summary>IPO: (c - r - 1/(2 beta))^2 (arXiv 2310.12036, equation 17); for Plum's default, c and r are averages over tokens.</summary>
    public static double Ipo(double c, double r, double beta) => Square(c - r - 1 / (2 * beta));

    /// <summary>EXO: KL of (sigma, 1 - sigma) from (1 - e, e), sigma of beta (c - r) (arXiv 2402.00856, equation 16).</summary>
    public static double ExoPair(double c, double r, double beta, double smoothing)
    {
        double p = SigmoidOf(beta * (c - r)), q = SigmoidOf(-beta * (c - r));
        return p * (LogSigmoid(beta * (c - r)) - Math.Log(1 - smoothing)) + q * (LogSigmoid(-beta * (c - r)) - Math.Log(smoothing));
    }

    /// <summary>NCA: -log sigma(beta c) - (log sigma(-beta c) + log sigma(-beta r)) / 2 (arXiv 2402.05369, equation 13).</summary>
    public static double NcaPair(double c, double r, double beta) =>
        -LogSigmoid(beta * c) - (LogSigmoid(-beta * c) + LogSigmoid(-beta * r)) / 2;

    /// <summary>Robust DPO: (-(1 - e) log sigma(beta (c - r)) + e log sigma(-beta (c - r))) / (1 - 2 e) (arXiv 2403.00409, equation 13).</summary>
    public static double Robust(double c, double r, double beta, double smoothing) =>
        (-(1 - smoothing) * LogSigmoid(beta * (c - r)) + smoothing * LogSigmoid(-beta * (c - r))) / (1 - 2 * smoothing);

    /// <summary>BCO on a pair: -log sigma(beta c - delta) - log sigma(delta - beta r) (arXiv 2404.04656, equation 9).</summary>
    public static double BcoPair(double c, double r, double beta, double delta) => Bco(true, c, beta, delta) + Bco(false, r, beta, delta);

    /// <summary>SPPO, hard labels: (c - 1/(2 beta))^2 + (r + 1/(2 beta))^2 (arXiv 2405.00675).</summary>
    public static double SppoHard(double c, double r, double beta) => Square(c - 1 / (2 * beta)) + Square(r + 1 / (2 * beta));

    /// <summary>APO-zero: 1 - sigma(beta c) + sigma(beta r) (arXiv 2408.06266, equation 7).</summary>
    public static double ApoZero(double c, double r, double beta) => 1 - SigmoidOf(beta * c) + SigmoidOf(beta * r);

    /// <summary>APO-down: sigma(beta c) + 1 - sigma(beta (c - r)) (arXiv 2408.06266, equation 8).</summary>
    public static double ApoDown(double c, double r, double beta) => SigmoidOf(beta * c) + 1 - SigmoidOf(beta * (c - r));

    /// <summary>DiscoPOP: -(1 - m) log sigma(l) + m e^(-l), l = beta (c - r), m = sigma(l / tau) (arXiv 2406.08414, equation 5).</summary>
    public static double DiscoPop(double c, double r, double beta, double tau)
    {
        double l = beta * (c - r), m = SigmoidOf(l / tau);
        return -(1 - m) * LogSigmoid(l) + m * Math.Exp(-l);
    }

    /// <summary>SimPO: DPO's form over mean token log-probabilities, less a margin (arXiv 2405.14734, equation 6).</summary>
    /// <param name="chosen">log pi(y_w|x) / |y_w|.</param>
    /// <param name="rejected">log pi(y_l|x) / |y_l|.</param>
    /// <param name="beta">beta.</param>
    /// <param name="gamma">gamma, the target margin.</param>
    public static double SimPo(double chosen, double rejected, double beta, double gamma) => -LogSigmoid(beta * (chosen - rejected) - gamma);

    /// <summary>ORPO's odds-ratio term: -lambda log sigma(log odds(y_w) - log odds(y_l)), odds = p / (1 - p) (arXiv 2403.07691, equation 7).</summary>
    /// <param name="chosen">log pi(y_w|x) / |y_w|.</param>
    /// <param name="rejected">log pi(y_l|x) / |y_l|.</param>
    /// <param name="lambda">The term's weight.</param>
    public static double OddsRatio(double chosen, double rejected, double lambda)
    {
        double p = Math.Exp(chosen), q = Math.Exp(rejected);
        return -lambda * LogSigmoid(Math.Log(p / (1 - p) / (q / (1 - q))));
    }

    /// <summary>KTO: w (1 - sigma(beta (u - z))) where desirable, w (1 - sigma(beta (z - u))) where not (arXiv 2402.01306, equation 8).</summary>
    /// <param name="desirable">The label.</param>
    /// <param name="u">log pi - log pi_ref of the completion.</param>
    /// <param name="z">The reference point, max(0, KL estimate).</param>
    /// <param name="beta">beta.</param>
    /// <param name="weight">lambda_D or lambda_U.</param>
    public static double Kto(bool desirable, double u, double z, double beta, double weight = 1) =>
        weight * (1 - SigmoidOf(beta * (desirable ? u - z : z - u)));

    /// <summary>BCO: -log sigma(+-(beta u - delta)) (arXiv 2404.04656, equation 9).</summary>
    public static double Bco(bool desirable, double u, double beta, double delta) => -LogSigmoid(desirable ? beta * u - delta : delta - beta * u);

    /// <summary>log sigma(x), without overflow.</summary>
    public static double LogSigmoid(double x) => Math.Min(x, 0) - Math.Log(1 + Math.Exp(-Math.Abs(x)));

    private static double SigmoidOf(double x) => 1 / (1 + Math.Exp(-x));

    private static double Square(double x) => x * x;
}
