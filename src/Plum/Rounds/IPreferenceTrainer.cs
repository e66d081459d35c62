namespace Plum.Rounds;

/// <summary>
/// Seam 3: makes the next version of the policy from preferences. A training that diverges is the implementation's to
/// stop; it then throws and leaves no folder behind.
/// </summary>
public interface IPreferenceTrainer
{
    /// <summary>Trains and writes a checkpoint folder; the folder appears whole or not at all.</summary>
    /// <param name="task">What to train on, from where, to where.</param>
    /// <param name="progress">Told after each optimizer step; may be null.</param>
    /// <param name="cancellation">Stops the training; nothing is written.</param>
    Task<TrainingFigures> TrainAsync(TrainingTask task, IProgress<StageProgress>? progress, CancellationToken cancellation);
}

/// <summary>One training of the policy.</summary>
/// <param name="Policy">The checkpoint folder to start from.</param>
/// <param name="Reference">The frozen reference's checkpoint folder.</param>
/// <param name="Output">The folder to write.</param>
/// <param name="Metrics">The JSON Lines file of figures by step; written anew.</param>
/// <param name="Pairs">Preference pairs; used by pair losses.</param>
/// <param name="Labels">Labelled completions; used by label losses.</param>
/// <param name="Passing">Passing completions whose likelihood is raised: by rft, and beside other losses where alpha is above 0.</param>
/// <param name="Sft">JSON Lines of conversations for replay, or null.</param>
/// <param name="Options">The settings.</param>
/// <param name="Key">Keys the order of the data.</param>
/// <param name="TokenBudget">Completion tokens to train on, for equal comparisons; 0 goes by epochs.</param>
public sealed record TrainingTask(
    string Policy,
    string Reference,
    string Output,
    string Metrics,
    IReadOnlyList<PreferencePair> Pairs,
    IReadOnlyList<LabelledCompletion> Labels,
    IReadOnlyList<PassingCompletion> Passing,
    string? Sft,
    TrainingOptions Options,
    DrawKey Key,
    long TokenBudget = 0);

/// <summary>What a training did.</summary>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="Tokens">Completion tokens trained on, replayed ones included.</param>
/// <param name="TrainLoss">Mean loss over the last quarter of the steps.</param>
/// <param name="Stopped">Why it ended before its last step; null where it did not.</param>
/// <param name="Probe">How the policy did after training; null where it was not tried.</param>
/// <param name="DesirableWeight">What completions labelled true counted under KTO and its kin; null for other losses.</param>
/// <param name="UndesirableWeight">What the others counted.</param>
/// <param name="Shortened">Completions that were cut at <see cref="TrainingOptions.MaxLength"/>.</param>
/// <param name="TooLong">Completions that were left out, since their prompt leaves them no room.</param>
public sealed record TrainingFigures(
    int Steps, long Tokens, double TrainLoss, string? Stopped = null, ProbeFigures? Probe = null,
    double? DesirableWeight = null, double? UndesirableWeight = null, int? Shortened = null, int? TooLong = null);

/// <summary>How far a stage has come, for people to watch.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="Round">The round; 0 outside of rounds.</param>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all.</param>
/// <param name="Unit">What is counted.</param>
/// <param name="Note">A figure worth seeing; may be null.</param>
public sealed record StageProgress(string Stage, int Round, int Done, int Total, string Unit, string? Note = null);
