using System.Text.Json;

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
        if (section?.Element.EnumerateObject().Where(item => item.Value.ValueKind == JsonValueKind.Object).Select(item => item.Name).FirstOrDefault() is { } kind)
            throw ModelConfigReader.Unsupported(json, $"rope_parameters of their own for {kind}", "all layers turn alike here");
        double theta = json.DoubleOrNull("rope_theta") ?? section?.DoubleOrNull("rope_theta") ?? 10000;
        if (theta <= 0) throw new InputException($"{json.File}: rope_theta has to be positive.");
        return (theta, section is null ? null : ReadScaling(section, maxPositions, Writes451(json)));
    }

    private static RopeScaling? ReadScaling(JsonSettings section, int maxPositions, bool recent)
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
            "yarn" => ReadYarn(section, maxPositions, recent),
            _ => throw ModelConfigReader.Unsupported(section, $"rope_scaling of type \"{kind}\"", "supported are default, linear, dynamic, llama3, yarn"),
        };
    }

    /// <summary>
    /// The correction range comes from max_position_embeddings, as in transformers up to 4.50, and from
    /// original_max_position_embeddings in files that later ones wrote; most checkpoints give both the same value.
    /// The attention factor with mscale and mscale_all_dim is that of transformers since 4.51.
    /// </summary>
    private static RopeScaling.Yarn ReadYarn(JsonSettings section, int maxPositions, bool recent)
    {
        int? original = section.Has("original_max_position_embeddings") ? section.Positive("original_max_position_embeddings") : null;
        double factor = section.Has("factor") || original is null ? Factor(section) : (double)maxPositions / original.Value;
        double Scale(double by) => (0.1 * by * Math.Log(factor)) + 1;
        double scaled = NotZero(section.DoubleOrNull("mscale")) is { } scale && NotZero(section.DoubleOrNull("mscale_all_dim")) is { } ofAll ? Scale(scale) / Scale(ofAll) : Scale(1);
        return new RopeScaling.Yarn(
            factor,
            section.DoubleOrNull("attention_factor") ?? scaled,
            NotZero(section.DoubleOrNull("beta_fast")) ?? 32,
            NotZero(section.DoubleOrNull("beta_slow")) ?? 1,
            recent ? original ?? maxPositions : maxPositions,
            section.Bool("truncate", true));
    }

    /// <summary>Whether transformers 4.51 or later wrote the file: it says so itself.</summary>
    private static bool Writes451(JsonSettings json) =>
        Version.TryParse(string.Join('.', (json.TextOrNull("transformers_version") ?? "").Split('.').Take(2)), out Version? version) && version >= new Version(4, 51);

    private static double? NotZero(double? value) => value == 0 ? null : value;

    private static double Factor(JsonSettings section) =>
        section.Double("factor") is >= 1 and double factor ? factor
        : throw new InputException($"{section.File}: the factor of rope_scaling has to be at least 1.");
}
