using System.Text.Json;
using Plum.Cli.Tests.Serving;
using Xunit;

namespace Plum.Cli.Tests;

/// <summary><c>plum eval</c> on public benchmarks: from samples and from a policy, gone on with, compared.</summary>
public sealed class PublicEvaluationTest(MicroDomain domain)
{
    private const string Data = """
        {"task_id": "HumanEval/0", "prompt": "def one(x):\n", "entry_point": "one", "canonical_solution": "    return x + 1\n", "base_input": [[1], [2]], "plus_input": [[3]], "atol": 0}
        {"task_id": "HumanEval/1", "prompt": "def two(x):\n", "entry_point": "two", "canonical_solution": "    return [[x / 3]]\n", "base_input": [[1]], "plus_input": [[2]], "atol": 0}
        {"task_id": "HumanEval/2", "prompt": "def three(x):\n", "entry_point": "three", "canonical_solution": "    return x\n", "base_input": [[1]], "plus_input": [[2]], "atol": 0}
        """;

    private const string Samples = """
        {"task_id": "HumanEval/0", "completion": "    return x + 1\n"}
        {"task_id": "HumanEval/1", "completion": "    return [[x / 3 + 1e-12]]\n"}
        {"task_id": "HumanEval/2", "solution": "import os\nos._exit(0)\n"}
        """;

    private string[] Arguments(string to, params string[] more)
    {
        Directory.CreateDirectory(domain["public"]);
        File.WriteAllText(domain["public/data.jsonl"], Data);
        File.WriteAllText(domain["public/samples.jsonl"], Samples);
        return ["eval", "--benchmark", "humaneval+", "--data", "public/data.jsonl", "--out", to, "--cache", "public/cache", "--workers", "2", .. more];
    }

