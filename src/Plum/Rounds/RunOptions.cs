using System.Text.Json.Serialization;
using Plum.Candidates;
using Plum.Evaluation;
using Plum.Models;
using Plum.Preferences;
using Plum.Suites;
using Plum.Verdicts;

namespace Plum.Rounds;

/// <summary>A recipe, resolved: everything that decides what a run does. Paths are as the recipe gives them; see <see cref="RecipeFile"/>.</summary>
/// <param name="Policy">The checkpoint folder that the run improves.</param>
/// <param name="Teacher">The checkpoint folder that writes tests and references; <c>self</c> for the policy itself.</param>
/// <param name="Instructions">JSON Lines of instructions to learn from, without solutions.</param>
/// <param name="HeldOut">JSON Lines of tasks with hidden tests, for the reported pass rates.</param>
/// <param name="Sft">JSON Lines of conversations that the policy was fine-tuned on, for replay and for the control; null for neither.</param>
/// <param name="Seed">Keys every draw.</param>
/// <param name="Rounds">How often to sample, judge and train.</param>
/// <param name="InstructionsPerRound">Instructions of a round; each round takes the next ones. 0 gives every round all of them.</param>
/// <param name="Workers">Threads for sampling and training, and jails; 0 for one a processor.</param>
/// <param name="Precision">The number type of matrix products in sampling: <c>float32</c>, or <c>bfloat16</c>, which halves the memory that weights and keys take.</param>
/// <param name="Language">What candidates are written in: <c>python</c>, or a row of <see cref="Sandboxes.Language.All"/>, which only judging knows so far.</param>
/// <param name="TeacherPrompts">What the teacher is asked: <c>default</c>, or <c>seed</c> for the embedded teacher.</param>
/// <param name="Suites">Stage 1.</param>
/// <param name="Samples">K, completions of an instruction.</param>
/// <param name="Sampling">How candidates are drawn.</param>
/// <param name="Preferences">Stage 2c.</param>
/// <param name="Training">Stage 3.</param>
public sealed record RunOptions(
    string Policy,
    string Teacher,
    string Instructions,
    string HeldOut,
    string? Sft = null,
    ulong Seed = 1,
    int Rounds = 3,
    int InstructionsPerRound = 1000,
    int Workers = 0,
    string Precision = "float32",
    string Language = "python",
    string TeacherPrompts = "default",
    SuiteOptions? Suites = null,
    int Samples = 16,
    SamplingOptions? Sampling = null,
    PreferenceOptions? Preferences = null,
    TrainingOptions? Training = null)
{
    /// <summary>How candidates are sampled.</summary>
    [JsonIgnore]
    public SamplerOptions SamplerOptions => new(Samples, Sampling: Sampling);

    /// <summary>How candidates are judged: a label needs no more than the first failure.</summary>
    public static VerifierOptions VerifierOptions { get; } = new(StopAtFirstFailure: true);

    /// <summary>How policies are evaluated between rounds: greedily, with the candidates' budget of tokens.</summary>
    [JsonIgnore]
    public EvaluatorOptions EvaluatorOptions => new(MaxTokens: (Sampling ?? new()).MaxTokens);
}

/// <summary>Preference training of one round.</summary>
/// <param name="Method"><c>dpo</c>, <c>kto</c> or <c>rft</c>; <c>dpo</c> with <paramref name="Alpha"/> above 0 is RPO.</param>
/// <param name="Beta">How sharply log-ratios count.</param>
/// <param name="Alpha">Weight of the likelihood of passing completions beside the preference loss.</param>
/// <param name="Span">DPO counts only so many tokens from where a pair first differs; 0 counts whole completions.</param>
/// <param name="Bound">Above 0, what a rejected completion may still lose counts for ever less: its probability is mixed with so much of
/// the reference's (Bounded-DPO, arXiv 2506.12725). 0 is plain DPO, which pushes it down without end.</param>
/// <param name="DesirableWeight">KTO's weight of completions labelled true; 0 balances the labels (Eq. 8 of its paper).</param>
/// <param name="UndesirableWeight">KTO's weight of completions labelled false; 0 as above.</param>
/// <param name="LearningRate">AdamW's peak rate.</param>
/// <param name="WarmupSteps">Steps over which the rate rises.</param>
/// <param name="WeightDecay">Decoupled decay of matrices.</param>
/// <param name="ClipNorm">The largest gradient norm.</param>
/// <param name="Epochs">Passes over the round's prompts.</param>
/// <param name="PromptsPerStep">Prompts of an optimizer step.</param>
/// <param name="ReplayPerStep">SFT examples mixed into a step.</param>
/// <param name="ReplayWeight">Weight of their likelihood.</param>
/// <param name="KeepPassing">Whether passing completions of earlier rounds are learnt again beside this round's.</param>
/// <param name="Reference"><c>round</c>: the reference is the policy that was sampled; <c>initial</c>: the one the run began with.</param>
/// <param name="Precision">The number type of matrix products in training: <c>float32</c>, or <c>bfloat16</c>, twice as fast where the processor has it.
/// Weights, log-probs and losses stay float32.</param>
/// <param name="StopAtChosenDrop">Training stops, with the weights of its last healthy step, once passing completions have become less likely than
/// under the reference by so many nats on average; 0 never stops.</param>
/// <param name="ProbeInstructions">On how many of its own instructions a round is tried after training, and undone where it broke the policy; 0 for none.</param>
public sealed record TrainingOptions(
    string Method = "dpo",
    double Beta = 0.1,
    double Alpha = 1.0,
    int Span = 0,
    double Bound = 0,
    double DesirableWeight = 0,
    double UndesirableWeight = 0,
    double LearningRate = 3e-4,
    int WarmupSteps = 5,
    double WeightDecay = 0,
    double ClipNorm = 1,
    double Epochs = 1,
    int PromptsPerStep = 32,
    int ReplayPerStep = 8,
    double ReplayWeight = 1,
    bool KeepPassing = true,
    string Reference = "round",
    string Precision = "float32",
    double StopAtChosenDrop = 10,
    int ProbeInstructions = 256)
{
    /// <summary>Losses over pairs of a chosen and a rejected completion.</summary>
    public static IReadOnlyList<string> PairMethods { get; } =
    [
        "dpo", "hinge", "ipo", "exo_pair", "nca_pair", "robust", "bco_pair", "sppo_hard", "aot", "aot_unpaired", "apo_zero", "apo_down",
        "discopop", "sigmoid_norm", "simpo", "cpo", "orpo",
    ];

    /// <summary>Losses over completions labelled true or false.</summary>
    public static IReadOnlyList<string> LabelMethods { get; } = ["kto", "bco", "apo_zero_unpaired"];

    /// <summary>Whether the method learns from pairs; else it learns from labelled completions, or from passing ones alone.</summary>
    [JsonIgnore]
    public bool LearnsFromPairs => PairMethods.Contains(Method);
}
