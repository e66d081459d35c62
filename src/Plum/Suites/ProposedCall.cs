using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>A call that a teacher proposed.</summary>
/// <param name="Arguments">Its arguments in one canonical spelling.</param>
/// <param name="Call">The call.</param>
/// <param name="Origin">The mode in which it was proposed first, one of <see cref="SuiteModes"/>.</param>
/// <param name="Claims">What the teacher says has to come of it, once for each time that it said so; empty where it did not.</param>
internal sealed record ProposedCall(string Arguments, Call Call, string Origin, IReadOnlyList<Expectation> Claims)
{
    /// <summary>How many of the claims an answer satisfies.</summary>
    /// <param name="answer">The answer.</param>
    public int Supporting(TypedValue answer) => Claims.Count(claim => claim.Holds(new(CallStatus.Returned, answer)));

    /// <summary>Whether the teacher claims something else than an answer.</summary>
    /// <param name="answer">The answer.</param>
    public bool Denies(TypedValue answer) => Supporting(answer) < Claims.Count;
}
