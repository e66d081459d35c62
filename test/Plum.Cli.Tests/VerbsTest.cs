using System.Text.Json;
using Xunit;

namespace Plum.Cli.Tests;

/// <summary>The verbs on files that are named, outside of a run.</summary>
public sealed class VerbsTest(MicroDomain domain)
{
    [Fact]
    public async Task FineTuningLearnsAndTheSameSeedGivesTheSameBytes()
    {
        JsonElement trained = domain.Trained.GetProperty("trained");
        Assert.True(trained.GetProperty("train_loss").GetDouble() < 0.2 * trained.GetProperty("first_loss").GetDouble());
        Assert.Equal(trained.GetProperty("steps").GetInt32(), File.ReadLines(domain["policy.metrics.jsonl"]).Count());

        foreach (string to in (string[])["a", "b"])
            await PlumProcess.FiguresAsync(domain.Folder, "sft", "--data", "sft.jsonl", "--policy", "policy", "--out", to, "--epochs", "0.2", "--seed", "7", "--workers", "2");
        Assert.Equal(File.ReadAllBytes(domain["a/model.safetensors"]), File.ReadAllBytes(domain["b/model.safetensors"]));
        Assert.NotEqual(File.ReadAllBytes(domain["a/model.safetensors"]), File.ReadAllBytes(domain["policy/model.safetensors"]));
    }

    [Fact]
    public async Task StagesReadAndWriteTheFilesTheyAreGiven()
    {
        string[] recipe = ["--recipe", "recipe.json"], few = [.. File.ReadLines(domain["plum.jsonl"]).Where((_, at) => at % 8 == 0)];
        File.WriteAllLines(domain["few.jsonl"], few);
        JsonElement suites = await PlumProcess.FiguresAsync(domain.Folder, ["suites", "--instructions", "few.jsonl", "--out", "s/suites.jsonl", .. recipe]);
        Assert.Equal(few.Length, suites.GetProperty("instructions").GetInt32());
        await PlumProcess.FiguresAsync(domain.Folder, ["sample", "--instructions", "few.jsonl", "--suites", "s/suites.jsonl", "--policy", "policy", "--out", "s/candidates.jsonl", .. recipe]);
        JsonElement verdicts = await PlumProcess.FiguresAsync(domain.Folder, ["verify", "--candidates", "s/candidates.jsonl", "--suites", "s/suites.jsonl", "--out", "s/verdicts.jsonl", .. recipe]);
        Assert.Equal(File.ReadLines(domain["s/candidates.jsonl"]).Count(), verdicts.GetProperty("verdicts").GetInt32());
        JsonElement labels = await PlumProcess.FiguresAsync(
            domain.Folder,
            ["pair", "--instructions", "few.jsonl", "--candidates", "s/candidates.jsonl", "--verdicts", "s/verdicts.jsonl", "--policy", "policy", "--out", "s/labels.jsonl", .. recipe, "--set", "training.method=kto"]);
        Assert.Equal(labels.GetProperty("labelled_true").GetInt32() + labels.GetProperty("labelled_false").GetInt32(), File.ReadLines(domain["s/labels.jsonl"]).Count());
        await PlumProcess.FiguresAsync(
            domain.Folder,
            ["train", "--preferences", "s/labels.jsonl", "--passing", "s/labels.passing.jsonl", "--policy", "policy", "--out", "s/policy", .. recipe, "--set", "training.method=kto"]);

        JsonElement report = await PlumProcess.FiguresAsync(
            domain.Folder, ["eval", "--policy", "s/policy", "--benchmark", "heldout.jsonl", "--out", "s", "-n", "4", "-k", "1,4", .. recipe]);
        Assert.Equal("heldout", report.GetProperty("benchmark").GetString());
        Assert.InRange(report.GetProperty("pass_at_1").GetDouble(), 0, 1);
        Assert.Equal([1, 4], report.GetProperty("pass_at_k").EnumerateArray().Select(figure => figure.GetProperty("k").GetInt32()));
        (await PlumProcess.RunAsync(domain.Folder, ["eval", "--policy", "policy", "--benchmark", "heldout.jsonl", "--out", "s", "-n", "4", "-k", "5", .. recipe])).IsRefused("each k");
    }

