namespace Plum.Suites.Filters;

/// <summary>A way to tell which answers can be believed: one row a strategy, named in the recipe's <c>suites.filter</c>.</summary>
/// <param name="Name">Its name in recipes.</param>
/// <param name="Vote">Decides about each proposed input, in order, from what the references did on all of them.</param>
internal sealed record TestFilter(string Name, Func<ProposedInputs, IReadOnlyList<ReferenceRun>, SuiteOptions, IReadOnlyList<InputVote>> Vote)
{
    /// <summary>All of them, the default first.</summary>
    public static IReadOnlyList<TestFilter> All { get; } = [ReferenceAgreement.Row, NoFilter.Row, DualAgreement.Row, MutualScore.Row];

    /// <summary>The one of this name; null where there is none.</summary>
    /// <param name="name">The name.</param>
    public static TestFilter? Named(string name) => All.FirstOrDefault(filter => filter.Name == name);
}
