using System.Diagnostics;
using Plum.Text;
using Plum.Torch;
using Plum.Torch.Checkpoints;
using Plum.Torch.Training;
using Plum.Torch.Training.Losses.Pairs;
using Plum.Torch.Transformers;
using TorchSharp;
using static TorchSharp.torch;
using PreferenceOptions = Plum.Torch.Training.PreferenceOptions;

namespace Plum.Bench;

/// <summary>DPO with all weights of a small policy on a run's own pairs: Plum's trainer beside a plain loop over padded rows in float32.</summary>
internal static class PolicyTrainBench
{
    private const int PromptsPerStep = 16, Steps = 8;

    public static async Task RunAsync(string policy, string preferences, int workers)
    {
        Tokenizer tokenizer = Tokenizer.Load(policy);
        PreferenceGroup[] groups = [.. (await JsonLines.ReadAllAsync<PreferencePair>(preferences)).GroupBy(pair => pair.Prompt).Take(PromptsPerStep * Steps).Select(Group)];
        PreferenceGroup Group(IGrouping<string, PreferencePair> pairs)
        {
            List<LabelledTokens> completions = [];
            int Add(IReadOnlyList<int> tokens, bool label)
            {
                int known = completions.FindIndex(c => c.Tokens.SequenceEqual(tokens));
                if (known >= 0) return known;
                completions.Add(new([.. tokens], label));
                return completions.Count - 1;
            }

            return new(tokenizer.Encode(pairs.Key), completions, [.. pairs.Select(pair => (Add(pair.ChosenTokens!, true), Add(pair.RejectedTokens!, false)))]);
        }

        long tokens = groups.Sum(g => g.Pairs.Sum(p => (long)g.Completions[p.Chosen].Tokens.Length + g.Completions[p.Rejected].Tokens.Length));
        double own = Measure(policy, model => Plum(model, groups, workers)), plain = Measure(policy, model => Plain(model, groups));
        Console.WriteLine($"embedded policy, {groups.Sum(g => g.Pairs.Count)} pairs of {groups.Length} prompts, completion tokens of pairs a second: Plum {tokens / own:N0}, plain loop {tokens / plain:N0}; {plain / own:F1} times");
    }

    private static double Measure(string policy, Action<FullModel> train)
    {
        using CheckpointFolder folder = CheckpointFolder.Open(policy);
        using FullModel model = new(Decoder.Load(folder));
        long began = Stopwatch.GetTimestamp();
        train(model);
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static void Plum(FullModel model, PreferenceGroup[] groups, int workers)
    {
        ComputeThread.Enter();
        PreferenceOptions options = new(Steps, PromptsPerStep, Workers: workers, DType: TorchRuntime.TypeOf("auto"));
        PreferenceData data = new(groups, [.. groups.Select(g => new float[g.Completions.Sum(c => c.Tokens.Length)])], [], []);
        new PreferenceTrainer(model, data, [], new Objective.Pairs(new SigmoidLoss(), 0, 0), options, new OptimizerOptions(1e-4), new DrawKey(1, 0, "bench")).Train(null, CancellationToken.None);
    }

    private static void Plain(FullModel model, PreferenceGroup[] groups)
    {
        set_num_threads(Environment.ProcessorCount);
        Dictionary<string, Tensor> leaves = model.Masters.ToDictionary(m => m.Key, m => (Tensor)new TorchSharp.Modules.Parameter(m.Value.alias().DetachFromDisposeScope(), requires_grad: true));
        using var adam = optim.AdamW(leaves.Values.Cast<TorchSharp.Modules.Parameter>(), 1e-4);
        foreach (PreferenceGroup[] step in groups.Chunk(PromptsPerStep))
        {
            var pairs = step.SelectMany(g => g.Pairs.Select(p => (g.Prompt, Chosen: g.Completions[p.Chosen].Tokens, Rejected: g.Completions[p.Rejected].Tokens))).ToArray();
            using DisposeScope scope = NewDisposeScope();
            DecoderWeights weights = DecoderWeights.Arrange(model.Model.Config, leaves, ScalarType.Float32);
            Tensor logProbs = PaddedRows.LogProbs(model.Model, weights, [.. pairs.Select(p => (p.Prompt, p.Chosen)), .. pairs.Select(p => (p.Prompt, p.Rejected))]);
            (nn.functional.logsigmoid((logProbs.narrow(0, 0, pairs.Length) - logProbs.narrow(0, pairs.Length, pairs.Length)) * 0.1).mean() * -1).backward();
            adam.step();
            adam.zero_grad();
        }
    }
}
