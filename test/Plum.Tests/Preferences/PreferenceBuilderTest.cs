using System.Text.Json;
using Plum.Preferences;
using Xunit;

namespace Plum.Tests.Preferences;

public sealed class PreferenceBuilderTest
{
    private readonly List<Candidate> candidates = [];
    private readonly List<Verdict> verdicts = [];

    // A sample of an instruction, one sign a test: '+' passed, '-' failed, '?' undecided; no canonical form = does not parse.
    private void Sample(string task, char verdict, string text, string? form = "", string finish = "stop", int[]? tokens = null) =>
        Sample(task, verdict.ToString(), text, form, finish, tokens);

    private void Sample(string task, string tests, string text, string? form = "", string finish = "stop", int[]? tokens = null)
    {
        int sample = candidates.Count(one => one.TaskId == task);
        candidates.Add(new(task, sample, text, text, tokens ?? [.. text.Select(symbol => (int)symbol)], [], finish, 0, 1));
        CaseOutcome[] outcomes = [.. tests.Select(test => test switch { '+' => CaseOutcome.Passed, '-' => CaseOutcome.Failed, _ => CaseOutcome.Undecided })];
        verdicts.Add(new(task, sample, tests.All(test => test == '+'), outcomes, null, form?.Length == 0 ? text : form, 1, "test"));
    }

    private PreferenceSet Build(PreferenceOptions? options = null, ulong seed = 1) =>
        new PreferenceBuilder(options ?? new()).Build(candidates, Enumerable.Reverse(verdicts), task => $"prompt of {task}", seed, 1);

    [Fact]
    public void ThePapersRule()
    {
        Sample("a", '+', "return x + 1");
        Sample("a", '-', "return x - 1");
        Sample("a", '?', "return x * 1");
        Sample("all pass", '+', "p");
        Sample("all fail", '-', "f");
        Sample("undecided", '?', "u");
        candidates.Add(candidates[0] with { TaskId = "no suite" });
        PreferenceSet set = Build();

        PreferencePair pair = Assert.Single(set.Pairs);
        Assert.Equal(("prompt of a", "return x + 1", "return x - 1", "a", 0, 1), (pair.Prompt, pair.Chosen, pair.Rejected, pair.TaskId, pair.ChosenSample, pair.RejectedSample));
        Assert.Equal(11 / 12.0, pair.Similarity, 12);
        Assert.Equal("return x + 1".Select(symbol => (int)symbol), pair.ChosenTokens);
        Assert.Equal([("a", true), ("a", false), ("all pass", true), ("all fail", false)], set.Labels.Select(label => (label.TaskId, label.Label)));
        Assert.Equal(["return x + 1", "p"], set.Passing.Select(one => one.Completion));
        PreferenceFigures figures = set.Figures;
        Assert.Equal((7, 4, 1, 1, 1), (figures.Candidates, figures.DistinctPrograms, figures.InstructionsWithBoth, figures.InstructionsAllPassing, figures.InstructionsAllFailing));
        Assert.Equal(0.5, figures.PassRate);
        Assert.Equal(2, figures.Dropped[DropReasons.Undecided]);
        Assert.Equal(1, figures.Dropped[DropReasons.NoVerdict]);
        Assert.Equal((12.0, 12.0, 6.5, 6.5, "tokens"), (figures.MeanLengthChosen, figures.MeanLengthRejected, figures.MeanLengthTrue, figures.MeanLengthFalse, figures.LengthUnit));
    }

    [Fact]
    public void OneProgramInSeveralLayoutsCountsOnce()
    {
        Sample("a", '+', "x+1", "form 1");
        Sample("a", '+', "x + 1", "form 1");
        Sample("a", '-', "broken (", null);
        Sample("a", '-', "broken (", null);
        Sample("a", '-', "broken [", null);
        PreferenceSet set = Build(new(SyntaxShare: 1));
        Assert.Equal([("x+1", 2), ("broken (", 2), ("broken [", 1)], set.Labels.Select(label => (label.Completion, label.Count)));
        Assert.Equal(2, set.Figures.Dropped[DropReasons.Duplicate]);
        Assert.Equal(2, set.Pairs.Count);
    }

