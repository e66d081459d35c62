using Plum.Instructions;
using Xunit;

namespace Plum.Tests.Instructions;

/// <summary>The public files that <c>PLUM_DATA</c> holds.</summary>
public sealed class PublicDataTest
{
    private static readonly InstructionOptions WithDuplicates = new(Similarity: 2);

    [Fact]
    public async Task CodeAlpacasSeedTasksAreSorted()
    {
        Imported imported = await Imported.OfAsync([Repository.Data("instruct/codealpaca_seed_tasks.jsonl")]);
        Assert.Equal("seed-tasks", imported.Report.Figures.Files[0].Layout);
        Assert.Equal(21, imported.Report.Figures.Read);
        Assert.Equal(
            [("seed_task_1", "read_task_from_jsonl"), ("seed_task_2", "greet_to"), ("seed_task_3", "count_x"), ("seed_task_5", "compute_sum_integers_k"), ("seed_task_10", "find_prime_numbers"), ("seed_task_13", "is_palindrome"), ("seed_task_15", "reverse_list"), ("seed_task_18", "add_numbers")],
            imported.Instructions.Select(made => (made.Id, made.EntryPoint)));
        Assert.Equal(7, imported.Dropped(DropReason.OtherLanguage));
    }

    [Fact]
    public async Task OfOctoPacksConversationsAndCommitsTheFewTasksStay()
    {
        Imported imported = await Imported.OfAsync([Repository.Data("instruct/octopack_oasstcommitpackftmanual.jsonl")]);
        Assert.Equal(("octopack", 1178), (imported.Report.Figures.Files[0].Layout, imported.Report.Figures.Read));
        Assert.Contains("quick_sort", imported.Instructions.Select(made => made.EntryPoint));
        Assert.Contains("tribonacci", imported.Instructions.Select(made => made.EntryPoint));
        Assert.InRange(imported.Instructions.Count, 10, 20);
    }

    [Fact]
    public async Task MbppIsTextAloneWithTheNameThatItsTestsCall()
    {
        string file = Repository.Data("mbpp/mbpp.jsonl");
        Imported imported = await Imported.OfAsync([file], WithDuplicates);
        Dictionary<string, (string EntryPoint, string[] Code)> tasks = Plum.Evaluation.Benchmarks.PublicBenchmark.Named("mbpp")!.ReadTasks(file)
            .ToDictionary(task => task.Id, task => (task.EntryPoint!, task.Canonical!.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)[1..]));
        Assert.Equal(970, imported.Instructions.Count);
        // Two tasks have a function of a built-in's name.
        Assert.Equal(2, imported.Instructions.Count(made => made.EntryPoint != tasks[made.Id].EntryPoint));
        Assert.All(imported.Instructions, made =>
        {
            Assert.DoesNotContain("assert", made.Text);
            Assert.DoesNotContain(tasks[made.Id].Code, line => line.Length > 25 && made.Text.Contains(line, StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task HumanEvalKeepsItsEntryPointsAndLosesItsSolutions()
    {
        string file = Repository.Data("humaneval/HumanEval.jsonl.gz");
        Imported imported = await Imported.OfAsync([file], WithDuplicates);
        var tasks = Plum.Evaluation.Benchmarks.PublicBenchmark.Named("humaneval")!.ReadTasks(file).ToDictionary(task => task.Id);
        Assert.Equal(164, imported.Instructions.Count);
        Assert.All(imported.Instructions, made =>
        {
            Assert.Equal(tasks[made.Id].EntryPoint, made.EntryPoint);
            Assert.Contains(tasks[made.Id].Prompt.Trim().Replace("\r", "", StringComparison.Ordinal), made.Text);
            Assert.DoesNotContain(tasks[made.Id].Canonical!.Trim(), made.Text);
        });
    }

    [Theory]
    [InlineData("contest/deepseek_leetcode_20240121-Jul.jsonl", 170)]
    [InlineData("contest/rllm_train_leetcode.json", 1700)]
    public async Task LeetCodesMethodsBecomeFunctions(string name, int atLeast)
    {
        Imported imported = await Imported.OfAsync([Repository.Data(name)], WithDuplicates);
        Assert.True(imported.Instructions.Count >= atLeast, $"{imported.Instructions.Count}");
        Assert.All(imported.Instructions, made =>
        {
            Assert.DoesNotContain("class Solution", made.Text);
            Assert.Contains($"`{made.EntryPoint}(", made.Text);
        });
    }

    [Theory]
    [InlineData("mbpp/mbpp.jsonl", "mbpp", 970)]
    [InlineData("humaneval/HumanEval.jsonl.gz", "humaneval", 164)]
    public async Task ABenchmarkAgainstItselfLosesAll(string name, string benchmark, int tasks)
    {
        string file = Repository.Data(name);
        Imported imported = await Imported.OfAsync([file], WithDuplicates, (benchmark, file));
        Assert.Empty(imported.Instructions);
        Assert.Equal(tasks, imported.Dropped(DropReason.Contaminated));
        Assert.All(imported.Report.Contaminated, row => Assert.True(row.Overlap.Shared.Length > 10));
    }

    [Fact]
    public async Task UnrelatedSetsLoseNextToNothing()
    {
        (string, string)[] benchmarks = [("humaneval", Repository.Data("humaneval/HumanEval.jsonl.gz")), ("mbpp", Repository.Data("mbpp/mbpp.jsonl"))];
        Imported contests = await Imported.OfAsync([Repository.Data("contest/rllm_train_leetcode.json")], WithDuplicates, benchmarks);
        // 3 of 1,767: a phrase of ten words each, as "the sum of its elements is less than or equal".
        Assert.InRange(contests.Dropped(DropReason.Contaminated), 0, 3);
        Imported chat = await Imported.OfAsync([Repository.Data("instruct/octopack_oasstcommitpackftmanual.jsonl"), Repository.Data("instruct/codealpaca_seed_tasks.jsonl")], WithDuplicates, benchmarks);
        Assert.Equal(0, chat.Dropped(DropReason.Contaminated));
        Imported other = await Imported.OfAsync([benchmarks[1].Item2], WithDuplicates, benchmarks[0]);
        Assert.Equal(0, other.Dropped(DropReason.Contaminated));
    }
}
