using System.Text.Json;
using Plum.Torch.Training.Losses.Divergences;
using Plum.Torch.Training.Losses.Labels;
using Plum.Torch.Training.Losses.Likelihoods;
using Plum.Torch.Training.Losses.Pairs;

namespace Plum.Torch.Training.Losses;

/// <summary>
/// From a recipe's <c>loss</c> to the loss: a name (<c>"kto"</c>), a name with options (<c>{"name": "simpo", "beta": 2.5}</c>), or a list of these
/// with weights, summed. An option that the loss does not know is an error: TRL once ignored label smoothing, and nobody noticed.
/// </summary>
public static class LossSelection
{
    /// <summary>Losses over pairs.</summary>
    public static IReadOnlyList<string> PairNames { get; } =
    [
        "sigmoid", "dpo", "hinge", "ipo", "exo_pair", "nca_pair", "robust", "bco_pair", "sppo_hard", "aot", "aot_unpaired", "apo_zero", "apo_down",
        "discopop", "sigmoid_norm", "simpo", "cpo", "cpo_hinge", "cpo_ipo", "orpo", "rpo",
    ];

    /// <summary>Losses over labelled completions.</summary>
    public static IReadOnlyList<string> LabelNames { get; } = ["kto", "apo_zero_unpaired", "bco"];

    /// <summary>Losses over completions to imitate; <c>sft</c> beside a pair loss is the likelihood of the chosen completion.</summary>
    public static IReadOnlyList<string> LikelihoodNames { get; } = ["sft", "rft", "nll"];

    /// <summary>The loss of a bare name, with its defaults.</summary>
    /// <param name="name">One of the names above.</param>
    public static Loss Parse(string name) => Parse(JsonSerializer.SerializeToElement(name));

    /// <summary>The loss that a recipe asks for.</summary>
    /// <param name="loss">A string, an object with <c>name</c>, or an array of these.</param>
    /// <exception cref="InputException">An unknown name or option, a value out of range, or losses over different data in one sum.</exception>
    public static Loss Parse(JsonElement loss)
    {
        JsonElement[] elements = loss.ValueKind == JsonValueKind.Array ? [.. loss.EnumerateArray()] : [loss];
        if (elements.Length == 0) throw new InputException($"The recipe's loss is an empty list. {KnownNames}");
        List<(Loss Loss, double Weight)> terms = [];
        foreach (JsonElement element in elements)
        {
            LossOptions options = LossOptions.Read(element);
            double weight = options.Number("weight", 1, 0, double.MaxValue);
            if (elements.Length == 1 && weight != 1)
                throw new InputException($"The weight of a single loss ({options.Name}) changes nothing that learning_rate does not; leave it out.");
            terms.Add((Create(options, besideOthers: elements.Length > 1), weight));
            options.RejectUnknown();
        }

        foreach (IGrouping<string, (Loss Loss, double Weight)> same in terms.GroupBy(term => term.Loss.Name))
        {
            if (same.Count() > 1) throw new InputException($"The recipe's loss names {same.Key} twice; give it one weight.");
        }

        return terms.Count == 1 ? terms[0].Loss : Sum(terms);
    }

    private static string KnownNames =>
        $"Known over pairs: {string.Join(", ", PairNames)}; over labels: {string.Join(", ", LabelNames)}; over completions: {string.Join(", ", LikelihoodNames)}.";

