namespace Plum.Evaluation.Benchmarks;

/// <summary>A task of a public benchmark.</summary>
/// <param name="Id">As samples files name it.</param>
/// <param name="Prompt">As published: a function's head for completion benchmarks, a text for the others.</param>
/// <param name="EntryPoint">The function that is asked for; null where a whole program is.</param>
/// <param name="Check">How programs are judged.</param>
/// <param name="Style">How a policy is asked, and what of its answer is the program.</param>
/// <param name="Canonical">A program that is right, whole; null where none is published.</param>
/// <param name="Difficulty">A group for tables; null where there is none.</param>
/// <param name="Date">When the task was published; null where that is not told.</param>
/// <param name="Starter">Code that a policy is to begin with; empty for none.</param>
/// <param name="Preamble">Trusted code that the harness puts before every program.</param>
public sealed record PublicTask(
    string Id,
    string Prompt,
    string? EntryPoint,
    Check Check,
    PromptStyle Style,
    string? Canonical = null,
    string? Difficulty = null,
    DateOnly? Date = null,
    string Starter = "",
    string Preamble = "")
{
    /// <summary>The whole program that a completion of the prompt makes.</summary>
    /// <param name="completion">What follows the prompt.</param>
    public string Complete(string completion) => Style.Completes ? Prompt + completion : completion;
}
