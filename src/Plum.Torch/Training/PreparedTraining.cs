using Plum.Rounds;
using Plum.Torch.Checkpoints;
using Plum.Torch.Training.Losses;
using Plum.Torch.Training.Losses.Labels;
using Plum.Torch.Transformers;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>Preference training with everything settled but the weights: what is learnt, by which objective, in how many steps.</summary>
internal sealed class PreparedTraining
{
    private const int LeastRow = 192;

    private readonly TrainingTask task;
    private readonly ModelConfig config;
    private readonly Device device;
    private readonly PreferenceGroup[] groups, heldOut;

    /// <summary>Settles it.</summary>
    /// <param name="task">The training.</param>
    /// <param name="encode">Text to tokens, where a completion brings none.</param>
    /// <param name="replay">SFT examples to mix in; may be empty.</param>
    /// <param name="config">The policy's shape.</param>
    /// <param name="workers">Threads that share a step.</param>
    /// <param name="device">What computes.</param>
    /// <exception cref="InputException">There is nothing to learn from.</exception>
    public PreparedTraining(TrainingTask task, Func<string, int[]> encode, CompletionGroup[] replay, ModelConfig config, int workers, Device device)
    {
        this.task = task;
        this.config = config;
        this.device = device;
        Replay = replay;
        TrainingOptions options = task.Options;
        Limit = new LengthLimit(options.MaxLength);
        PreferenceGroup[] all = [.. Limit.Apply(PreferenceGroups.Of(task, encode))];
        if (all.Length == 0 && Limit.TooLong > 0)
            throw new InputException($"training.max_length {options.MaxLength}: every prompt is as long, and leaves no room for a completion: raise it");
        if (all.Length == 0)
            throw new InputException("There is nothing to learn from: no candidate passed, or none failed. Sample more, or start from a policy that solves some of the instructions.");
        Objective = ObjectiveOf(options, all);
        (groups, heldOut) = HeldOutSplit.Of([.. all.Select(Objective.Seen)], options.HeldOutShare, task.Key);
        double perPrompt = groups.Average(g => (double)g.Tokens.Targets);
        double perStep = (Math.Min(options.PromptsPerStep, groups.Length) * perPrompt) +
            (replay.Length == 0 ? 0 : options.ReplayPerStep * replay.Average(g => (double)g.Targets));
        int steps = Math.Max(1, (int)Math.Round(task.TokenBudget > 0 ? task.TokenBudget / perStep : options.Epochs * groups.Length / options.PromptsPerStep));
        Options = new PreferenceOptions(
            steps, options.PromptsPerStep, options.ReplayPerStep, options.ReplayWeight, workers, LeastRow, TorchRuntime.TypeOf(options.Precision, device), options.StopAtChosenDrop,
            options.MicroBatchTokens, options.EvaluateEvery, options.Patience, PassOptions.For(options));
    }

    /// <summary>What a step minimizes.</summary>
    public Objective Objective { get; }

    /// <summary>What it left out or cut.</summary>
    public LengthLimit Limit { get; }

    /// <summary>What completions labelled true and false count; null for losses without such weights.</summary>
    public (double? Desirable, double? Undesirable) ClassWeights => (Objective as Objective.Labels)?.Loss switch
    {
        KtoLoss kto => (kto.DesirableWeight, kto.UndesirableWeight),
        ApoZeroUnpairedLoss apo => (apo.DesirableWeight, apo.UndesirableWeight),
        _ => (null, null),
    };

    /// <summary>How to go through the data.</summary>
    public PreferenceOptions Options { get; }

    /// <summary>SFT examples to mix in.</summary>
    public CompletionGroup[] Replay { get; }

    /// <summary>How parameters move.</summary>
    public static OptimizerOptions Optimizer(TrainingOptions options) => new(
        options.LearningRate, Schedules.Named(options.Schedule), options.WarmupSteps, options.WeightDecay, ClipNorm: options.ClipNorm, DecayAll: options.DecayAll);