    private static Loss Create(LossOptions options, bool besideOthers)
    {
        Loss loss = options.Name switch
        {
            "sigmoid" or "dpo" => Sigmoid(options),
            "hinge" => new HingeLoss(options.Beta(), Divergence(options)),
            "ipo" => new IpoLoss(options.Beta(), options.Flag("per_token", true)),
            "exo_pair" => new ExoPairLoss(options.Beta(), options.Number("label_smoothing", 0.001, 1e-12, 0.4999999), Divergence(options)),
            "nca_pair" => new NcaPairLoss(options.Beta()),
            "robust" => new RobustLoss(options.Beta(), options.Smoothing(), Divergence(options)),
            "bco_pair" => new BcoPairLoss(options.Beta(), options.Flag("shift", true)),
            "sppo_hard" => new SppoHardLoss(options.Beta()),
            "aot" => new AotLoss(options.Beta(), options.Smoothing()),
            "aot_unpaired" => new AotUnpairedLoss(options.Beta(), options.Smoothing()),
            "apo_zero" => new ApoZeroLoss(options.Beta()),
            "apo_down" => new ApoDownLoss(options.Beta()),
            "discopop" => new DiscoPopLoss(options.Beta(), options.Number("tau", 0.05, 1e-12, double.MaxValue)),
            "sigmoid_norm" => new LengthNormalizedLoss(Sigmoid(options)),
            "simpo" => new SimPoLoss(options.Beta(2), options.Number("gamma", 1, 0, double.MaxValue), options.Smoothing()),
            "cpo" => WithLikelihood(new ReferenceFreeLoss(new SigmoidLoss(options.Beta(), options.Smoothing())), options, LikelihoodAverage.Tokens),
            "cpo_hinge" => WithLikelihood(new ReferenceFreeLoss(new HingeLoss(options.Beta())), options, LikelihoodAverage.Tokens),
            "cpo_ipo" => WithLikelihood(new ReferenceFreeLoss(new IpoLoss(options.Beta())), options, LikelihoodAverage.Tokens),
            "orpo" => WithLikelihood(new OddsRatioLoss(options.Beta()), options, LikelihoodAverage.Tokens),
            "rpo" => WithLikelihood(new SigmoidLoss(options.Beta(), options.Smoothing(), Divergence(options)), options, LikelihoodAverage.Completions),
            "kto" => new KtoLoss(options.Beta(), options.ClassWeight("desirable_weight"), options.ClassWeight("undesirable_weight")),
            "apo_zero_unpaired" => new ApoZeroUnpairedLoss(options.Beta(), options.ClassWeight("desirable_weight"), options.ClassWeight("undesirable_weight")),
            "bco" => new BcoLoss(options.Beta()),
            "sft" when besideOthers => new ChosenLikelihoodLoss(options.Choice("average", LikelihoodAverage.Tokens)),
            "sft" or "rft" or "nll" => new NllLoss(options.Choice("average", LikelihoodAverage.Tokens)),
            _ => throw new InputException($"The recipe's loss '{options.Name}' is unknown. {KnownNames}"),
        };
        return loss is PairLoss pairs ? Wrapped(pairs, options) : loss;
    }

    private static SigmoidLoss Sigmoid(LossOptions options) => new(options.Beta(), options.Smoothing(), Divergence(options));

    private static PairLoss Wrapped(PairLoss loss, LossOptions options)
    {
        // Losses that average over tokens or drop the reference by themselves do not take the switch, which then is an unknown option.
        bool averages = loss is IpoLoss or SimPoLoss or OddsRatioLoss or LengthNormalizedLoss or WeightedPairLoss or ChosenLikelihoodLoss;
        bool free = !loss.NeedsReference || loss is WeightedPairLoss;
        if (!averages && options.Flag("length_normalized", false)) loss = new LengthNormalizedLoss(loss);
        return !free && options.Flag("reference_free", false) ? new ReferenceFreeLoss(loss) : loss;
    }

    private static WeightedPairLoss WithLikelihood(PairLoss loss, LossOptions options, LikelihoodAverage average) =>
        new(loss, 1, new ChosenLikelihoodLoss(options.Choice("average", average), loss.RewardScale), options.Number("likelihood_weight", 1, 0, double.MaxValue));

    private static Divergence? Divergence(LossOptions options)
    {
        string name = options.Text("f_divergence", "reverse_kl");
        switch (name)
        {
            case "reverse_kl": return null;
            case "forward_kl": return new ForwardKl();
            case "js_divergence": return new JensenShannon();
            case "alpha_divergence":
                double alpha = options.Number("alpha", 0.5, double.MinValue, double.MaxValue);
                return alpha == 1
                    ? throw new InputException("alpha 1 is the reverse KL: write f_divergence reverse_kl.")
                    : new AlphaDivergence(1 - alpha);
            default: throw new InputException($"f_divergence '{name}' is unknown. Known: reverse_kl, forward_kl, js_divergence, alpha_divergence.");
        }
    }

    private static Loss Sum(List<(Loss Loss, double Weight)> terms)
    {
        if (terms.TrueForAll(term => term.Loss is PairLoss))
        {
            PairLoss sum = new WeightedPairLoss((PairLoss)terms[0].Loss, terms[0].Weight, (PairLoss)terms[1].Loss, terms[1].Weight);
            foreach ((Loss loss, double weight) in terms.Skip(2)) sum = new WeightedPairLoss(sum, 1, (PairLoss)loss, weight);
            return sum;
        }

        if (terms.TrueForAll(term => term.Loss is LabelLoss))
        {
            LabelLoss sum = new WeightedLabelLoss((LabelLoss)terms[0].Loss, terms[0].Weight, (LabelLoss)terms[1].Loss, terms[1].Weight);
            foreach ((Loss loss, double weight) in terms.Skip(2)) sum = new WeightedLabelLoss(sum, 1, (LabelLoss)loss, weight);
            return sum;
        }

        throw new InputException(
            $"The losses {string.Join(", ", terms.Select(term => term.Loss.Name))} do not go over the same data and cannot be summed. {KnownNames}");
    }
}
