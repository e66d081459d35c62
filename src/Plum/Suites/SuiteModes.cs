namespace Plum.Suites;

/// <summary>The ways in which a teacher is asked for tests; a recipe's <c>suites.modes</c> names those that are used.</summary>
public static class SuiteModes
{
    /// <summary>References and inputs are asked for apart; the references alone decide what is expected.</summary>
    public const string Inputs = "inputs";

    /// <summary>Analysis, reference and asserts in one answer, as the paper asks: what the teacher expects has a vote.</summary>
    public const string Paper = "paper";

    /// <summary>A brute-force solution, which votes, and a property, which answers have to have.</summary>
    public const string Properties = "properties";

    /// <summary>The tests so far are shown, and what they miss is asked for.</summary>
    public const string Edges = "edges";

    /// <summary>A wrong program that passes the tests so far is shown, and a test that it fails is asked for.</summary>
    public const string Killers = "killers";

    /// <summary>Not asked for at all: an input made by varying those of the teacher's, see <see cref="SuiteOptions.VariedInputs"/>. No mode of a recipe.</summary>
    public const string Varied = "varied";

    /// <summary>All of them, in the order of asking.</summary>
    public static IReadOnlyList<string> All { get; } = [Inputs, Paper, Properties, Edges, Killers];
}
