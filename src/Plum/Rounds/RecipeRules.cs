using System.Text.RegularExpressions;
using Plum.Models;
using Plum.Sandboxes;

namespace Plum.Rounds;

/// <summary>What a recipe's values may be; checked once, before any work.</summary>
public static partial class RecipeRules
{
    /// <summary>The recipe with its sections filled in, if it can be used.</summary>
    /// <param name="name">The recipe's file, for messages.</param>
    /// <param name="options">The recipe.</param>
    /// <exception cref="InputException">A value is out of its range; the message names it.</exception>
    public static RunOptions Checked(string name, RunOptions options)
    {
        RunOptions whole = options with
        {
            Suites = options.Suites ?? new(),
            Sampling = options.Sampling ?? new(),
            Preferences = options.Preferences ?? new(),
            Training = options.Training ?? new(),
        };
        string? fault = Whole(whole)
            ?? Sampling("sampling", whole.Sampling)
            ?? Sampling("suites.reference_sampling", whole.Suites.ReferenceSampling)
            ?? Sampling("suites.input_sampling", whole.Suites.InputSampling)
            ?? Training(whole.Training);
        if (fault is not null) throw new InputException($"{name}: {fault}");
        try
        {
            _ = whole.Suites.Checked();
            _ = whole.Preferences.Checked();
            return whole;
        }
        catch (InputException failure)
        {
            throw new InputException($"{name}: {failure.Message}", failure);
        }
    }

    /// <summary>Low-rank updates, if they can be used.</summary>
    /// <param name="options">The settings.</param>
    /// <exception cref="InputException">A value is out of its range; the message names it as a recipe does.</exception>
    public static LoraOptions Checked(LoraOptions options) => Lora(options) is { } fault ? throw new InputException(fault) : options;

    private static string? Whole(RunOptions o) =>
        Named("policy", o.Policy) ?? Teachers(o) ?? Budget(o.TeacherBudget) ?? Named("instructions", o.Instructions) ?? Named("held_out", o.HeldOut)
        ?? AtLeast("rounds", o.Rounds, 1) ?? AtLeast("instructions_per_round", o.InstructionsPerRound, 0)
        ?? AtLeast("workers", o.Workers, 0) ?? AtLeast("samples", o.Samples, 1)
        ?? OneOf("language", o.Language, ["python", .. Language.All.Select(row => row.Name)])
        ?? (o.TeacherPrompts.Length == 0 ? "teacher_prompts is empty; it can be default, seed or a folder" : null)
        ?? OneOf("precision", o.Precision, "float32", "bfloat16", "auto")
        ?? (DeviceName().IsMatch(o.Device) ? null : $"device is '{o.Device}'; it has to be cpu, cuda or cuda:N");

    [GeneratedRegex(@"^(cpu|cuda|cuda:\d{1,3})\z")]
    private static partial Regex DeviceName();

    private static string? Teachers(RunOptions o) =>
        o.Teachers is null ? Named("teacher", o.Teacher ?? "")
        : o.Teacher is not null ? "teacher and teachers are both there: remove one of the two (--set teacher=null where the recipe has the other)"
        : o.Teachers.Count == 0 ? "teachers is empty; name one at least"
        : o.Teachers.Select((one, at) => one.Fault is { } fault ? $"teachers[{at}]: {fault}" : null).FirstOrDefault(fault => fault is not null);

    private static string? Budget(ModelBudget? o) =>
        o is null ? null : AtLeast("teacher_budget.tokens", o.Tokens, 0) ?? AtLeast("teacher_budget.money", o.Money, 0);

    private static string? Sampling(string section, SamplingOptions? o) => o is null ? null :
        AtLeast(section + ".temperature", o.Temperature, 0) ?? AtLeast(section + ".max_tokens", o.MaxTokens, 1) ?? AtLeast(section + ".top_k", o.TopK, 0)
        ?? Share(section + ".top_p", o.TopP) ?? (o.TopP == 0 ? $"{section}.top_p is 0; it has to be above 0: 1 keeps all tokens" : null)
        ?? Share(section + ".min_p", o.MinP) ?? Above(section + ".repetition_penalty", o.RepetitionPenalty);

