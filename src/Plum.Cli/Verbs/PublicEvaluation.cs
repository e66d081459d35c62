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

namespace Plum.Cli.Verbs;

/// <summary><c>plum eval</c> on a public benchmark: samples from a file or a policy, judged as its harness does or strictly.</summary>
/// <param name="Benchmark">The benchmark.</param>
/// <param name="Data">Its data file.</param>
/// <param name="Samples">A samples file, or <c>canonical</c> for the data's own solutions; null where a policy writes them.</param>
/// <param name="Source">The model that writes samples; null where there is a samples file.</param>
/// <param name="Prompts">How it is asked.</param>
/// <param name="How">How its samples are drawn.</param>
/// <param name="Out">Where results go.</param>
/// <param name="Mode">Whose idea of a pass counts.</param>
/// <param name="K">Which k of pass@k; null for 1 and n.</param>
/// <param name="Training">Training files that are searched for the benchmark's tasks.</param>
/// <param name="Cache">Where outputs of canonical solutions are kept.</param>
/// <param name="From">The first day whose tasks count; null for no bound.</param>
/// <param name="To">The last day whose tasks count; null for no bound.</param>
internal sealed record PublicEvaluation(
    PublicBenchmark Benchmark, string Data, string? Samples, SampleSource? Source, PromptChoice Prompts, GenerationOptions How, string Out, EvaluationMode Mode, int[]? K, string[] Training, string Cache, DateOnly? From = null, DateOnly? To = null)
{
    private static readonly string[] GoneOnWith = ["samples.jsonl", "results.jsonl"];

    public async Task<int> RunAsync(Stage stage, CancellationToken cancellation)
    {
        IReadOnlyList<PublicTask> tasks = Within(Benchmark.ReadTasks(Data));
        if (Samples is not null && !OfTheData && !File.Exists(Samples) && !Directory.Exists(Samples))
            throw new InputException($"{Samples}: there is no such file: check --samples");
        if (Training.FirstOrDefault(file => !File.Exists(file)) is { } absent)
            throw new InputException($"{absent}: there is no such file: check --training");
        int unknown = 0;
        IReadOnlyList<Sample>? given = Samples is null ? null : OfTheData ? Canonical(tasks) : SamplesFile.Read(Samples, tasks, out unknown);
        Begin();
        string results = Path.Combine(Out, "results.jsonl");
        await using PythonSandbox sandbox = stage.OpenSandbox();
        string file = Samples ?? await WriteSamplesAsync(stage, tasks, sandbox, cancellation).ConfigureAwait(false);
        IReadOnlyList<Sample> samples = given ?? SamplesFile.Read(file, tasks, out unknown);
        if (unknown > 0) Console.Error.WriteLine($"plum: {unknown} samples in {file} are for no task of {Data}{(From is null && To is null ? "" : " between those days")} and are left out");
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

        if (Benchmark.Name == "livecodebench") SamplesFile.WriteLiveCodeBench(Path.Combine(Out, "samples.livecodebench.json"), samples);
        else if (tasks[0].Style.Kind == PromptKind.EvalPlus) SamplesFile.WriteHumanEval(Path.Combine(Out, "samples.human-eval.jsonl"), tasks, samples);
        RunDirectory.Write(Path.Combine(Out, "evaluation.json"), figures);
        BenchmarkPage.Write(Path.Combine(Out, "report.html"), figures, judged);
        Output.Say(stage.Json, Output.With(Out, figures), console => BenchmarkTable.Print(console, figures, results));
        return 0;
    }

    private async Task<string> WriteSamplesAsync(Stage stage, IReadOnlyList<PublicTask> tasks, PythonSandbox sandbox, CancellationToken cancellation)
    {
        string file = Path.Combine(Out, "samples.jsonl");
        bool chat = Prompts == PromptChoice.Chat || Prompts == PromptChoice.Auto && Source!.HasChat;
        if (!chat && !Source!.Begins) throw new InputException("--prompts completion: an endpoint is asked by conversation: choose chat");
        ILanguageModel model = Source!.Open(stage);
        using (model as IDisposable)
        {
            PolicySamples writer = new(model, new EvalPlusSanitizer(sandbox), How with { Chat = chat, Begun = Source.Begins });
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

    /// <summary>True where the data's own solutions are judged; a file of that name goes first.</summary>
    private bool OfTheData => Samples == "canonical" && !File.Exists(Samples) && !Directory.Exists(Samples);

    private Sample[] Canonical(IReadOnlyList<PublicTask> tasks)
    {
        Sample[] samples = [.. tasks.Where(task => task.Canonical is not null).Select(task => new Sample(task.Id, 0, task.Canonical!))];
        return samples.Length > 0 ? samples : throw new InputException($"--samples canonical: {Data} holds no solutions of its own: give a samples file");
    }

    private IReadOnlyList<PublicTask> Within(IReadOnlyList<PublicTask> tasks)
    {
        if (From is null && To is null) return tasks;
        if (tasks.All(task => task.Date is null)) throw new InputException($"{Data}: its tasks have no dates: leave --from and --to out");
        PublicTask[] within = [.. tasks.Where(task => task.Date is { } day && !(day < From) && !(day > To))];
        return within.Length > 0 ? within : throw new InputException(
            $"{Data}: no task is from those days: its tasks are from {tasks.Min(task => task.Date):yyyy-MM-dd} to {tasks.Max(task => task.Date):yyyy-MM-dd}: choose --from and --to among them");
    }

    /// <summary>Notes what the folder's results are of; results of something else are not gone on with.</summary>
    private void Begin()
    {
        string file = Path.Combine(Out, "settings.json");
        EvaluationSettings settings = new(
            Benchmark.Name, Mode, Hash(Data), Samples is null ? null : File.Exists(Samples) ? Hash(Samples) : Path.GetFullPath(Samples),
            Source is null ? null : new(Source.Fingerprint, Prompts, How), From, To);
        bool begun = GoneOnWith.Any(name => new FileInfo(Path.Combine(Out, name)) is { Exists: true, Length: > 0 });
        if (begun && RunDirectory.Read<EvaluationSettings>(file) is { } before && before != settings)
            throw new InputException($"{Out}: it holds results of {before.Benchmark} in {before.Mode.ToString().ToLowerInvariant()} mode, of another model, other samples or other data: choose another --out, or remove it");
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
/// <param name="Policy">The model that wrote them; null where they came from a file.</param>
/// <param name="From">The first day whose tasks count.</param>
/// <param name="To">The last one.</param>
internal sealed record EvaluationSettings(string Benchmark, EvaluationMode Mode, string Data, string? Samples, PolicySettings? Policy, DateOnly? From, DateOnly? To);

/// <summary>What a policy's samples are of.</summary>
/// <param name="Model">The SHA-256 of its files: weights, tokenizer, configuration, adapter; or an endpoint's name and address.</param>
/// <param name="Prompts">How it was asked.</param>
/// <param name="How">How its samples were drawn.</param>
internal sealed record PolicySettings(string Model, PromptChoice Prompts, GenerationOptions How);

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
