namespace Plum.Evaluation.Benchmarks;

/// <summary>MBPP+ (Liu et al., NeurIPS 2023), releases v0.1.0 (399 tasks) and v0.2.0 (378).</summary>
internal static class MbppPlus
{
    /// <summary>Measured: 26d6d00 keeps what every canonical solution returned in the process that it forks for a program.</summary>
    private const int HeldMegabytes = 1_690;

    private static readonly Dictionary<string, SpecialOracle> Oracles = new()
    {
        ["are_equivalent"] = SpecialOracle.Anything,
        ["sum_div"] = SpecialOracle.OrZero,
        ["surface_Area"] = SpecialOracle.PyramidSurface,
        ["digit_distance_nums"] = SpecialOracle.PaddedDigits,
        ["similar_elements"] = SpecialOracle.SameMembers,
        ["find_char_long"] = SpecialOracle.SameMembers,
        ["common_in_nested_lists"] = SpecialOracle.SameMembers,
        ["extract_singly"] = SpecialOracle.SameMembers,
        ["larg_nnum"] = SpecialOracle.SameMembers,
        ["intersection_array"] = SpecialOracle.SameMembers,
        ["find_dissimilar"] = SpecialOracle.SameMembers,
        ["Diff"] = SpecialOracle.SameMembers,
        ["check_str"] = SpecialOracle.NotNone,
        ["text_match_three"] = SpecialOracle.NotNone,
        ["text_starta_endb"] = SpecialOracle.NotNone,
    };

    public static PublicBenchmark Row { get; } = new("mbpp+", "EvalPlus's MbppPlus.jsonl.gz", row => Read(row, plus: true), HasPlus: true);

    public static PromptStyle Style { get; } = new(PromptKind.EvalPlus, [.. EvalPlusTasks.Ends, "\n\"\"\"", "\nassert"]);

    public static PublicTask Read(DatasetRow row, bool plus) =>
        EvalPlusTasks.Read(row, plus, Style, MbppInputs.Decode, entry => Oracles.GetValueOrDefault(entry), HeldMegabytes);
}
