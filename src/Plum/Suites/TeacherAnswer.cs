namespace Plum.Suites;

/// <summary>One answer of a teacher.</summary>
/// <param name="Purpose">What was asked for.</param>
/// <param name="Text">The answer; empty where there is none.</param>
/// <param name="Author">Which of several teachers gave it; null where there is one teacher.</param>
/// <param name="Failed">Whether there is none.</param>
internal sealed record TeacherAnswer(string Purpose, string Text, string? Author = null, bool Failed = false);