    [Fact]
    public void AProgramThatPassesAndFailsTeachesNothing()
    {
        Sample("a", '+', "random()", "same");
        Sample("a", '-', "random( )", "same");
        Sample("a", '-', "0");
        PreferenceSet set = Build();
        Assert.Empty(set.Pairs);
        Assert.Equal(["0"], set.Labels.Select(label => label.Completion));
        Assert.Equal(2, set.Figures.Dropped[DropReasons.Contradictory]);
    }

    [Fact]
    public void ACompletionThatNeverEndsIsNotChosen()
    {
        Sample("a", '+', "good, and on and on", "good", finish: "length");
        Sample("a", '-', "bad");
        Sample("b", '+', "good, and on and on", "good", finish: "length");
        Sample("b", '+', "good", "good");
        Assert.Equal(["bad", "good"], Build().Labels.Select(label => label.Completion));
        Assert.Equal(1, Build().Figures.Dropped[DropReasons.Truncated]);
        Assert.Equal(3, Build(new(KeepTruncated: true)).Labels.Count);
    }

    [Fact]
    public void NearMissesComeFirstAndNoProgramTakesAll()
    {
        foreach (string good in new[] { "aaaaaaaa1", "bbbbbbbb1" }) Sample("t", '+', good);
        foreach (string bad in new[] { "aaaaaaaa2", "aaaaaaaa3", "bbbbbbbb2", "cccccccc1", "dddddddd4" }) Sample("t", '-', bad);
        List<(string, string)> pairs = [.. Build(new(PairsPerInstruction: 4)).Pairs.Select(pair => (pair.Chosen, pair.Rejected))];
        Assert.Equal(4, pairs.Count);
        Assert.Contains(("aaaaaaaa1", "aaaaaaaa2"), pairs);
        Assert.Contains(("aaaaaaaa1", "aaaaaaaa3"), pairs);
        Assert.Contains(("bbbbbbbb1", "bbbbbbbb2"), pairs);
        Assert.DoesNotContain("dddddddd4", pairs.Select(pair => pair.Item2));
        Assert.Equal(2, pairs.Count(pair => pair.Item1 == "aaaaaaaa1"));
        Assert.Equal(6, Build(new(PairsPerInstruction: 4)).Figures.Dropped[DropReasons.PairCap]);
    }

    [Fact]
    public void AMarginOfTheFractionPassedComparesProgramsThatFail()
    {
        Sample("hard", "++--", "two");
        Sample("hard", "+---", "one");
        Sample("hard", "-", "stopped at its first failure");
        Sample("hard", "--++", "two others");
        Sample("easy", "++++", "all");
        Sample("easy", "+++-", "most");
        (string, string)[] Pairs(double margin) => [.. Build(new(FractionMargin: margin)).Pairs.Select(pair => (pair.Chosen, pair.Rejected)).Order()];

        Assert.Equal([("all", "most")], Pairs(0));
        Assert.Equal([("two", "stopped at its first failure"), ("two others", "stopped at its first failure")], Pairs(0.5));
        Assert.Equal(4, Build(new(FractionMargin: 0.5)).Figures.Dropped[DropReasons.PairMargin]);
        Assert.Equal(
            [("all", "most"), ("one", "stopped at its first failure"), ("two", "one"), ("two", "stopped at its first failure"), ("two others", "one"), ("two others", "stopped at its first failure")],
            Pairs(0.25));
        Assert.Empty(Pairs(1));
        Assert.Equal(["all"], Build(new(FractionMargin: 0.25)).Labels.Where(label => label.Label).Select(label => label.Completion));
        Assert.False(Build().Figures.Dropped.ContainsKey(DropReasons.PairMargin));
    }

    [Fact]
    public void WithoutNearMissesPairsAreDrawnByLot()
    {
        Sample("t", '+', "aaaaaaaa");
        Sample("t", '-', "aaaaaaab");
        for (int at = 0; at < 9; at++) Sample("t", '-', $"far off {at}");
        Sample("t", '-', "aaaaaaa(", null);
        string[] Rejected(bool near) => [.. Enumerable.Range(1, 40).Select(seed =>
            Assert.Single(Build(new(PairsPerInstruction: 1, SyntaxShare: 1, NearMisses: near), (ulong)seed).Pairs).Rejected).Distinct()];

        Assert.Equal(["aaaaaaab"], Rejected(near: true));
        Assert.InRange(Rejected(near: false).Length, 5, 10);
        Assert.DoesNotContain("aaaaaaa(", Rejected(near: false));
    }

