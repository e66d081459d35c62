namespace Plum;

/// <summary>One call of the entry point and the value it has to return, both as Python literals.</summary>
/// <param name="Arguments">The call's arguments as they stand between the parentheses: <c>[3, -1], k=2</c> without the name.</param>
/// <param name="Expected">The value expected, e.g. <c>{'a': 1}</c>. It never enters the candidate's process.</param>
public sealed record TestCase(string Arguments, string Expected);