    private static string? Training(TrainingOptions o) =>
        OneOf("training.method", o.Method, [.. TrainingOptions.PairMethods, .. TrainingOptions.LabelMethods, "rft"])
        ?? Above("training.beta", o.Beta) ?? AtLeast("training.alpha", o.Alpha, 0) ?? AtLeast("training.span", o.Span, 0)
        ?? AtLeast("training.desirable_weight", o.DesirableWeight, 0) ?? AtLeast("training.undesirable_weight", o.UndesirableWeight, 0)
        ?? Above("training.learning_rate", o.LearningRate) ?? AtLeast("training.warmup_steps", o.WarmupSteps, 0)
        ?? AtLeast("training.weight_decay", o.WeightDecay, 0) ?? AtLeast("training.clip_norm", o.ClipNorm, 0)
        ?? Above("training.epochs", o.Epochs) ?? AtLeast("training.prompts_per_step", o.PromptsPerStep, 1)
        ?? AtLeast("training.replay_per_step", o.ReplayPerStep, 0) ?? AtLeast("training.replay_weight", o.ReplayWeight, 0)
        ?? OneOf("training.reference", o.Reference, "round", "initial") ?? OneOf("training.precision", o.Precision, "float32", "bfloat16", "auto")
        ?? AtLeast("training.stop_at_chosen_drop", o.StopAtChosenDrop, 0) ?? AtLeast("training.probe_instructions", o.ProbeInstructions, 0)
        ?? AtLeast("training.micro_batch_tokens", o.MicroBatchTokens, 0) ?? AtLeast("training.save_every", o.SaveEvery, 0)
        ?? AtLeast("training.keep_saved", o.KeepSaved, 1) ?? Share("training.held_out_share", o.HeldOutShare)
        ?? AtLeast("training.evaluate_every", o.EvaluateEvery, 1) ?? AtLeast("training.patience", o.Patience, 1)
        ?? AtLeast("training.max_length", o.MaxLength, 0)
        ?? OneOf("training.kl_pairing", o.KlPairing, "other_prompts", "rotate")
        ?? OneOf("training.schedule", o.Schedule, [.. Schedules])
        ?? (o.HeldOutShare == 1 ? "training.held_out_share is 1: nothing would be left to train on" : null)
        ?? (o.Lora is { } lora ? Lora(lora) : null)
        ?? (o.Bound is >= 0 and < 1 ? null : $"training.bound is {o.Bound:R}; it has to be at least 0 and below 1");

    private static IReadOnlyList<string> Schedules { get; } =
    [
        "constant", "constant_with_warmup", "linear", "cosine", "cosine_with_restarts", "cosine_with_min_lr", "polynomial", "inverse_sqrt", "warmup_stable_decay",
    ];

    private static string? Lora(LoraOptions o) =>
        AtLeast("training.lora.rank", o.Rank, 1) ?? Above("training.lora.alpha", o.Alpha)
        ?? (o.Dropout is >= 0 and < 1 ? null : $"training.lora.dropout is {o.Dropout:R}; it has to be at least 0 and below 1")
        ?? o.Roles.Select(role => OneOf("training.lora.targets", role, ["all", "attention", .. LoraOptions.Known])).FirstOrDefault(fault => fault is not null);

    private static string? Named(string key, string value) =>
        string.IsNullOrWhiteSpace(value) ? $"{key} is empty; name a {(key is "policy" or "teacher" ? "checkpoint folder" : "file")}" : null;

    private static string? AtLeast(string key, double value, double least) =>
        value >= least && double.IsFinite(value) ? null : $"{key} is {value:R}; it has to be at least {least:R}";

    private static string? Above(string key, double value) => value > 0 && double.IsFinite(value) ? null : $"{key} is {value:R}; it has to be above 0";

    private static string? Share(string key, double value) => value is >= 0 and <= 1 ? null : $"{key} is {value:R}; it has to be from 0 to 1";

    private static string? OneOf(string key, string value, params string[] known) => known.Contains(value)
        ? null
        : $"{key} is '{value}'; it can be {string.Join(", ", known)}" + (Text.Spelling.Closest(value, known) is { } meant ? $": did you mean '{meant}'?" : "");
}
