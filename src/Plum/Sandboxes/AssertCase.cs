namespace Plum.Sandboxes;

/// <summary>One assert that was understood: a call and what it has to give.</summary>
/// <param name="Call">The arguments.</param>
/// <param name="Expectation">What has to come of it.</param>
/// <param name="Source">The assert's text.</param>
public sealed record AssertCase(Call Call, Expectation Expectation, string Source);
