using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Plum.Torch.Training;
using Plum.Torch.Training.Losses;

namespace Plum.Torch.Tests.Training;

/// <summary>
/// A training that other code ran, as its <c>golden.json</c> tells it: method and settings under TRL's names, one batch, figures by
/// step. Pairs lie under <c>chosen</c> and <c>rejected</c>, labelled completions under <c>completion</c> (or <c>batch</c>) beside
/// <c>label</c>, or under <c>chosen</c> and <c>rejected</c> too; mismatched completions under a name with KL in it, where they are told.
/// </summary>
internal sealed partial class Trajectory
{
    private readonly JsonElement golden, about;

    public Trajectory(string name)
    {
        golden = Oracles.Json($"{name}/golden.json");
        about = golden.GetProperty("about");
        Steps = [.. golden.GetProperty("steps").EnumerateArray()];
        Objective = LossSelection.Parse(Loss()) switch
        {
            PairLoss pairs => new Objective.Pairs(pairs, Alpha: 0, Span: 0),
            LabelLoss labels => new Objective.Labels(labels, Alpha: 0),
            { } other => throw new InvalidDataException(other.Name),
        };
        Groups = Objective is Objective.Pairs
            ? [.. Rows("chosen").Zip(Rows("rejected"), (good, bad) => new PreferenceGroup(good.Prompt, [new(good.Completion, true), new(bad.Completion, false)], [(0, 1)]))]
            : [.. Labelled()];
        Mismatched = Find("KL") is { } batch ? [.. Rows(batch).Select(row => new CompletionGroup(row.Prompt, [row.Completion]))] : null;
        string optimizer = Text("optimizer") ?? "";
        Optimizer = new OptimizerOptions(
            1, WeightDecay: Setting(optimizer, WeightDecay(), 0.01), Beta1: Setting(optimizer, Betas(), 0.9), Beta2: Setting(optimizer, SecondBeta(), 0.999), Epsilon: Setting(optimizer, Epsilon(), 1e-8),
            ClipNorm: Setting(optimizer, Clip(), 1), DecayAll: !optimizer.Contains("no decay on norms", StringComparison.OrdinalIgnoreCase), Rates: [.. Steps.Select(step => step.GetProperty("lr").GetDouble())]);
    }

    /// <summary>The oracle model whose weights training begins with.</summary>
    public string PolicyInit => "models/" + Path.GetFileName((Text("policy_init") ?? "../llama_f16").Split(' ')[0].TrimEnd('/'));

    public IReadOnlyList<JsonElement> Steps { get; }

    public Objective Objective { get; }

    public PreferenceGroup[] Groups { get; }

    /// <summary>What KTO's divergence was estimated on; null where it has to be rotated as TRL rotates.</summary>
    public CompletionGroup[]? Mismatched { get; }

    public OptimizerOptions Optimizer { get; }

