using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>What the references say about one input.</summary>
/// <param name="Input">The input's index.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Expected">The most frequent answer; null where there is none to keep.</param>
/// <param name="Agreement">Its share of the votes.</param>
/// <param name="DropReason">Why there is no test in it; null where there is.</param>
internal sealed record InputVote(int Input, string Arguments, TypedValue? Expected, double Agreement, string? DropReason)
{
    /// <summary>Counts the votes.</summary>
    /// <param name="input">The input's index.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="runs">The references.</param>
    /// <param name="options">What is enough.</param>
    public static InputVote Count(int input, string arguments, IReadOnlyList<ReferenceRun> runs, SuiteOptions options)
    {
        int votes = 0, returned = 0, most = 0;
        Dictionary<TypedValue, int> answers = [];
        TypedValue? expected = null;
        foreach (ReferenceRun run in runs.Where(run => run.Votes))
        {
            votes += run.Samples;
            if (run.Answer(input) is not { } answer) continue;
            returned += run.Samples;
            int count = answers[answer] = answers.GetValueOrDefault(answer) + run.Samples;
            if (count <= most) continue;
            // Of answers with equal votes the first to have them stands, which only matters for the record.
            (most, expected) = (count, answer);
        }

        double agreement = votes > 0 ? (double)most / votes : 0;
        string? reason = expected is null ? SuiteReasons.NoReferenceReturned
            : returned < options.MinReferences ? SuiteReasons.FewReferencesReturned
            : agreement < options.Agreement ? SuiteReasons.Disagreement
            : Unfit(expected, options);
        return new(input, arguments, reason is null ? expected : null, agreement, reason);
    }

    /// <summary>The test that it makes.</summary>
    public TestCase Case => new(Arguments, PythonLiteral.Format(Expected!));

    /// <summary>Whether a reference gives another answer than the one expected.</summary>
    /// <param name="run">The reference.</param>
    public bool Kills(ReferenceRun run) => !Expected!.Equals(run.Answer(Input));

    private static string? Unfit(TypedValue answer, SuiteOptions options)
    {
        string literal = PythonLiteral.Format(answer, options.MaxLength + 1);
        if (literal.Length > options.MaxLength) return SuiteReasons.TooLarge;
        return PythonLiteral.TryParse(literal, out TypedValue? back) && back.Equals(answer) ? null : SuiteReasons.NotALiteral;
    }
}
