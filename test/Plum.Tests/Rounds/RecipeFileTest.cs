using Plum.Rounds;
using Plum.Suites;
using Xunit;

namespace Plum.Tests.Rounds;

public sealed class RecipeFileTest
{
    private const string Least = """{"policy": "p", "teacher": "plum:teacher", "instructions": "../i.jsonl", "held_out": "/h.jsonl"}""";

    private static RunOptions Parse(string text, params string[] settings) => RecipeFile.Parse("r.json", text, "/recipes/a", settings);

    private static string Fault(string text, params string[] settings) => Assert.Throws<InputException>(() => Parse(text, settings)).Message;

    [Fact]
    public void PathsAreTheRecipesAndSettingsTheShells()
    {
        RunOptions options = Parse(Least, "policy=q", "teacher=self", "sft=plum:x");
        Assert.Equal(("/recipes/i.jsonl", "/h.jsonl", "self", "plum:x"), (options.Instructions, options.HeldOut, options.Teacher, options.Sft));
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "q"), options.Policy);
        Assert.Equal("/recipes/a/p", Parse(Least).Policy);
        Assert.Equal("/assets/x", RecipeFile.Located(options, "/assets").Sft);
    }

    [Fact]
    public void WhatIsLeftOutHasItsDefaults()
    {
        RunOptions options = Parse(Least, "training.beta=0.3", "suites.reference_sampling.temperature=0.2", "sampling.stop=[\"x\"]");
        Assert.Equal(new TrainingOptions(Beta: 0.3), options.Training);
        Assert.Equal(new SuiteOptions().MinTests, options.Suites!.MinTests);
        Assert.Equal((0.2, 512), (options.Suites.ReferenceSampling!.Temperature, options.Suites.ReferenceSampling.MaxTokens));
        Assert.Equal(["x"], options.Sampling!.Stop!);
        Assert.Equal(1UL, options.Seed);
    }

    [Theory]
    [InlineData("""{"polcy": "p"}""", "r.json, line 1: unknown key 'polcy': did you mean 'policy'?")]
    [InlineData("{\n\"training\": {\n\"learning_rat\": 1}}", "r.json, line 3: unknown key 'training.learning_rat': did you mean 'training.learning_rate'?")]
    [InlineData("{\n\"beta\": 1}", "r.json, line 2: unknown key 'beta': did you mean 'training.beta'?")]
    [InlineData("{\"rounds\": 1,\n\"rounds\": 2}", "r.json, line 2: 'rounds' is there twice")]
    [InlineData("{\"suites\": {\"prompts\": 1}}", "unknown key 'suites.prompts'")]
    [InlineData("{\"rounds\":\n\"two\"}", "r.json, line 2: the value of 'rounds' has the wrong type: it is a whole number")]
    [InlineData("{\"sampling\": {\"top_p\": []}}", "'sampling.top_p' has the wrong type: it is a number")]
    [InlineData("{\"rounds\": 1", "r.json, line 1: not valid JSON")]
    [InlineData("[]", "r.json: a recipe is a JSON object")]
    [InlineData("{}", "r.json: needed keys are missing: 'policy', 'instructions', 'held_out'")]
    [InlineData("{\"teachers\": [{\"weight\": 1},\n{\"endpoint\": {\"modle\": 1}}]}", "r.json, line 2: unknown key 'teachers.endpoint.modle': did you mean 'teachers.endpoint.model'?")]
    [InlineData("{\"teachers\": [{\"weight\":\n\"two\"}]}", "r.json, line 2: the value of 'teachers[0].weight' has the wrong type: it is a number")]
    public void AFaultIsNamedWithItsPlace(string text, string message) => Assert.Contains(message, Fault(text), StringComparison.Ordinal);

    [Fact]
    public void TeachersAreFoldersAndEndpointsEachWithItsWeight()
    {
        const string Several = """
            {"policy": "p", "instructions": "i", "held_out": "h", "teachers": [{"endpoint": {"url": "http://localhost:1/v1", "model": "m"}, "weight": 2}, {"policy": "self"}, {"policy": "t"}],
             "teacher_record": {"file": "answers.jsonl"}}
            """;
        RunOptions options = Parse(Several, "teacher_budget.tokens=10");
        Assert.Equal([2, 1, 1], options.AllTeachers.Select(one => one.Weight));
        Assert.Equal([null, "/recipes/a/p", "/recipes/a/t"], options.AllTeachers.Select(one => one.Policy));
        Assert.Equal(("m", "OPENAI_API_KEY"), (options.AllTeachers[0].Endpoint!.Model, options.AllTeachers[0].Endpoint!.KeyVariable));
        Assert.Equal(("/recipes/a/answers.jsonl", 10L), (options.TeacherRecord!.File, options.TeacherBudget!.Tokens));
        Assert.Equal("/recipes/a/p", Assert.Single(Parse(Several, "teacher=self", "teachers=null").AllTeachers).Policy);

        string Teachers(string list) => Fault($$"""{"policy": "p", "instructions": "i", "held_out": "h", "teachers": {{list}}}""");
        Assert.Contains("teachers is empty", Teachers("[]"), StringComparison.Ordinal);
        Assert.Contains("teachers[1]: name either a policy", Teachers("""[{"policy": "p"}, {}]"""), StringComparison.Ordinal);
        Assert.Contains("teachers[0]: weight is 0", Teachers("""[{"policy": "p", "weight": 0}]"""), StringComparison.Ordinal);
        Assert.Contains("teachers[0]: endpoint.url is 'x'", Teachers("""[{"endpoint": {"url": "x", "model": "m"}}]"""), StringComparison.Ordinal);
        Assert.Contains("teacher and teachers are both there", Fault(Several, "teacher=self"), StringComparison.Ordinal);
        Assert.Contains("teacher is empty", Fault("""{"policy": "p", "instructions": "i", "held_out": "h"}"""), StringComparison.Ordinal);
        Assert.Contains("--set teachers[0].weight=3: a list's members cannot be set one by one", Fault(Several, "teachers[0].weight=3"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rounds=0", "rounds is 0; it has to be at least 1")]
    [InlineData("samples=-1", "samples is -1")]
    [InlineData("sampling.top_p=1.5", "sampling.top_p is 1.5; it has to be from 0 to 1")]
    [InlineData("sampling.temperature=-1", "sampling.temperature is -1")]
    [InlineData("training.learning_rate=0", "training.learning_rate is 0; it has to be above 0")]
    [InlineData("suites.agreement=2", "suites: agreement")]
    [InlineData("preferences.syntax_share=2", "preferences: syntax_share")]
    [InlineData("preferences.fraction_margin=2", "preferences: fraction_margin")]
    [InlineData("precision=float16", "precision is 'float16'")]
    [InlineData("policy=null", "null")]
    [InlineData("teacher=", "teacher is empty")]
    [InlineData("rounds=1.5", "a whole number")]
    [InlineData("training.keep_passing=yes", "true or false")]
    [InlineData("training=3", "an object")]
    [InlineData("training.beta.x=3", "unknown key 'training.beta.x'")]
    public void AValueOutOfItsRangeIsNamed(string setting, string message) => Assert.Contains(message, Fault(Least, setting), StringComparison.Ordinal);
}
