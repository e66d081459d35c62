using Plum.Sandboxes;

namespace Plum.Suites.Filters;

/// <summary>An input with one of the answers that references gave to it: what programs pass or fail.</summary>
/// <param name="Input">The input's index.</param>
/// <param name="Answer">The answer.</param>
/// <param name="Weight">For how many tests it stands: one, and <see cref="SuiteOptions.ClaimWeight"/> for each claim of the teacher's that it satisfies.</param>
internal sealed record AnsweredTest(int Input, TypedValue Answer, double Weight)
{
    /// <summary>Every distinct answer to every input, in the order of the inputs and of the references. What is no plain data equals nothing and is no test.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="runs">The references.</param>
    /// <param name="options">What a claim weighs.</param>
    public static AnsweredTest[] Of(ProposedInputs inputs, IReadOnlyList<ReferenceRun> runs, SuiteOptions options) =>
        [.. inputs.Calls.SelectMany((proposed, input) => runs
            .Where(run => run.Votes)
            .Select(run => run.Answer(input))
            .OfType<TypedValue>()
            .Where(answer => answer.Equals(answer))
            .Distinct()
            .Select(answer => new AnsweredTest(input, answer, 1 + options.ClaimWeight * proposed.Supporting(answer))))];

    /// <summary>Whether a program gives the answer.</summary>
    /// <param name="run">The program.</param>
    public bool Passes(ReferenceRun run) => Answer.Equals(run.Answer(Input));
}
