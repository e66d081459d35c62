using Plum.Candidates;
using Plum.Evaluation;
using Plum.Preferences;
using Plum.Suites;
using Plum.Tests.Sandboxes;
using Plum.Verdicts;
using Xunit;

namespace Plum.Tests;

/// <summary>Options out of their ranges are the user's error, found before any work is done.</summary>
public sealed class OptionsTest(SandboxFixture python)
{
    private readonly ReplayedModel model = new([]);

    [Fact]
    public void Suites()
    {
        foreach (SuiteOptions options in new SuiteOptions[] { new(References: 0), new(Agreement: 1.1), new(Agreement: 0), new(Agreement: double.NaN), new(MinReferences: 5), new(MinTests: 11), new(MaxInputs: 2), new(Modes: ["edges"]), new(Modes: ["paper", "papers"]), new(ClaimWeight: -1), new(Survivors: 0) })
            Assert.StartsWith("suites: ", Assert.Throws<InputException>(() => new SuiteBuilder(model, python.Sandbox, options)).Message);
    }

    [Fact]
    public void Candidates()
    {
        foreach (SamplerOptions options in new SamplerOptions[] { new(0), new(ChunkInstructions: 0) })
            Assert.StartsWith("candidates: ", Assert.Throws<InputException>(() => new Sampler(model, options)).Message);
    }

    [Fact]
    public void Preferences()
    {
        foreach (PreferenceOptions options in new PreferenceOptions[] { new(-1), new(SyntaxShare: 1.5), new(SyntaxShare: double.NaN), new(FractionMargin: -0.1), new(FractionMargin: 1.5) })
            Assert.StartsWith("preferences: ", Assert.Throws<InputException>(() => new PreferenceBuilder(options)).Message);
    }

    [Fact]
    public void Evaluation()
    {
        foreach (EvaluatorOptions options in new EvaluatorOptions[] { new(MaxTokens: 0), new(Samples: 4, K: [1, 5]), new(K: [1]), new(Samples: 4, K: [0]) })
            Assert.StartsWith("evaluation: ", Assert.Throws<InputException>(() => new Evaluator(model, new Verifier(python.Sandbox), options)).Message);
    }
}
