using System.Text.Json;
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
/// <param name="Teacher">The checkpoint folder that writes tests and references; <c>self</c> for the policy itself. Null where there are <paramref name="Teachers"/>.</param>
/// <param name="Instructions">JSON Lines of instructions to learn from, without solutions.</param>
/// <param name="HeldOut">JSON Lines of tasks with hidden tests, for the reported pass rates.</param>
/// <param name="Sft">JSON Lines of conversations that the policy was fine-tuned on, for replay and for the control; null for neither.</param>
/// <param name="Seed">Keys every draw.</param>
/// <param name="Rounds">How often to sample, judge and train.</param>
/// <param name="InstructionsPerRound">Instructions of a round; each round takes the next ones. 0 gives every round all of them.</param>
/// <param name="Workers">Threads for sampling and training, and jails; 0 for one a processor.</param>
/// <param name="Precision">The number type of matrix products in sampling: <c>float32</c>, or <c>bfloat16</c>, which halves the memory that weights and keys take,
/// or <c>auto</c>: bfloat16 where the machine multiplies it, which a run keeps once it has begun.</param>
/// <param name="Device">What computes: <c>cpu</c>, or <c>cuda</c> or <c>cuda:N</c> where the libtorch in use has it.</param>
/// <param name="Language">What candidates are written in: <c>python</c>, or a row of <see cref="Sandboxes.Language.All"/>, which only judging knows so far.</param>
/// <param name="TeacherPrompts">What the teacher is asked: <c>default</c>, <c>seed</c> for the embedded teacher, or a folder of prompts; see docs/suites.md.</param>
/// <param name="Suites">Stage 1.</param>
/// <param name="Samples">K, completions of an instruction.</param>
/// <param name="Sampling">How candidates are drawn.</param>
/// <param name="Preferences">Stage 2c.</param>
/// <param name="Training">Stage 3.</param>
/// <param name="Teachers">Teachers behind endpoints, or several with weights, in the place of <paramref name="Teacher"/>.</param>
/// <param name="TeacherRecord">Where what teachers were asked and answered is kept; null for beside the suites, where any of them is an endpoint, and else nowhere.</param>
/// <param name="TeacherBudget">What may be spent on teachers; null for no limit. A run may be gone on with under another.</param>
/// <param name="Truth">JSON Lines of some of the instructions with hidden tests: <c>plum suites</c> measures suites by them, nothing learns from them; null for none.</param>
public sealed record RunOptions(
    string Policy,
    string? Teacher,
    string Instructions,
    string HeldOut,
    string? Sft = null,
    ulong Seed = 1,
    int Rounds = 3,
    int InstructionsPerRound = 1000,
    int Workers = 0,
    string Precision = "float32",
    string Device = "cpu",
    string Language = "python",
    string TeacherPrompts = "default",
    SuiteOptions? Suites = null,
    int Samples = 16,
    SamplingOptions? Sampling = null,
    PreferenceOptions? Preferences = null,
    TrainingOptions? Training = null,
    IReadOnlyList<TeacherOptions>? Teachers = null,
    TeacherRecordOptions? TeacherRecord = null,
    ModelBudget? TeacherBudget = null,
    string? Truth = null)
{
    /// <summary>The teachers, one or several; a checkpoint's folder is that of this machine where the recipe's paths are.</summary>
    [JsonIgnore]
    public IReadOnlyList<TeacherOptions> AllTeachers => [.. (Teachers ?? [new(Teacher)]).Select(one => one.Policy == "self" ? one with { Policy = Policy } : one)];

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
/// <param name="Precision">The number type of matrix products in training: <c>float32</c>, or <c>bfloat16</c>, twice as fast where the processor has it and a hundred
/// times as slow where it has not, or <c>auto</c>, which knows. Weights, log-probs and losses stay float32.</param>
/// <param name="StopAtChosenDrop">Training stops, with the weights of its last healthy step, once passing completions have become less likely than
/// under the reference by so many nats on average; 0 never stops.</param>
/// <param name="ProbeInstructions">On how many of its own instructions a round is tried after training, and undone where it broke the policy; 0 for none.</param>
/// <param name="Loss">The loss with options of its own, in the place of method and beta: <c>{"name": "simpo", "beta": 2.5, "gamma": 1}</c>, or a list of these,
/// each with a <c>weight</c>; <c>label_smoothing</c>, <c>f_divergence</c>, <c>length_normalized</c> and <c>reference_free</c> are among the options.</param>
/// <param name="Lora">Trains low-rank updates beside frozen weights; null trains all weights. The frozen weights are held in <paramref name="Precision"/>.</param>
/// <param name="CheckpointActivations">Keeps only each layer's input in the forward pass and computes the rest again on the way back: much less memory, a third more time.</param>
/// <param name="MicroBatchTokens">The most tokens that a worker computes at once; a step's gradients are accumulated. 0 gives each worker its share of the step.</param>
/// <param name="Schedule">How the rate goes after the warm-up; transformers' names.</param>
/// <param name="DecayAll">Whether weight decay reaches norms and biases too. It does with a bare torch.optim.AdamW; transformers' trainer and Plum spare them.</param>
/// <param name="KlPairing">Whose completions KTO's divergence is estimated on: <c>other_prompts</c>, or <c>rotate</c>, each prompt's completions taken one on,
/// as TRL pairs them, which pairs a prompt with its own other completions where these lie side by side.</param>
/// <param name="SaveEvery">Steps between saved states of the training, from which it goes on after a kill; 0 for none, and a killed training begins anew.</param>
/// <param name="KeepSaved">How many of the last saved states stay.</param>
/// <param name="KeepBest">Whether the state that did best on held-out prompts stays beside them, where some are held out.</param>
/// <param name="HeldOutShare">The share of prompts that is not trained on but watched: the weights that do best on it are the result. 0 watches nothing.</param>
/// <param name="EvaluateEvery">Steps between looks at the held-out prompts.</param>
/// <param name="Patience">After how many looks without improvement training ends.</param>
/// <param name="MaxLength">The most tokens of a prompt with a completion: what is longer is cut at its end, and left out where the prompt alone is as
/// long; both are counted. 0 has no limit.</param>
/// <param name="TensorBoard">Whether figures by step go to TensorBoard event files besides.</param>
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
    int ProbeInstructions = 256,
    JsonElement? Loss = null,
    LoraOptions? Lora = null,
    bool CheckpointActivations = false,
    int MicroBatchTokens = 0,
    string Schedule = "linear",
    bool DecayAll = false,
    string KlPairing = "other_prompts",
    int SaveEvery = 0,
    int KeepSaved = 2,
    bool KeepBest = true,
    double HeldOutShare = 0,
    int EvaluateEvery = 20,
    int Patience = 5,
    bool TensorBoard = false,
    int MaxLength = 0)
{
    /// <summary>Losses over pairs of a chosen and a rejected completion.</summary>
    public static IReadOnlyList<string> PairMethods { get; } =
    [
        "dpo", "hinge", "ipo", "exo_pair", "nca_pair", "robust", "bco_pair", "sppo_hard", "aot", "aot_unpaired", "apo_zero", "apo_down",
        "discopop", "sigmoid_norm", "simpo", "cpo", "orpo", "rpo",
    ];

    /// <summary>Losses over completions labelled true or false.</summary>
    public static IReadOnlyList<string> LabelMethods { get; } = ["kto", "bco", "apo_zero_unpaired"];

    /// <summary>Whether the method learns from pairs; else it learns from labelled completions, or from passing ones alone.</summary>
    [JsonIgnore]
    public bool LearnsFromPairs => Method is not ("rft" or "sft") && (Loss is { } loss ? !Names(loss).Any(LabelMethods.Contains) : PairMethods.Contains(Method));

    private static IEnumerable<string> Names(JsonElement loss) => loss.ValueKind switch
    {
        JsonValueKind.Array => loss.EnumerateArray().SelectMany(Names),
        JsonValueKind.Object when loss.TryGetProperty("name", out JsonElement name) => Names(name),
        JsonValueKind.String => [loss.GetString()!],
        _ => [],
    };
}

/// <summary>Low-rank updates beside frozen weights (LoRA, Hu et al., arXiv 2106.09685).</summary>
/// <param name="Rank">The inner dimension r of each update B A.</param>
/// <param name="Alpha">Numerator of the update's scale alpha / r.</param>
/// <param name="Targets">Which projections, of q, k, v, o, gate, up, down, with commas between them; <c>all</c>, or <c>attention</c> for the first four.</param>
/// <param name="Dropout">The share of an update's input that is dropped in training.</param>
/// <param name="RankStabilized">alpha / sqrt(r) instead (rsLoRA, arXiv 2312.03732).</param>
public sealed record LoraOptions(int Rank = 16, double Alpha = 32, string Targets = "all", double Dropout = 0, bool RankStabilized = false)
{
    /// <summary>The projections there are.</summary>
    public static IReadOnlyList<string> Known { get; } = ["q", "k", "v", "o", "gate", "up", "down"];

    /// <summary>The projections meant.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Roles => Targets switch
    {
        "all" => Known,
        "attention" => [.. Known.Take(4)],
        _ => [.. Targets.Split(',', StringSplitOptions.TrimEntries)],
    };
}
