namespace Plum.Evaluation.Benchmarks;

/// <summary>How a policy is asked for a program.</summary>
/// <param name="Kind">Whose prompts.</param>
/// <param name="Stop">Texts that end a completion of a base model.</param>
/// <param name="Language">The language of the program, as fences name it.</param>
public sealed record PromptStyle(PromptKind Kind, IReadOnlyList<string> Stop, string Language = "python")
{
    /// <summary>Whether the prompt is the head of the program, so that a bare completion continues it.</summary>
    public bool Completes => Kind is PromptKind.EvalPlus or PromptKind.Continuation;
}

/// <summary>Whose prompts a benchmark uses.</summary>
public enum PromptKind
{
    /// <summary>EvalPlus's: a function's head to complete, or in a chat a script in a fence that is already open; sanitised.</summary>
    EvalPlus,

    /// <summary>MultiPL-E's: the head of a program, continued word for word.</summary>
    Continuation,

    /// <summary>LiveCodeBench's: a question, a format and a fence.</summary>
    LiveCodeBench,

    /// <summary>The task's text is the whole instruction.</summary>
    Instruction,
}
