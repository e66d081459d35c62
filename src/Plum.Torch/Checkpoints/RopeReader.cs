namespace Plum.Torch.Checkpoints;

/// <summary>
/// Reads the rotary settings: <c>rope_theta</c> and <c>rope_scaling</c>, or both inside <c>rope_parameters</c> as
/// transformers 5 writes them. The kind stands under <c>rope_type</c> or, in older files, <c>type</c>.
/// </summary>
internal static class RopeReader
{
    public static (double Theta, RopeScaling? Scaling) Read(JsonSettings json, int maxPositions)
    {
        JsonSettings? section = json.Section("rope_scaling") ?? json.Section("rope_parameters");
        double theta = json.DoubleOrNull("rope_theta") ?? section?.DoubleOrNull("rope_theta") ?? 10000;
        if (theta <= 0) throw new InputException($"{json.File}: rope_theta has to be positive.");
        return (theta, section is null ? null : ReadScaling(section, maxPositions));
    }

    private static RopeScaling? ReadScaling(JsonSettings section, int maxPositions)
    {
        string kind = section.TextOrNull("rope_type") ?? section.TextOrNull("type") ?? "default";
        return kind switch
        {
            "default" => null,
            "linear" => new RopeScaling.Linear(Factor(section)),
            "dynamic" => new RopeScaling.Dynamic(Factor(section), maxPositions),
            "llama3" => new RopeScaling.Llama3(
                Factor(section),
                section.Double("low_freq_factor"),
                section.Double("high_freq_factor"),
                section.Positive("original_max_position_embeddings")),
            "yarn" => ReadYarn(section, maxPositions),
            _ => throw ModelConfigReader.Unsupported(section, $"rope_scaling of type \"{kind}\"", "supported are default, linear, dynamic, llama3, yarn"),
        };
    }

    /// <summary>The correction range comes from max_position_embeddings, as in transformers up to 4.50; checkpoints in use give both the same value.</summary>
    private static RopeScaling.Yarn ReadYarn(JsonSettings section, int maxPositions)
    {
        foreach (string key in (string[])["mscale", "mscale_all_dim"])
        {
            if (section.Has(key)) throw ModelConfigReader.Unsupported(section, $"rope_scaling's {key}", "it belongs to DeepSeek-V2's own attention");
        }

        double factor = Factor(section);
        return new RopeScaling.Yarn(
            factor,
            section.DoubleOrNull("attention_factor") ?? (0.1 * Math.Log(factor)) + 1,
            NotZero(section.DoubleOrNull("beta_fast")) ?? 32,
            NotZero(section.DoubleOrNull("beta_slow")) ?? 1,
            maxPositions,
            section.Bool("truncate", true));
    }

    private static double? NotZero(double? value) => value == 0 ? null : value;

    private static double Factor(JsonSettings section) =>
        section.Double("factor") is >= 1 and double factor ? factor
        : throw new InputException($"{section.File}: the factor of rope_scaling has to be at least 1.");
}
