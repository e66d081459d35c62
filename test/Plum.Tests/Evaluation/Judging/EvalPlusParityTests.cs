using System.Text.Json;
using Plum.Evaluation;
using Plum.Evaluation.Benchmarks;
using Plum.Evaluation.Judging;
using Plum.Tests.Sandboxes;
using Xunit;

namespace Plum.Tests.Evaluation.Judging;

/// <summary>
/// StarCoder2-15B-Instruct's programs under EvalPlus itself (the oracle) and here. A third of the tasks, and those on which
/// EvalPlus's older published verdicts differ, but for those that alone take seconds; plum eval does them all.
/// </summary>
public sealed class EvalPlusParityTests(SandboxFixture python)
{
    private static readonly string[] Slow = ["Mbpp/123", "Mbpp/126", "Mbpp/160", "Mbpp/255", "Mbpp/271", "Mbpp/392", "Mbpp/599", "Mbpp/605", "Mbpp/739", "Mbpp/781", "HumanEval/15", "HumanEval/25", "HumanEval/129"];
    private static readonly string[] Published = ["HumanEval/21", "Mbpp/14", "Mbpp/276", "Mbpp/312", "Mbpp/574", "Mbpp/746"];

    [Theory]
    [InlineData("humaneval", "humanevalplus/v0.1.9/HumanEvalPlus.jsonl.gz")]
    [InlineData("mbpp", "mbppplus/v0.1.0/MbppPlus.jsonl.gz")]
    public async Task EveryVerdictIsEvalPlusses(string name, string data)
    {
        string? path = HumanEval.Find(data), samplesPath = HumanEval.Find($"results/sc2inst-{name}-samples.jsonl");
        string oracle = Repository.Oracle(Path.Combine("evalplus", $"sc2inst-{name}.json"));
        Assert.SkipWhen(path is null || samplesPath is null, "EvalPlus's data is not there: set PLUM_DATA");
        Dictionary<string, PublicTask> tasks = PublicBenchmark.Named(name + "+")!.ReadTasks(path!).ToDictionary(task => task.Id);
        JsonElement verdicts = JsonDocument.Parse(File.ReadAllText(oracle)).RootElement;
        SampleJudge judge = new(python.Sandbox, EvaluationMode.Parity);
        List<string> wrong = [];
        int judged = 0;
        foreach (Sample sample in SamplesFile.Read(samplesPath!, [.. tasks.Values], out _).Where((sample, at) => (at % 3 == 0 || Published.Contains(sample.TaskId)) && !Slow.Contains(sample.TaskId)))
        {
            SampleVerdict verdict = await judge.JudgeAsync(tasks[sample.TaskId], sample.Program, TestContext.Current.CancellationToken);
            JsonElement theirs = verdicts.GetProperty(sample.TaskId);
            string got = $"{verdict.Base} {verdict.Plus}".ToLowerInvariant(), wanted = $"{theirs.GetProperty("base").GetString()} {theirs.GetProperty("plus").GetString()}";
            if (got != wanted) wrong.Add($"{sample.TaskId}: {got}, EvalPlus {wanted}, {verdict.FirstFailure}");
            judged++;
        }

        Assert.True(judged > 50);
        Assert.Empty(wrong);
    }
}
