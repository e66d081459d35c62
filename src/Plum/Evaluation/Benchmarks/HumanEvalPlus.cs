using Plum.Sandboxes;

namespace Plum.Evaluation.Benchmarks;

/// <summary>HumanEval+ (Liu et al., NeurIPS 2023), releases v0.1.9 and v0.1.10: HumanEval's inputs and hundreds more a task.</summary>
internal static class HumanEvalPlus
{
    public static PublicBenchmark Row { get; } = new(
        "humaneval+", "EvalPlus's HumanEvalPlus.jsonl.gz", row => Read(row, plus: true), HasPlus: true);

    public static PromptStyle Style { get; } = new(PromptKind.EvalPlus, [.. EvalPlusTasks.Ends, "\ndef ", "\nclass ", "\nimport ", "\nfrom ", "\nassert "]);

    /// <summary>Measured: 26d6d00 keeps what every canonical solution returned in the process that it forks for a program.</summary>
    private const int HeldMegabytes = 700;

    public static PublicTask Read(DatasetRow row, bool plus) => EvalPlusTasks.Read(
        row, plus, Style,
        (_, inputs) => [.. inputs.Select(input => new Call(input))],
        entry => entry == "find_zero" ? SpecialOracle.Root : SpecialOracle.None,
        HeldMegabytes);
}
