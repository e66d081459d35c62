using System.Text.Json;
using System.Text.RegularExpressions;

namespace Plum.Torch.Checkpoints;

/// <summary>A low-rank adapter's numbers: adapter_config.json of PEFT (LoRA: Hu et al., arXiv 2106.09685).</summary>
/// <param name="Rank">Inner dimension r of the factors.</param>
/// <param name="Alpha">Numerator of the scale.</param>
/// <param name="RankStabilized">alpha / sqrt(r) instead of alpha / r (rsLoRA: Kalajdzievski, arXiv 2312.03732).</param>
/// <param name="BaseModel">Name or path of the model it was trained on; null where unknown.</param>
/// <param name="Dropout">Dropout of training; not applied when sampling.</param>
/// <param name="RankPattern">Modules whose rank is another, by name or expression.</param>
/// <param name="AlphaPattern">Modules whose alpha is another, by name or expression.</param>
public sealed record LoraSettings(
    int Rank,
    double Alpha,
    bool RankStabilized = false,
    string? BaseModel = null,
    double Dropout = 0,
    IReadOnlyDictionary<string, int>? RankPattern = null,
    IReadOnlyDictionary<string, double>? AlphaPattern = null)
{
    /// <summary>What B A is multiplied by where no pattern says otherwise.</summary>
    public double Scale => ScaleOf(Rank, Alpha);

    /// <summary>What B A is multiplied by for one module.</summary>
    /// <param name="module">The family's module name: <c>model.layers.0.self_attn.q_proj</c>.</param>
    public double ScaleFor(string module) => ScaleOf(RankFor(module), Match(AlphaPattern, module) ?? Alpha);

    /// <summary>The rank of one module.</summary>
    /// <param name="module">The family's module name.</param>
    public int RankFor(string module) => Match(RankPattern, module) ?? Rank;

    internal static LoraSettings Read(JsonSettings json)
    {
        string type = json.TextOrNull("peft_type") ?? throw new InputException($"{json.File}: peft_type is missing.");
        if (type != "LORA") throw ModelConfigReader.Unsupported(json, $"peft_type {type}", "adapters have to be LORA");
        foreach (string flag in (string[])["use_dora", "lora_bias", "use_qalora", "alora_invocation_tokens"])
        {
            if (json.Find(flag) is { ValueKind: not JsonValueKind.False }) throw ModelConfigReader.Unsupported(json, flag, "train the adapter as plain LoRA");
        }

        // These change the base's own weights before training, and the adapter means nothing beside the unchanged ones.
        if (json.Find("init_lora_weights") is { ValueKind: JsonValueKind.String } init && (string[])["pissa", "olora", "corda", "loftq"] is var changing && Array.Exists(changing, name => init.GetString()!.StartsWith(name, StringComparison.OrdinalIgnoreCase)))
            throw ModelConfigReader.Unsupported(json, $"init_lora_weights \"{init.GetString()}\"", "save the adapter converted, with PEFT's path_initial_model_for_weight_conversion, or merged");
        foreach (string key in (string[])["layer_replication", "target_parameters", "trainable_token_indices"])
        {
            if (json.Find(key) is { } value && !(value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0)) throw ModelConfigReader.Unsupported(json, key, "train the adapter as plain LoRA on projections");
        }

        if (json.TextOrNull("bias") is { } bias and not "none") throw ModelConfigReader.Unsupported(json, $"bias \"{bias}\"", "it has to be none");
        if (json.Find("modules_to_save") is { ValueKind: JsonValueKind.Array } saved && saved.GetArrayLength() > 0)
            throw ModelConfigReader.Unsupported(json, "modules_to_save", "merge such an adapter with PEFT's merge_and_unload first");
        return new LoraSettings(
            json.Positive("r", 8),
            json.Double("lora_alpha", 8),
            json.Bool("use_rslora", false),
            json.TextOrNull("base_model_name_or_path"),
            json.Double("lora_dropout", 0),
            Pattern(json, "rank_pattern", (section, key) => section.Positive(key)),
            Pattern(json, "alpha_pattern", (section, key) => section.Double(key)));
    }

    private double ScaleOf(int rank, double alpha) => alpha / (RankStabilized ? Math.Sqrt(rank) : rank);

    private static Dictionary<string, T>? Pattern<T>(JsonSettings json, string key, Func<JsonSettings, string, T> read) =>
        json.Section(key) is not { } section ? null
        : section.Element.EnumerateObject().Select(property => property.Name).ToDictionary(name => name, name => read(section, name)) is { Count: > 0 } pattern ? pattern : null;

    private static T? Match<T>(IReadOnlyDictionary<string, T>? patterns, string module)
        where T : struct
    {
        foreach ((string pattern, T value) in patterns ?? new Dictionary<string, T>())
        {
            try
            {
                if (Regex.IsMatch(module, $@"^(.*\.)?({pattern})$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))) return value;
            }
            catch (Exception error) when (error is ArgumentException or RegexMatchTimeoutException)
            {
                throw new InputException($"adapter_config.json: '{pattern}' in rank_pattern or alpha_pattern is not a usable expression.", error);
            }
        }

        return null;
    }
}
