namespace Plum.Evaluation;

/// <summary>A program for a task of a benchmark.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Number">Which of the task's samples, from 0.</param>
/// <param name="Program">The whole program.</param>
public sealed record Sample(string TaskId, int Number, string Program);
