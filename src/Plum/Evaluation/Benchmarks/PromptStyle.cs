namespace Plum.Evaluation.Benchmarks;

/// <summary>How a policy is asked for a program.</summary>
/// <param name="Completes">Whether the prompt is the head of the program, so that a bare completion continues it.</param>
/// <param name="Stop">Texts that end a completion of a base model.</param>
/// <param name="Language">The language of the program, as fences name it.</param>
public sealed record PromptStyle(bool Completes, IReadOnlyList<string> Stop, string Language = "python");
