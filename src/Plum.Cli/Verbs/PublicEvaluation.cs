using System.Diagnostics;
using System.Security.Cryptography;
using Plum.Cli.Reports;
using Plum.Cli.Runs;
using Plum.Cli.Watching;
using Plum.Evaluation;
using Plum.Evaluation.Benchmarks;
using Plum.Evaluation.Generation;
using Plum.Evaluation.Judging;
using Plum.Models;
using Plum.Rounds;
using Plum.Sandboxes;
using Plum.Text;
using Plum.Torch.Checkpoints;

namespace Plum.Cli.Verbs;

/// <summary><c>plum eval</c> on a public benchmark: samples from a file or a policy, judged as its harness does or strictly.</summary>
/// <param name="Benchmark">The benchmark.</param>
/// <param name="Data">Its data file.</param>
/// <param name="Samples">A samples file; null where a policy writes them.</param>
/// <param name="Policy">The policy's folder; null where there is a samples file.</param>
/// <param name="Prompts">How it is asked.</param>
/// <param name="How">How its samples are drawn.</param>
/// <param name="Out">Where results go.</param>
/// <param name="Mode">Whose idea of a pass counts.</param>
/// <param name="K">Which k of pass@k; null for 1 and n.</param>
/// <param name="Training">Training files that are searched for the benchmark's tasks.</param>
/// <param name="Cache">Where outputs of canonical solutions are kept.</param>
internal sealed record PublicEvaluation(
    PublicBenchmark Benchmark, string Data, string? Samples, string? Policy, PromptChoice Prompts, GenerationOptions How, string Out, EvaluationMode Mode, int[]? K, string[] Training, string Cache)
{
    public async Task<int> RunAsync(Stage stage, CancellationToken cancellation)
    {
        IReadOnlyList<PublicTask> tasks = Benchmark.ReadTasks(Data);
        if (Samples is not null && !File.Exists(Samples) && !Directory.Exists(Samples))
            throw new InputException($"{Samples}: there is no such file: check --samples");
        if (Samples is null && !File.Exists(Path.Combine(Policy!, "config.json")))
            throw new InputException($"policy: there is no {Policy}/config.json: name a checkpoint folder with config.json, model.safetensors and tokenizer.json");
        Begin();
        string results = Path.Combine(Out, "results.jsonl");
        await using PythonSandbox sandbox = stage.OpenSandbox();
        string file = Samples ?? await WriteSamplesAsync(stage, tasks, sandbox, cancellation).ConfigureAwait(false);
        IReadOnlyList<Sample> samples = SamplesFile.Read(file, tasks, out int unknown);
        if (unknown > 0) Console.Error.WriteLine($"plum: {unknown} samples in {file} are for no task of {Data} and are left out");
        int missing = tasks.Count - samples.DistinctBy(sample => sample.TaskId).Count();
        if (missing > 0) Console.Error.WriteLine($"plum: {missing} of {tasks.Count} tasks have no sample in {file}: the figures say nothing about them");

        long began = Stopwatch.GetTimestamp();
        double cpu = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;
        SampleJudge judge = new(sandbox, Mode, Cache);
        IReadOnlyList<SampleResult> judged = await Watch.RunAsync(
            progress => BenchmarkRun.JudgeAsync(
                results, tasks, samples.ToAsyncEnumerable(), judge,
                done => progress.Report(new StageProgress("judge", 0, done, samples.Count, "samples")), cancellation),
            "stopped; started again, the evaluation goes on where it was", cancellation).ConfigureAwait(false);
        BenchmarkFigures figures = BenchmarkFigures.Of(
            Benchmark, Mode, tasks, judged, K, Stopwatch.GetElapsedTime(began).TotalSeconds,
            Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds - cpu, sandbox.Level);
        if (Training.Length > 0)
        {
            IReadOnlyList<Contaminated> contaminated = Contamination.Find(tasks, Training);
            JsonLines.WriteAll(Path.Combine(Out, "contaminated.jsonl"), contaminated);
            HashSet<string> found = [.. contaminated.Select(one => one.TaskId)];
            figures = figures with { ContaminatedTasks = found.Count, CleanPassAt1 = BenchmarkFigures.PassAt1(judged.Where(result => !found.Contains(result.TaskId))) };
        }

        RunDirectory.Write(Path.Combine(Out, "evaluation.json"), figures);
        BenchmarkPage.Write(Path.Combine(Out, "report.html"), figures, judged);
        Output.Say(stage.Json, Output.With(Out, figures), console => BenchmarkTable.Print(console, figures, results));
        return 0;
    }

    private async Task<string> WriteSamplesAsync(Stage stage, IReadOnlyList<PublicTask> tasks, PythonSandbox sandbox, CancellationToken cancellation)
    {
        string file = Path.Combine(Out, "samples.jsonl");
        bool chat = Prompts == PromptChoice.Chat || Prompts == PromptChoice.Auto && CheckpointSummary.Of(Policy!).ChatTemplateFault is null;
        ILanguageModel model = stage.Engine().Open(Policy!);
        using (model as IDisposable)
        {
            PolicySamples writer = new(model, new EvalPlusSanitizer(sandbox), How with { Chat = chat });
            int total = tasks.Count * How.Samples;
            return await Watch.RunAsync(
                async progress =>
                {
                    await writer.WriteAsync(file, tasks, done => progress.Report(new StageProgress("sample", 0, done, total, "samples")), cancellation).ConfigureAwait(false);
                    return file;
                },
                "stopped; started again, the evaluation goes on where it was", cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Notes what the folder's results are of; results of something else are not gone on with.</summary>
    private void Begin()
    {
        string file = Path.Combine(Out, "settings.json");
        EvaluationSettings settings = new(
            Benchmark.Name, Mode, Hash(Data), Samples is null ? null : File.Exists(Samples) ? Hash(Samples) : Path.GetFullPath(Samples),
            Samples is null ? new(Hash(Path.Combine(Policy!, "config.json")), Path.GetFullPath(Policy!), Prompts, How) : null);
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
/// <param name="Samples">The samples file's SHA-256, or the folder that they came from; null where a policy wrote them.</param>
/// <param name="Policy">The policy that wrote them; null where they came from a file.</param>
internal sealed record EvaluationSettings(string Benchmark, EvaluationMode Mode, string Data, string? Samples, PolicySettings? Policy);

/// <summary>What a policy's samples are of.</summary>
/// <param name="Config">The SHA-256 of its config.json.</param>
/// <param name="Folder">Where it lies.</param>
/// <param name="Prompts">How it was asked.</param>
/// <param name="How">How its samples were drawn.</param>
internal sealed record PolicySettings(string Config, string Folder, PromptChoice Prompts, GenerationOptions How);

/// <summary>How a policy is asked.</summary>
internal enum PromptChoice
{
    /// <summary>By its chat template where it has one, else as a base model.</summary>
    Auto,

    /// <summary>By its chat template.</summary>
    Chat,

    /// <summary>As a base model: the prompt is the text that it continues.</summary>
    Completion,
}