    [Fact]
    public void OneGoodProgramMayBeInAllPairs()
    {
        Sample("t", '+', "good");
        for (int at = 0; at < 12; at++) Sample("t", '-', $"bad {at}");
        PreferenceSet set = Build(new(PairsPerInstruction: 8, FailingPerInstruction: 5));
        Assert.Equal(8, set.Pairs.Count);
        Assert.Equal(8, set.Pairs.Select(pair => pair.Rejected).Distinct().Count());
        Assert.Equal(5, set.Figures.LabelledFalse);
        Assert.Equal(7, set.Figures.Dropped[DropReasons.LabelCap]);
    }

    [Fact]
    public void ProgramsThatDoNotParseKeepToTheirShare()
    {
        for (int task = 0; task < 20; task++)
        {
            Sample($"t{task}", '+', "good");
            Sample($"t{task}", '-', $"bad {task}");
            Sample($"t{task}", '-', "good(", null);
        }

        PreferenceSet set = Build(new(SyntaxShare: 0.2));
        Assert.Equal(5, set.Pairs.Count(pair => pair.Rejected == "good("));
        Assert.Equal(20, set.Pairs.Count(pair => pair.Rejected != "good("));
        Assert.Equal(5, set.Labels.Count(label => label.Completion == "good("));
        Assert.Equal(15, set.Figures.Dropped[DropReasons.PairSyntaxShare]);
        Assert.Equal(15, set.Figures.Dropped[DropReasons.LabelSyntaxShare]);
        Assert.DoesNotContain("good(", Build(new(SyntaxShare: 0)).Labels.Select(label => label.Completion));
    }

    [Fact]
    public void EqualInputsGiveEqualBytesAndAnotherSeedOtherChoices()
    {
        for (int task = 0; task < 6; task++)
        {
            for (int sample = 0; sample < 30; sample++) Sample($"t{task}", sample % 2 == 0 ? '+' : '-', $"program {sample * 7919}");
        }

        string Bytes(ulong seed) => JsonSerializer.Serialize(Build(seed: seed), PlumJson.Lines);
        Assert.Equal(Bytes(1), Bytes(1));
        Assert.NotEqual(Bytes(1), Bytes(2));
        // An instruction's choices are its own.
        List<string> before = [.. Build().Labels.Where(label => label.TaskId == "t5").Select(label => label.Completion)];
        candidates.RemoveAll(candidate => candidate.TaskId == "t0");
        Assert.Equal(before, Build().Labels.Where(label => label.TaskId == "t5").Select(label => label.Completion));
    }

    [Fact]
    public void LinesHaveTrlsColumns()
    {
        Sample("a", '+', "x");
        Sample("a", '-', "y");
        PreferenceSet set = Build();
        Assert.StartsWith("{\"prompt\":\"prompt of a\",\"chosen\":\"x\",\"rejected\":\"y\",\"task_id\":\"a\"", JsonSerializer.Serialize(set.Pairs[0], PlumJson.Lines));
        Assert.StartsWith("{\"prompt\":\"prompt of a\",\"completion\":\"x\",\"label\":true,", JsonSerializer.Serialize(set.Labels[0], PlumJson.Lines));
        Assert.Contains("\"completion_tokens\":[120]", JsonSerializer.Serialize(set.Passing[0], PlumJson.Lines));
    }

    [Fact]
    public void WithoutTokensLengthsAreCharacters()
    {
        Sample("a", '+', "long one", tokens: []);
        Sample("a", '-', "long 1", tokens: []);
        PreferenceSet set = Build();
        Assert.Null(set.Pairs[0].ChosenTokens);
        Assert.Equal(("characters", 8.0), (set.Figures.LengthUnit, set.Figures.MeanLengthChosen));
    }

    [Fact]
    public void TwoVerdictsForOneCandidateAreBadInput()
    {
        Sample("a", '+', "x");
        verdicts.Add(verdicts[0]);
        Assert.Contains("'a'", Assert.Throws<InputException>(() => Build()).Message);
    }
}