    /// <summary>A figure of a step, or the mean of its list; null where it is not told.</summary>
    public double? Told(int step, string name)
    {
        if (!Steps[step].TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.Array ? value.Doubles() is { Length: > 0 } list ? list.Average() : null : value.GetDouble();
    }

    /// <summary>The mean of one side's log-probs, sums over tokens but where the loss is over averages; a golden that tells the other kind is carried over.</summary>
    public double? LogProbs(int step, bool chosen)
    {
        string side = chosen ? "chosen" : "rejected";
        if (!Steps[step].TryGetProperty($"policy_{side}_logps", out JsonElement told)) return null;
        double[] logps = told.Doubles(), rewards = Steps[step].TryGetProperty($"{side}_rewards", out JsonElement reward) ? reward.Doubles() : [];
        double[] lengths = [.. Groups.SelectMany(group => group.Completions).Where(completion => completion.Label == chosen).Select(completion => (double)completion.Tokens.Length)];
        // SimPO's and ORPO's rewards are beta times the average: where a reward is not, the golden's log-prob is the sum.
        bool summed = PerToken && rewards.Length > 0 && Math.Abs(rewards[0] - (Beta * logps[0])) > 1e-4 * Math.Max(1, Math.Abs(rewards[0]));
        return logps.Length == 0 ? null : summed ? logps.Zip(lengths, (sum, length) => sum / length).Average() : logps.Average();
    }

    /// <summary>KTO's divergence, told or following from what is; null where it does not.</summary>
    public double? Kl(int step)
    {
        if (Told(step, "kl") is { } told) return told;
        if (Told(step, "policy_KL_logps") is not { } policy) return null;
        return Told(step, "ref_KL_logps") is { } beside ? Math.Max(0, policy - beside)
            : golden.TryGetProperty("ref_KL_logps", out JsonElement once) ? Math.Max(0, policy - once.Doubles().Average()) : null;
    }

    private bool PerToken => Kind is "simpo" or "orpo";

    private double Beta => Number("beta") ?? 0.1;

    /// <summary>The loss by Plum's name: TRL's trainers share names among their losses.</summary>
    private string Kind => ((Text("kind") ?? "dpo").ToLowerInvariant(), Text("loss_type")) switch
    {
        ("cpo", "sigmoid") => "cpo",
        ("cpo", "hinge" or "ipo") => $"cpo_{Text("loss_type")}",
        (_, "aot_pair") => "aot_unpaired",
        (var kind, null) => kind,
        (_, var loss) => loss,
    };

    private JsonElement Loss()
    {
        Dictionary<string, object> loss = new() { ["name"] = Kind, ["beta"] = Beta };
        void Give(string name, double? value)
        {
            if (value is { } given) loss[name] = given;
        }

        if (Number("label_smoothing") is > 0 and var smoothing) loss["label_smoothing"] = smoothing;
        double? likelihood = null;
        switch (Kind)
        {
            case "simpo":
                Give("gamma", Number("simpo_gamma") ?? Number("gamma"));
                likelihood = Number("cpo_alpha") is > 0 and var alpha ? alpha : null;
                break;
            case "cpo" or "cpo_hinge" or "cpo_ipo":
                Give("likelihood_weight", Number("cpo_alpha"));
                break;
            case "dpo" or "sigmoid":
                likelihood = Number("rpo_alpha");
                break;
            case "kto" or "apo_zero_unpaired":
                // Plum's default balances the labels; TRL's does not.
                Give("desirable_weight", Number("desirable_weight") ?? 1);
                Give("undesirable_weight", Number("undesirable_weight") ?? 1);
                break;
        }

        return JsonSerializer.SerializeToElement<object>(likelihood is { } weight ? (object[])[loss, new Dictionary<string, object> { ["name"] = "sft", ["weight"] = weight }] : loss);
    }

    private IEnumerable<PreferenceGroup> Labelled()
    {
        static PreferenceGroup Alone((int[] Prompt, int[] Completion) row, bool label) => new(row.Prompt, [new(row.Completion, label)], []);
        if (golden.TryGetProperty("chosen", out _)) return [.. Rows("chosen").Select(row => Alone(row, true)), .. Rows("rejected").Select(row => Alone(row, false))];
        JsonElement batch = golden.TryGetProperty("completion", out JsonElement own) ? own : golden.TryGetProperty("batch", out own) ? own : golden;
        JsonElement told = (golden, batch) switch
        {
            _ when batch.TryGetProperty("label", out JsonElement label) || golden.TryGetProperty("label", out label) || golden.TryGetProperty("labels", out label) || about.TryGetProperty("label", out label) => label,
            _ => throw new InvalidDataException("no label"),
        };
        return Rows(batch).Zip(told.EnumerateArray(), (row, label) => Alone(row, label.ValueKind == JsonValueKind.Number ? label.GetDouble() > 0 : label.GetBoolean()));
    }

    private IEnumerable<(int[] Prompt, int[] Completion)> Rows(string side) => Rows(golden.GetProperty(side));

    /// <summary>Rows of ids whose labels are -100 at prompt and padding; TRL's batches put completion_ or KL_completion_ before the names.</summary>
    private static IEnumerable<(int[] Prompt, int[] Completion)> Rows(JsonElement batch, string prefix = "")
    {
        if (prefix.Length == 0 && !batch.TryGetProperty("input_ids", out _) && batch.TryGetProperty("completion_input_ids", out _)) prefix = "completion_";
        int[][] ids = Numbers(batch.GetProperty(prefix + "input_ids")), labels = Numbers(batch.GetProperty(prefix + "labels"));
        return ids.Select((row, i) =>
        {
            int first = Array.FindIndex(labels[i], label => label != -100), end = Array.FindLastIndex(labels[i], label => label != -100) + 1;
            int start = batch.TryGetProperty(prefix + "attention_mask", out JsonElement mask) ? Array.IndexOf(Numbers(mask)[i], 1) : 0;
            return (row[start..first], row[first..end]);
        });
    }

    private static IEnumerable<(int[] Prompt, int[] Completion)> Rows((JsonElement Batch, string Prefix) found) => Rows(found.Batch, found.Prefix);

    /// <summary>A batch whose name has a word in it: an object of its own, or keys with a prefix.</summary>
    private (JsonElement Batch, string Prefix)? Find(string word)
    {
        foreach (JsonElement holder in (JsonElement[])[golden, golden.TryGetProperty("batch", out JsonElement batch) ? batch : golden])
        {
            foreach (JsonProperty property in holder.EnumerateObject())
            {
                if (!property.Name.Contains(word, StringComparison.OrdinalIgnoreCase) && !property.Name.Contains("mismatch", StringComparison.OrdinalIgnoreCase)) continue;
                if (property.Value.ValueKind == JsonValueKind.Object && property.Value.TryGetProperty("input_ids", out _)) return (property.Value, "");
                if (property.Name.EndsWith("_input_ids", StringComparison.Ordinal)) return (holder, property.Name[..^"input_ids".Length]);
            }
        }

        return null;
    }

    private static int[][] Numbers(JsonElement rows) => [.. rows.EnumerateArray().Select(row => row.EnumerateArray().Select(value => value.GetInt32()).ToArray())];

    private string? Text(string key) => about.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private double? Number(string key) => about.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static double Setting(string text, Regex pattern, double otherwise) =>
        pattern.Match(text) is { Success: true } found ? double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : otherwise;

    [GeneratedRegex(@"weight_decay[= ]+([\d.e-]+)")]
    private static partial Regex WeightDecay();

    [GeneratedRegex(@"betas[= (]+([\d.]+)")]
    private static partial Regex Betas();

    [GeneratedRegex(@"betas[= (]+[\d.]+[/, ]+([\d.]+)")]
    private static partial Regex SecondBeta();

    [GeneratedRegex(@"eps[= ]+([\d.e-]+\d)")]
    private static partial Regex Epsilon();

    [GeneratedRegex(@"clip_grad_norm_[ (=]*(?:[a-z_(), ]*)([\d.]*\d)")]
    private static partial Regex Clip();
}