    /// <summary>Scores the data under the reference, or reads what was scored before.</summary>
    /// <param name="adapted">A policy whose frozen base is the reference where the two folders are one; null where all weights are trained.</param>
    public (PreferenceData Data, PreferenceData? HeldOut) Score(LoraModel? adapted)
    {
        FrozenDecoder? reference = null;
        try
        {
            float[][] Of(IReadOnlyList<CompletionGroup> scored)
            {
                string file = Path.Combine(task.Output + ".reference", ReferenceLogProbs.Key(task.Reference, scored, Options) + ".safetensors");
                if (ReferenceLogProbs.Read(file, scored) is { } known) return known;
                if (adapted is null || Path.GetFullPath(task.Reference) != Path.GetFullPath(task.Policy)) reference ??= Load();
                FrozenDecoder frozen = reference ?? adapted!.Base;
                float[][] found = ReferenceLogProbs.Compute(frozen.Model, frozen.Weights, scored, Options);
                ReferenceLogProbs.Write(file, found);
                return found;
            }

            PreferenceData Data(PreferenceGroup[] part, string purpose) => PreferenceData.Of(
                part, Objective, task.Options.KlPairing == "rotate", task.Options.PromptsPerStep, task.Key with { Purpose = task.Key.Purpose + purpose }, Of);
            return (Data(groups, ""), heldOut.Length > 0 ? Data(heldOut, "/held-out") : null);
        }
        finally
        {
            reference?.Dispose();
        }
    }

    /// <summary>Tells what it would do and take.</summary>
    public TrainingPlan Plan()
    {
        Func<IReadOnlyList<PreferenceGroup>, int[]> sizes = step => [.. MicroBatches.Of(step, g => g.Tokens.Tokens, Options.MicroBatchTokens, Options.Workers).Select(part => part.Sum(g => g.Tokens.Tokens))];
        int[][] steps = [.. groups.Chunk(Options.GroupsPerStep).Select(step => sizes(step))];
        long trained = Trained.Count(config, task.Options.Lora);
        return new TrainingPlan(
            task.Options with { Precision = TorchRuntime.Resolve(task.Options.Precision, device) }, groups.Length, heldOut.Length, groups.Sum(g => g.Pairs.Count), groups.Sum(g => g.Completions.Count),
            groups.Sum(g => g.Completions.Sum(c => (long)c.Tokens.Length)), groups.Sum(g => (long)g.Tokens.Tokens), groups.Sum(Padded),
            Options.Steps, steps.Average(step => step.Length), steps.Max(step => step.Max()), trained, ClassWeights.Desirable, ClassWeights.Undesirable, Limit.Shortened, Limit.TooLong,
            MemoryEstimate.Of(
                config, trained, task.Options.Lora is not null, Options.DType, Options.Pass, Options.Workers, LargestBatch(),
                (task.Options.StopAtChosenDrop > 0 ? 1 : 0) + (heldOut.Length > 0 ? 1 : 0)));
    }

    /// <summary>What a worker's largest micro-batch of the first steps asks for, replay included.</summary>
    private BatchSize LargestBatch()
    {
        IEnumerable<CompletionGroup[]> parts = groups.Chunk(Options.GroupsPerStep).SelectMany(step =>
        {
            PreferenceGroup[][] own = MicroBatches.Of(step, g => g.Tokens.Tokens, Options.MicroBatchTokens, Options.Workers);
            CompletionGroup[][] replayed = MicroBatches.Of(Replay.Take(Options.ReplayPerStep).ToArray(), g => g.Tokens, Options.MicroBatchTokens, Options.Workers);
            return Options.MicroBatchTokens > 0
                ? own.Select(part => part.Select(g => g.Tokens).ToArray()).Concat(replayed)
                : own.Select((part, worker) => part.Select(g => g.Tokens).Concat(replayed.ElementAtOrDefault(worker) ?? []).ToArray());
        });
        return parts.Select(part => BatchSize.Of(part, Options.RowLength, Options.Pass)).MaxBy(size => size.Tokens)!;
    }

    private static long Padded(PreferenceGroup group) => group.Pairs.Count > 0
        ? group.Pairs.Sum(pair => (2L * group.Prompt.Length) + group.Completions[pair.Chosen].Tokens.Length + group.Completions[pair.Rejected].Tokens.Length)
        : group.Completions.Sum(c => (long)group.Prompt.Length + c.Tokens.Length);

    private static Objective ObjectiveOf(TrainingOptions options, PreferenceGroup[] groups)
    {
        if (options.Method == "rft")
            return new Objective.Rft();
        return CheckpointTrainer.LossOf(options) switch
        {
            PairLoss pairs => new Objective.Pairs(pairs, options.Alpha, options.Span, options.Bound),
            LabelLoss labels => new Objective.Labels(
                labels.ForCounts(groups.Sum(g => g.Completions.LongCount(c => c.Label)), groups.Sum(g => g.Completions.LongCount(c => !c.Label))),
                options.Alpha),
            { } other => throw new InvalidOperationException($"{other.Name} is no preference loss."),
        };
    }

    private FrozenDecoder Load()
    {
        using CheckpointFolder folder = CheckpointFolder.Open(task.Reference);
        return FrozenDecoder.Load(folder, Options.DType, device);
    }
}
