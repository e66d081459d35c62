using System.Text.Json;
using Plum.Evaluation;
using Plum.Evaluation.Benchmarks;
using Plum.Models;
using Plum.Rounds;
using Plum.Suites;
using Plum.Text;

namespace Plum.Bench;

/// <summary>
/// HumanEval and MBPP as instructions with a teacher on record: the canonical solutions stand for its references, the calls in a
/// task's text for its inputs. Public programs are written as candidates beside, and what EvalPlus says of them.
/// </summary>
internal static class CanonicalRecord
{
    private const string Teacher = "canonical";

    private static readonly (string Name, string Data, string Samples, string Verdicts)[] Sets =
    [
        ("humaneval+", "humanevalplus/v0.1.9/HumanEvalPlus.jsonl.gz", "results/sc2inst-humaneval-samples.jsonl", "evalplus/sc2inst-humaneval.json"),
        ("mbpp+", "mbppplus/v0.1.0/MbppPlus.jsonl.gz", "results/sc2inst-mbpp-samples.jsonl", "evalplus/sc2inst-mbpp.json"),
    ];

    // Nobody listens at the endpoint's address: whatever the record lacked would be an error.
    private const string Recipe = """
        {
          "policy": "plum:policy", "instructions": "instructions.jsonl", "held_out": "plum:instructions/heldout.jsonl",
          "teachers": [{ "endpoint": { "url": "http://127.0.0.1:9/v1", "model": "canonical", "structured": "off" } }],
          "teacher_record": { "file": "teacher.jsonl", "replay_only": true },
          "suites": {
            "references": 1, "input_completions": 1, "min_references": 1, "max_tests": 30, "max_length": 4000, "varied_inputs": 60, "mutants": 40, "drop_flaky": true,
            "reference_sampling": { "temperature": 0.8 }, "input_sampling": { "temperature": 1 }
          }
        }

        """;

    /// <summary>Writes a folder for each set: instructions, recipe, record, candidates, and EvalPlus's verdicts.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="data">The folder of public data.</param>
    /// <param name="oracles">The folder with EvalPlus's verdicts.</param>
    public static void Write(string folder, string data, string oracles)
    {
        foreach ((string name, string file, string samples, string verdicts) in Sets)
        {
            string own = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
            IReadOnlyList<PublicTask> tasks = PublicBenchmark.Named(name)!.ReadTasks(Path.Combine(data, file));
            File.WriteAllText(Path.Combine(own, "recipe.json"), Recipe);
            JsonLines.WriteAll(Path.Combine(own, "instructions.jsonl"), tasks.Select(task => new Instruction(task.Id, task.Prompt, task.EntryPoint!)));
            JsonLines.WriteAll(Path.Combine(own, "teacher.jsonl"), tasks.SelectMany(task => Answers(task, RecipeFile.Read(Path.Combine(own, "recipe.json"), []))));
            JsonLines.WriteAll(Path.Combine(own, "candidates.jsonl"), SamplesFile.Read(Path.Combine(data, samples), tasks, out _)
                .Select(sample => new Candidate(sample.TaskId, sample.Number, sample.Program, sample.Program, [], [], "stop", 0, 0)));
            using JsonDocument right = JsonDocument.Parse(File.ReadAllText(Path.Combine(oracles, verdicts)));
            JsonLines.WriteAll(Path.Combine(own, "evalplus.jsonl"), tasks.Select(task => new Judged(
                task.Id, right.RootElement.GetProperty(task.Id) is var told && Passes(told, "base") && Passes(told, "plus"), task.Check is not Check.Differential { Oracle: SpecialOracle.None })));
        }
    }

    private static bool Passes(JsonElement verdict, string tests) => verdict.GetProperty(tests).GetString() == "pass";

    private static IEnumerable<RecordedAnswer> Answers(PublicTask task, RunOptions recipe)
    {
        SuiteOptions suites = recipe.Suites!;
        TeacherPrompts prompts = TeacherPrompts.Load(recipe.TeacherPrompts);
        yield return Answer("references", "reference", suites.ReferenceSampling!, $"```python\n{task.Canonical}\n```");
        yield return Answer("inputs", "inputs", suites.InputSampling!, task.Prompt);

        RecordedAnswer Answer(string purpose, string question, SamplingOptions sampling, string text)
        {
            string asked = prompts.Of(question).Render(("instruction", task.Prompt), ("entry_point", task.EntryPoint!));
            SampleRequest request = new(JsonSerializer.Serialize<IReadOnlyList<ChatMessage>>([new("user", asked)], PlumJson.Lines), new(recipe.Seed, 0, purpose, task.Id), 1, sampling);
            return new(RecordedAnswer.HashOf(Teacher, request, 0), Teacher, purpose, task.Id, 0, request.Prompt, text, "stop", new(0, 0));
        }
    }

    /// <summary>EvalPlus's verdict on the public program of a task.</summary>
    private sealed record Judged(string TaskId, bool Passes, bool SpecialOracle);
}
