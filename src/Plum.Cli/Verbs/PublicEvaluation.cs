using System.Diagnostics;
using System.Security.Cryptography;
using Plum.Cli.Reports;
using Plum.Cli.Runs;
using Plum.Cli.Watching;
using Plum.Evaluation;
using Plum.Evaluation.Benchmarks;
using Plum.Evaluation.Judging;
using Plum.Rounds;
using Plum.Sandboxes;

namespace Plum.Cli.Verbs;

/// <summary><c>plum eval</c> on a public benchmark: samples from a file or a policy, judged as its harness does or strictly.</summary>
/// <param name="Benchmark">The benchmark.</param>
/// <param name="Data">Its data file.</param>
/// <param name="Samples">A samples file; null where a policy writes them.</param>
/// <param name="Out">Where results go.</param>
/// <param name="Mode">Whose idea of a pass counts.</param>
/// <param name="K">Which k of pass@k; null for 1 and n.</param>
/// <param name="Cache">Where outputs of canonical solutions are kept.</param>
internal sealed record PublicEvaluation(PublicBenchmark Benchmark, string Data, string Samples, string Out, EvaluationMode Mode, int[]? K, string Cache)
{
    public async Task<int> RunAsync(Stage stage, CancellationToken cancellation)
    {
        IReadOnlyList<PublicTask> tasks = Benchmark.ReadTasks(Data);
        IReadOnlyList<Sample> samples = SamplesFile.Read(Samples, tasks, out int unknown);
        if (unknown > 0) Console.Error.WriteLine($"plum: {unknown} samples in {Samples} are for no task of {Data} and are left out");
        int missing = tasks.Count - samples.DistinctBy(sample => sample.TaskId).Count();
        if (missing > 0) Console.Error.WriteLine($"plum: {missing} of {tasks.Count} tasks have no sample in {Samples}: the figures say nothing about them");

        Begin();
        string results = Path.Combine(Out, "results.jsonl");
        long began = Stopwatch.GetTimestamp();
        double cpu = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;
        await using PythonSandbox sandbox = stage.OpenSandbox();
        SampleJudge judge = new(sandbox, Mode, Cache);
        IReadOnlyList<SampleResult> judged = await Watch.RunAsync(
            progress => BenchmarkRun.JudgeAsync(
                results, tasks, samples.ToAsyncEnumerable(), judge,
                done => progress.Report(new StageProgress("judge", 0, done, samples.Count, "samples")), cancellation),
            "stopped; started again, the evaluation goes on where it was", cancellation).ConfigureAwait(false);
        BenchmarkFigures figures = BenchmarkFigures.Of(
            Benchmark, Mode, tasks, judged, K, Stopwatch.GetElapsedTime(began).TotalSeconds,
            Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds - cpu, sandbox.Level);
        RunDirectory.Write(Path.Combine(Out, "evaluation.json"), figures);
        Output.Say(stage.Json, Output.With(Out, figures), console => BenchmarkTable.Print(console, figures, results));
        return 0;
    }

    /// <summary>Notes what the folder's results are of; results of something else are not gone on with.</summary>
    private void Begin()
    {
        string file = Path.Combine(Out, "settings.json");
        EvaluationSettings settings = new(Benchmark.Name, Mode, Hash(Data), File.Exists(Samples) ? Hash(Samples) : Path.GetFullPath(Samples));
        if (RunDirectory.Read<EvaluationSettings>(file) is { } before && before != settings)
            throw new InputException($"{Out}: it holds results of {before.Benchmark} in {before.Mode.ToString().ToLowerInvariant()} mode, of other samples or other data: choose another --out, or remove it");
        RunDirectory.Write(file, settings);
    }

    private static string Hash(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}

/// <summary>What an evaluation's results are of.</summary>
/// <param name="Benchmark">The benchmark's name.</param>
/// <param name="Mode">The mode.</param>
/// <param name="Data">The data file's SHA-256.</param>
/// <param name="Samples">The samples file's SHA-256, or the folder that they came from.</param>
internal sealed record EvaluationSettings(string Benchmark, EvaluationMode Mode, string Data, string Samples);
