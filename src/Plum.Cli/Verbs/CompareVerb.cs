using System.CommandLine;
using Plum.Cli.Reports;
using Plum.Evaluation;
using Plum.Rounds;
using Plum.Text;
using Spectre.Console;

namespace Plum.Cli.Verbs;

/// <summary><c>plum compare</c>: whether one policy is better than another on the same tasks.</summary>
internal static class CompareVerb
{
    public static Command Create()
    {
        Argument<string> first = Flags.Path<string>("FIRST", "A run's folder, a folder that plum eval wrote, or an evaluation.json.", ArgumentArity.ExactlyOne);
        Argument<string> second = Flags.Path<string>("SECOND", "The one that may be better.", ArgumentArity.ExactlyOne);
        Option<bool> json = Flags.Json();
        Command command = new("compare", "Test whether a second policy is better than a first one on the same held-out tasks.") { first, second, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            string? ofFirst = Results(parsed.GetRequiredValue(first)), ofSecond = Results(parsed.GetRequiredValue(second));
            if (ofFirst is not null && ofSecond is not null)
                return await CompareSamplesAsync(ofFirst, ofSecond, parsed.GetValue(json), cancellation).ConfigureAwait(false);
            if ((ofFirst ?? ofSecond) is { } alone)
                throw new InputException($"{alone} is of a public benchmark and {parsed.GetRequiredValue(ofFirst is null ? first : second)} is not: compare two evaluations on one benchmark");
            string a = EvaluationFile(parsed.GetRequiredValue(first)), b = EvaluationFile(parsed.GetRequiredValue(second));
            EvaluationReport before = Read(a), after = Read(b);
            if (!before.Tasks.Select(task => task.TaskId).SequenceEqual(after.Tasks.Select(task => task.TaskId)))
                throw new InputException($"{a} and {b} are not of the same tasks: evaluate both policies on one benchmark");
            PairedTest paired = before.CompareWith(after, new DrawKey(1, 0, "compare"));
            Output.Say(parsed.GetValue(json), new Comparison(a, b, before.PassAt1, after.PassAt1, paired), console => console.WriteLine(
                $"{RunTable.Share(before.PassAt1)} to {RunTable.Share(after.PassAt1)}: {RunTable.Points(paired.Gain)} points (95% {RunTable.Points(paired.Low)} to {RunTable.Points(paired.High)}), "
                + $"p {RunTable.P(paired.PValue)}; {paired.Gained} tasks gained, {paired.Lost} lost of {paired.Tasks}"));
            return 0;
        });
        return command;
    }

    private static async Task<int> CompareSamplesAsync(string first, string second, bool json, CancellationToken cancellation)
    {
        IReadOnlyList<SampleResult> before = await JsonLines.ReadAllAsync<SampleResult>(first, cancellation).ConfigureAwait(false);
        IReadOnlyList<SampleResult> after = await JsonLines.ReadAllAsync<SampleResult>(second, cancellation).ConfigureAwait(false);
        SampleComparison comparison = SampleComparison.Of(before, after, new DrawKey(1, 0, "compare"));
        Output.Say(json, comparison, console =>
        {
            PairedTest paired = comparison.FirstSamples;
            console.WriteLine($"{RunTable.Share(comparison.Before)} to {RunTable.Share(comparison.After)}: {RunTable.Points(comparison.After - comparison.Before)} points (95% {RunTable.Points(comparison.Low)} to {RunTable.Points(comparison.High)}) on {comparison.Tasks} tasks"
                + (comparison.OnlyInOne > 0 ? $"; {comparison.OnlyInOne} tasks are in one of both only" : ""));
            console.WriteLine($"First samples: {paired.Gained} tasks gained, {paired.Lost} lost, p {RunTable.P(paired.PValue)} (McNemar)");
            console.WriteLine(comparison.Real ? "The difference is real." : comparison.TasksToTell is { } needed
                ? $"The difference may be chance. To tell one of this size it would take about {needed:N0} tasks."
                : "There is no difference to tell.");
        });
        return 0;
    }

    private static string? Results(string path) =>
        File.Exists(path) && Path.GetFileName(path) == "results.jsonl" ? path
        : Path.Combine(path, "results.jsonl") is var file && File.Exists(file) ? file
        : null;

    private static string EvaluationFile(string path)
    {
        if (File.Exists(path)) return path;
        RunDirectory run = new(path);
        string own = Path.Combine(run.Path, "evaluation.json");
        if (File.Exists(own)) return own;
        return RunDirectory.Read<RunReport>(run.Report) is { } report
            ? run.Round(report.Rounds.Count).Evaluation
            : throw new InputException($"{path}: there is neither evaluation.json nor a complete run: evaluate the policy first (plum eval)");
    }

    private static EvaluationReport Read(string file) => RunDirectory.Read<EvaluationReport>(file)!;

    private sealed record Comparison(string First, string Second, double Before, double After, PairedTest Paired);
}
