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
    [InlineData("{}", "r.json: needed keys are missing: 'policy', 'teacher', 'instructions', 'held_out'")]
    public void AFaultIsNamedWithItsPlace(string text, string message) => Assert.Contains(message, Fault(text), StringComparison.Ordinal);

    [Theory]
    [InlineData("rounds=0", "rounds is 0; it has to be at least 1")]
    [InlineData("samples=-1", "samples is -1")]
    [InlineData("sampling.top_p=1.5", "sampling.top_p is 1.5; it has to be from 0 to 1")]
    [InlineData("sampling.temperature=-1", "sampling.temperature is -1")]
    [InlineData("training.learning_rate=0", "training.learning_rate is 0; it has to be above 0")]
    [InlineData("suites.agreement=2", "suites: agreement")]
    [InlineData("preferences.syntax_share=2", "preferences: syntax_share")]
    [InlineData("precision=float16", "precision is 'float16'")]
    [InlineData("policy=null", "null")]
    [InlineData("teacher=", "teacher is empty")]
    [InlineData("rounds=1.5", "a whole number")]
    [InlineData("training.keep_passing=yes", "true or false")]
    [InlineData("training=3", "an object")]
    [InlineData("training.beta.x=3", "unknown key 'training.beta.x'")]
    public void AValueOutOfItsRangeIsNamed(string setting, string message) => Assert.Contains(message, Fault(Least, setting), StringComparison.Ordinal);
}
