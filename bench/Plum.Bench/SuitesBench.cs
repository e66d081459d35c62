using System.Text.Json;
using Plum.Evaluation;
using Plum.Evaluation.Benchmarks;
using Plum.Models;
using Plum.Sandboxes;
using Plum.Suites;
using Plum.Verdicts;

namespace Plum.Bench;

/// <summary>
/// HumanEval and MBPP as instructions: the canonical solution stands in for the teacher's references, the calls in the task's
/// text and variations of them are the inputs. The suites' verdicts on public programs are compared with EvalPlus's.
/// </summary>
internal static class SuitesBench
{
    private static readonly (string Name, string Data, string Samples, string Verdicts)[] Sets =
    [
        ("humaneval+", "humanevalplus/v0.1.9/HumanEvalPlus.jsonl.gz", "results/sc2inst-humaneval-samples.jsonl", "evalplus/sc2inst-humaneval.json"),
        ("mbpp+", "mbppplus/v0.1.0/MbppPlus.jsonl.gz", "results/sc2inst-mbpp-samples.jsonl", "evalplus/sc2inst-mbpp.json"),
    ];

    private static readonly SuiteOptions Options = new(
        References: 1, InputCompletions: 1, MinReferences: 1, MaxTests: 30, MaxLength: 4_000, VariedInputs: 60, Mutants: 40, DropFlaky: true);

    /// <summary>Measures.</summary>
    /// <param name="data">The folder of public data.</param>
    /// <param name="oracles">The folder with EvalPlus's verdicts.</param>
    /// <param name="jails">How many jails.</param>
    public static async Task RunAsync(string data, string oracles, int jails)
    {
        await using PythonSandbox sandbox = PythonSandbox.Open(new(Jails: jails));
        Console.WriteLine("| set | instructions | suites | dropped | tests a suite | mutation score | lines | branches | programs | both pass | both fail | false pass | false fail | agreement | special oracles aside |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach ((string name, string file, string samples, string verdicts) in Sets)
        {
            IReadOnlyList<PublicTask> tasks = PublicBenchmark.Named(name)!.ReadTasks(Path.Combine(data, file));
            Dictionary<string, TestSuite> suites = [];
            await foreach (TestSuite suite in new SuiteBuilder(new Canonical(tasks), sandbox, Options).BuildAsync(
                [.. tasks.Select(task => new Instruction(task.Id, task.Prompt, task.EntryPoint!))], 1)) suites[suite.InstructionId] = suite;
            SuiteFigures figures = SuiteFigures.Of([.. suites.Values]);
            SuiteQuality quality = await new SuiteAudit(sandbox).MeasureAsync(SuiteAudit.Draw(suites.Values, 1, suites.Count), 1);
            using JsonDocument right = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(oracles, verdicts)));
            Compared all = new(), plain = new();
            SuiteVerifier verifier = new(sandbox, null, new(StopAtFirstFailure: true));
            foreach (Sample sample in SamplesFile.Read(Path.Combine(data, samples), tasks, out _))
            {
                if (suites[sample.TaskId] is not { DropReason: null } suite) continue;
                Verdict verdict = (await verifier.VerifyAsync(suite, [new(sample.TaskId, sample.Number, "", sample.Program, [], [], "stop", 0, 0)], default))[0];
                JsonElement theirs = right.RootElement.GetProperty(sample.TaskId);
                bool passes = theirs.GetProperty("base").GetString() == "pass" && theirs.GetProperty("plus").GetString() == "pass";
                all.Add(verdict.Passed, passes);
                if (tasks.First(task => task.Id == sample.TaskId).Check is Check.Differential { Oracle: SpecialOracle.None }) plain.Add(verdict.Passed, passes);
                if (verdict.Passed != passes)
                    Console.Error.WriteLine($"{sample.TaskId}: {(verdict.Passed ? "false pass" : $"false fail: {verdict.FirstFailure}")}");
            }

            Console.WriteLine($"| {name} | {figures.Instructions} | {figures.Kept} | {string.Join(", ", figures.Dropped.Select(one => $"{one.Key} {one.Value}"))} | {figures.TestsPerSuite:F1} "
                + $"| {quality.MutationScore:P1} of {quality.Mutants} | {quality.LineCoverage:P1} | {quality.BranchCoverage:P1} | {all.Count} | {all.BothPass} | {all.BothFail} | {all.FalsePasses} | {all.FalseFails} "
                + $"| {all.Agreement:P1} | {plain.Agreement:P1} of {plain.Count} |");
        }
    }

    private sealed class Compared
    {
        public int BothPass { get; private set; }

        public int BothFail { get; private set; }

        public int FalsePasses { get; private set; }

        public int FalseFails { get; private set; }

        public int Count => BothPass + BothFail + FalsePasses + FalseFails;

        public double Agreement => (double)(BothPass + BothFail) / Count;

        public void Add(bool ours, bool theirs)
        {
            if (ours && theirs) BothPass++;
            else if (ours) FalsePasses++;
            else if (theirs) FalseFails++;
            else BothFail++;
        }
    }

    /// <summary>A teacher that knows the canonical solutions and reads the calls off the tasks' texts.</summary>
    private sealed class Canonical(IReadOnlyList<PublicTask> tasks) : ILanguageModel
    {
        private readonly Dictionary<string, PublicTask> byId = tasks.ToDictionary(task => task.Id);

        public int Parallelism => 1;

        public string RenderPrompt(IReadOnlyList<ChatMessage> messages) => messages[^1].Content;

        public Task<IReadOnlyList<IReadOnlyList<Completion>>> SampleAsync(IReadOnlyList<SampleRequest> requests, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<IReadOnlyList<Completion>>>([.. requests.Select(request => Enumerable.Repeat(Answer(request.Key), request.Count).ToArray())]);

        private Completion Answer(DrawKey key) => new(
            key.Purpose == "references" ? $"```python\n{byId[key.Subject].Canonical}\n```" : byId[key.Subject].Prompt, [], [], "stop");
    }
}