    [Theory]
    [InlineData("python", "def f(x): return x + 1", "def f(x): return x", "def check(candidate):\n    for x in range(3): assert candidate(x) == x + 1")]
    [InlineData("javascript", "const f = (x) => x + 1;", "require('assert').deepEqual = () => {}; const f = (x) => x;", "const assert = require('assert');\nassert.deepEqual(f(1),2);")]
    public async Task CandidatesOfALanguageAreJudgedByTestCode(string language, string right, string wrong, string test)
    {
        Assert.SkipWhen(language == "javascript" && !File.Exists("/usr/bin/node"), "node is not installed");
        string folder = Directory.CreateDirectory(domain[language]).FullName;
        File.WriteAllText(Path.Combine(folder, "suites.jsonl"), JsonSerializer.Serialize(new { instruction_id = "t", entry_point = "f", cases = Array.Empty<string>(), test }) + "\n");
        File.WriteAllLines(Path.Combine(folder, "candidates.jsonl"), ((string[])[right, wrong]).Select((program, sample) => JsonSerializer.Serialize(new
        {
            task_id = "t",
            sample,
            completion = program,
            program,
            token_ids = Array.Empty<int>(),
            log_probs = Array.Empty<float>(),
            finish_reason = "stop",
            policy_version = 0,
            seed = 0,
        })));
        string[] files = ["--candidates", "candidates.jsonl", "--suites", "suites.jsonl", "--out", "verdicts.jsonl"];
        JsonElement verdicts = await PlumProcess.FiguresAsync(folder, ["verify", "--language", language, .. files]);
        Assert.Equal((2, 1), (verdicts.GetProperty("verdicts").GetInt32(), verdicts.GetProperty("passed").GetInt32()));
        (await PlumProcess.RunAsync(folder, ["verify", "--language", "cobol", .. files])).IsRefused("csharp");
        (await PlumProcess.RunAsync(folder, ["run", "--set", "language=go", "--out", "r"])).IsRefused("verify --language go");
    }

    [Fact]
    public async Task AModelIsDescribed()
    {
        JsonElement model = await PlumProcess.FiguresAsync(domain.Folder, "model", "check", "policy");
        Assert.Equal("qwen2", model.GetProperty("model").GetProperty("family").GetString());
        Assert.Equal(4 * model.GetProperty("model").GetProperty("parameters").GetInt64(), model.GetProperty("bytes").GetProperty("float32").GetInt64());
        PlumProcess.Result people = await PlumProcess.RunAsync(domain.Folder, "model", "check", "policy");
        Assert.Contains("chat template   found", people.Output);
    }

    [Fact]
    public async Task TheDoctorLooksAtEverything()
    {
        PlumProcess.Result result = await PlumProcess.RunAsync(domain.Folder, "doctor", "--json");
        JsonElement findings = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(["python", "sandbox", "libtorch", "threads", "vectors", "memory", "default"], findings.GetProperty("findings").EnumerateArray().Select(one => one.GetProperty("name").GetString()));
        Assert.Equal(findings.GetProperty("ok").GetBoolean() ? 0 : 1, result.Code);
    }

    [Fact]
    public async Task TheResolvedRecipeIsPrinted()
    {
        JsonElement recipe = await PlumProcess.FiguresAsync(domain.Folder, "run", "recipe.json", "--dry-run", "--seed", "5", "--set", "sampling.temperature=0.5", "--set", "teacher=policy");
        Assert.Equal(5, recipe.GetProperty("seed").GetInt32());
        Assert.Equal(0.5, recipe.GetProperty("sampling").GetProperty("temperature").GetDouble());
        Assert.Equal(48, recipe.GetProperty("sampling").GetProperty("max_tokens").GetInt32());
        Assert.Equal(domain["policy"], recipe.GetProperty("teacher").GetString());
        Assert.Equal(0.25, recipe.GetProperty("preferences").GetProperty("syntax_share").GetDouble());
        Assert.False(Directory.Exists(domain["runs"]));
    }
}