    [Fact]
    public async Task SamplesAreJudgedInEitherModeAndReported()
    {
        JsonElement strict = await PlumProcess.FiguresAsync(domain.Folder, Arguments("public/strict", "--samples", "public/samples.jsonl"));
        foreach (string key in (string[])["benchmark", "mode", "n_tasks", "n_samples", "base_passed", "plus_passed", "pass_at_k", "ci_low", "ci_high", "undecided", "seconds", "cpu_seconds", "sandbox_level"])
            Assert.True(strict.TryGetProperty(key, out _), key);
        Assert.Equal(("strict", 3, 2, 2, 1), (strict.GetProperty("mode").GetString(), strict.GetProperty("n_tasks").GetInt32(), strict.GetProperty("base_passed").GetInt32(), strict.GetProperty("plus_passed").GetInt32(), strict.GetProperty("disagreements").GetInt32()));
        Assert.Equal(2 / 3.0, strict.GetProperty("pass_at_k").GetProperty("1").GetDouble(), 12);
        JsonElement parity = await PlumProcess.FiguresAsync(domain.Folder, Arguments("public/parity", "--samples", "public/samples.jsonl", "--mode", "parity"));
        Assert.Equal(1, parity.GetProperty("plus_passed").GetInt32());

        JsonElement[] lines = [.. File.ReadLines(domain["public/parity/results.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["HumanEval/0", "HumanEval/1", "HumanEval/2"], lines.Select(line => line.GetProperty("task_id").GetString()));
        Assert.Equal([true, false, false], lines.Select(line => line.GetProperty("passed").GetBoolean()));
        Assert.Equal("[[0.333333333334]]"[..10], lines[1].GetProperty("first_failure").GetProperty("got").GetString()![..10]);
        Assert.Contains("nested", lines[1].GetProperty("other_mode").GetProperty("cause").GetString());
        Assert.Equal(["crashed", "crashed"], lines[2].GetProperty("outcomes").EnumerateArray().Select(outcome => outcome.GetString()));
        string page = File.ReadAllText(domain["public/parity/report.html"]);
        Assert.Contains("HumanEval/2", page);
        Assert.DoesNotContain("<script", page);
        Assert.DoesNotContain("http", page);

        PlumProcess.Result compared = await PlumProcess.RunAsync(domain.Folder, "compare", "public/parity", "public/strict");
        Assert.Contains("33.3% to 66.7%", compared.Output);
        Assert.Contains("1 tasks gained, 0 lost", compared.Output);
        (await PlumProcess.RunAsync(domain.Folder, Arguments("public/parity", "--samples", "public/samples.jsonl"))).IsRefused("choose another --out");
    }

    [Fact]
    public async Task APolicyWritesSamplesAndGoesOnWithThem()
    {
        string[] arguments = Arguments("public/policy", "--policy", "policy", "-n", "2", "--temperature", "0.5", "--max-tokens", "24", "--prompts", "completion", "--training", "public/samples.jsonl", "--seed", "3");
        JsonElement first = await PlumProcess.FiguresAsync(domain.Folder, arguments);
        Assert.Equal((6, 0), (first.GetProperty("n_samples").GetInt32(), first.GetProperty("contaminated_tasks").GetInt32()));
        Assert.Equal(["1", "2"], first.GetProperty("pass_at_k").EnumerateObject().Select(one => one.Name));
        byte[] samples = File.ReadAllBytes(domain["public/policy/samples.jsonl"]);
        File.WriteAllBytes(domain["public/policy/samples.jsonl"], samples[..^30]);
        await PlumProcess.FiguresAsync(domain.Folder, arguments);
        Assert.Equal(samples, File.ReadAllBytes(domain["public/policy/samples.jsonl"]));

        // Other weights under the same configuration are another policy.
        string copy = domain["public/changed"];
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.EnumerateFiles(domain["policy"])) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)), overwrite: true);
        arguments[Array.IndexOf(arguments, "policy")] = "public/changed";
        await PlumProcess.FiguresAsync(domain.Folder, arguments);
        byte[] weights = File.ReadAllBytes(Path.Combine(copy, "model.safetensors"));
        weights[^1] ^= 1;
        File.WriteAllBytes(Path.Combine(copy, "model.safetensors"), weights);
        (await PlumProcess.RunAsync(domain.Folder, arguments)).IsRefused("of another model");
    }

    [Fact]
    public async Task DatedTasksAreChosenByTheirDays()
    {
        string[] Line(string id, string day) => [$$"""{"question_id": "{{id}}", "question_content": "c", "contest_date": "{{day}}T00:00:00", "difficulty": "easy", "public_test_cases": "[{\"input\": \"1\", \"output\": \"42\"}]"}"""];
        Directory.CreateDirectory(domain["dated"]);
        File.WriteAllLines(domain["dated/data.jsonl"], [.. Line("a", "2024-01-31"), .. Line("b", "2024-02-01"), .. Line("c", "2024-02-29"), .. Line("d", "2024-03-01")]);
        File.WriteAllText(domain["dated/samples.json"], """[{"question_id": "b", "code_list": ["print(42)"]}, {"question_id": "c", "code_list": ["print(41)"]}, {"question_id": "d", "code_list": ["print(42)"]}]""");
        string[] arguments = ["eval", "--benchmark", "livecodebench", "--data", "dated/data.jsonl", "--samples", "dated/samples.json", "--out", "dated/out", "--workers", "2"];
        JsonElement figures = await PlumProcess.FiguresAsync(domain.Folder, [.. arguments, "--from", "2024-02-01", "--to", "2024-02-29"]);
        Assert.Equal((2, 1), (figures.GetProperty("n_tasks").GetInt32(), figures.GetProperty("base_passed").GetInt32()));
        Assert.Equal(["difficulty easy", "month 2024-02"], figures.GetProperty("groups").EnumerateObject().Select(group => group.Name));
        Assert.Equal("null", JsonDocument.Parse(File.ReadLines(domain["dated/out/results.jsonl"]).First()).RootElement.GetProperty("first_failure").GetRawText());
        Assert.Contains("code_list", File.ReadAllText(domain["dated/out/samples.livecodebench.json"]));
        (await PlumProcess.RunAsync(domain.Folder, [.. arguments, "--from", "2025-01-01"])).IsRefused("from 2024-01-31 to 2024-03-01");
        (await PlumProcess.RunAsync(domain.Folder, arguments)).IsRefused("choose another --out");
        (await PlumProcess.RunAsync(domain.Folder, [.. arguments, "--from", "2024-13-01"])).IsRefused("--from 2024-13-01: it takes a day such as");
        (await PlumProcess.RunAsync(domain.Folder, [.. arguments, "--mode", "loose"])).IsRefused("--mode loose: it takes strict or parity");
    }

    [Fact]
    public async Task TheDataHoldSolutionsOfTheirOwn()
    {
        JsonElement figures = await PlumProcess.FiguresAsync(domain.Folder, Arguments("public/canonical", "--samples", "canonical"));
        Assert.Equal((3, 3), (figures.GetProperty("n_samples").GetInt32(), figures.GetProperty("plus_passed").GetInt32()));
        File.WriteAllText(domain["public/bare.jsonl"], """{"problem": "p", "tests": {"functional": "def check(candidate):\n    assert candidate(x = 1) == 42\n\n\ncheck(Solution().f)"}}""");
        (await PlumProcess.RunAsync(domain.Folder, "eval", "--benchmark", "leetcode", "--data", "public/bare.jsonl", "--samples", "canonical", "--out", "public/none")).IsRefused("no solutions of its own");
    }

    [Fact]
    public async Task AServedPolicyIsEvaluatedThroughItsEndpoint()
    {
        await using ServedPolicy served = new();
        await served.InitializeAsync();
        string[] endpoint = ["--endpoint", $"{served.Address}".TrimEnd('/'), "--model", ServedPolicy.Name];
        JsonElement heldOut = await PlumProcess.FiguresAsync(domain.Folder, ["eval", "--benchmark", "heldout.jsonl", "--out", "served/own", .. endpoint]);
        JsonElement local = await PlumProcess.FiguresAsync(domain.Folder, ["eval", "--benchmark", "heldout.jsonl", "--out", "served/local", "--policy", ServedPolicy.Policy]);
        Assert.Equal(local.GetProperty("pass_at_1").GetDouble(), heldOut.GetProperty("pass_at_1").GetDouble());
        JsonElement figures = await PlumProcess.FiguresAsync(domain.Folder, Arguments("served/public", ["--max-tokens", "24", .. endpoint]));
        Assert.Equal(3, figures.GetProperty("n_samples").GetInt32());
        // What was refused before anything was answered leaves nothing that has to be gone on with.
        PlumProcess.Result tooLong = await PlumProcess.RunAsync(domain.Folder, Arguments("served/long", ["--max-tokens", "4000", .. endpoint]));
        Assert.Equal(1, tooLong.Code);
        Assert.Contains("lower max_tokens", tooLong.Error);
        await PlumProcess.FiguresAsync(domain.Folder, Arguments("served/long", ["--max-tokens", "24", .. endpoint]));
        (await PlumProcess.RunAsync(domain.Folder, "compare", "served/own", "served/public")).IsRefused("of a public benchmark");
    }

    [Fact]
    public async Task WhatIsMissingIsNamed()
    {
        (await PlumProcess.RunAsync(domain.Folder, Arguments("public/none", "--samples", "public/samples.jsonl", "--training", "none.jsonl"))).IsRefused("check --training");
        (await PlumProcess.RunAsync(domain.Folder, "eval", "--benchmark", "humaneval+", "--samples", "x", "--out", "y")).IsRefused("--data FILE: EvalPlus's HumanEvalPlus.jsonl.gz");
        (await PlumProcess.RunAsync(domain.Folder, Arguments("public/none"))).IsRefused("--samples FILE, --policy DIR");
        (await PlumProcess.RunAsync(domain.Folder, Arguments("public/none", "--endpoint", "http://127.0.0.1:9/v1"))).IsRefused("give both");
        (await PlumProcess.RunAsync(domain.Folder, Arguments("public/none", "--samples", "public/samples.jsonl", "--from", "2024-01-01"))).IsRefused("have no dates");
        (await PlumProcess.RunAsync(domain.Folder, Arguments("public/none", "--samples", "none.jsonl"))).IsRefused("none.jsonl");
        File.WriteAllText(domain["public/others.jsonl"], """{"task_id": "Others/1", "solution": "x = 1"}""" + "\n");
        (await PlumProcess.RunAsync(domain.Folder, Arguments("public/none", "--samples", "public/others.jsonl"))).IsRefused("none of its 1 samples");
        Assert.False(Directory.Exists(domain["public/none"]));
    }
}
