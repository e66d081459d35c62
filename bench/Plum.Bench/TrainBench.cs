using System.Diagnostics;
using Plum.Rounds;
using Plum.Torch;
using Plum.Torch.Checkpoints;
using Plum.Torch.Training;
using Plum.Torch.Training.Losses.Pairs;
using Plum.Torch.Transformers;
using TorchSharp;
using static TorchSharp.torch;
using PreferenceOptions = Plum.Torch.Training.PreferenceOptions;

namespace Plum.Bench;

/// <summary>
/// A DPO step with LoRA of rank 16 on random weights of Qwen2.5-0.5B's shape, in bfloat16 where the processor multiplies it, else in float32: prompts of 300 tokens with four completions of
/// 200, two pairs a prompt. Beside it the same pairs as padded rows with full logits, as TRL batches them, and the bare matrix products.
/// </summary>
internal static class TrainBench
{
    private const int PromptTokens = 300, CompletionTokens = 200, Completions = 4, Budget = PromptTokens + (Completions * (CompletionTokens - 1));
    private static readonly ScalarType Type = TorchRuntime.TypeOf("auto");

    private static readonly LoraOptions Lora = new();
    private static readonly DrawKey Key = new(1, 0, "bench");

    public static void Run(int prompts, string path, int workers)
    {
        ComputeThread.Enter();
        Console.WriteLine($"peak: {Peak(workers):N0} GFLOP/s, {Type} products of 2048 cubed on {workers} threads");
        ModelConfig config = Config();
        RandomStream draws = Key.Open();
        int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(_ => draws.NextInt32(config.VocabularySize))];
        PreferenceGroup[] groups = [.. Enumerable.Range(0, prompts).Select(_ => new PreferenceGroup(
            Tokens(PromptTokens), [.. Enumerable.Range(0, Completions).Select(c => new LabelledTokens(Tokens(CompletionTokens), c % 2 == 0))], [(0, 1), (2, 3)]))];
        int pairs = groups.Sum(g => g.Pairs.Count);
        double bare = BareProducts(config, groups.Sum(g => g.Tokens.Tokens), groups.Sum(g => g.Tokens.Targets), workers);
        Console.WriteLine($"bare products of the step: {bare:F1} s");

        // From the least memory to the most: what one keeps of its heap would count for the next.
        foreach (bool checkpoint in path == "padded" ? (bool[])[] : [true, false])
        {
            PassClock clock = new();
            PassOptions pass = new(checkpoint, Runs: true, Fused: true, Clock: clock);
            MemoryEstimate estimate = MemoryEstimate.Of(config, Updates(config), true, Type, pass, workers, BatchSize.Of([groups[0].Tokens], 192, pass));
            Console.WriteLine($"estimated for the next: {estimate.Total / (double)(1 << 30):F2} GiB: {estimate}");
            Tell($"Plum{(checkpoint ? ", activations checkpointed" : "")}", pairs, bare, () => Step(config, groups, workers, pass));
            foreach ((string kind, double spent) in clock.Seconds)
                Console.WriteLine($"  {kind,-24} {spent,7:F2} s of a thread");
        }

        if (path == "plum") return;
        PreferenceGroup[] rows = [.. groups.SelectMany(g => g.Pairs.Select(p => new PreferenceGroup(g.Prompt, [g.Completions[p.Chosen], g.Completions[p.Rejected]], [(0, 1)])))];
        Tell("padded pairs, full logits", pairs, bare, () => Padded(config, rows));
    }

    private static void Tell(string name, int pairs, double bare, Func<double> step)
    {
        ComputeThread.ReturnFreed();
        PeakMemory.Reset();
        double seconds = step();
        Console.WriteLine($"{name}: {seconds:F1} s a step, {pairs / seconds:F2} pairs/s, {pairs * 2 * (PromptTokens + CompletionTokens) / seconds:N0} tokens of pairs/s, {seconds / bare:F2} of the bare products, peak {PeakMemory.Bytes / (double)(1 << 30):F2} GiB");
    }

    /// <summary>Plum's step; a first one of two prompts warms up.</summary>
    private static double Step(ModelConfig config, PreferenceGroup[] groups, int workers, PassOptions pass)
    {
        using LoraModel model = Model(config);
        Objective objective = new Objective.Pairs(new SigmoidLoss(), 0, 0);
        double Once(PreferenceGroup[] some)
        {
            PreferenceOptions options = new(1, some.Length, Workers: workers, DType: Type, MicroBatchTokens: Budget, Memory: pass);
            PreferenceData data = new(some, [.. some.Select(g => new float[g.Completions.Sum(c => c.Tokens.Length)])], [], []);
            long began = Stopwatch.GetTimestamp();
            new PreferenceTrainer(model, data, [], objective, options, new OptimizerOptions(1e-4), Key).Train(null, CancellationToken.None);
            return Stopwatch.GetElapsedTime(began).TotalSeconds;
        }

        Once(groups[..Math.Min(workers, groups.Length)]);
        return Once(groups);
    }

    /// <summary>Two pairs at a time as four rows, logits of every position in float32, libtorch's own threads.</summary>
    private static double Padded(ModelConfig config, PreferenceGroup[] pairs)
    {
        set_num_threads(Environment.ProcessorCount);
        using LoraModel model = Model(config);
        Dictionary<string, Tensor> leaves = model.Masters.ToDictionary(m => m.Key, m => (Tensor)new TorchSharp.Modules.Parameter(m.Value.alias().DetachFromDisposeScope(), requires_grad: true));
        using var adam = optim.AdamW(leaves.Values.Cast<TorchSharp.Modules.Parameter>(), 1e-4);
        double Once(PreferenceGroup[] some)
        {
            long began = Stopwatch.GetTimestamp();
            foreach (PreferenceGroup[] part in some.Chunk(2))
            {
                using DisposeScope scope = NewDisposeScope();
                DecoderWeights weights = model.Arrange(leaves, Type);
                Tensor logProbs = PaddedRows.LogProbs(model.Model, weights, [.. part.Select(g => (g.Prompt, g.Completions[0].Tokens)), .. part.Select(g => (g.Prompt, g.Completions[1].Tokens))]);
                Tensor margin = logProbs.narrow(0, 0, part.Length) - logProbs.narrow(0, part.Length, part.Length);
                (nn.functional.logsigmoid(margin * 0.1).sum() / -some.Length).backward();
            }

            adam.step();
            adam.zero_grad();
            return Stopwatch.GetElapsedTime(began).TotalSeconds;
        }

        Once(pairs[..2]);
        double seconds = Once(pairs);
        ComputeThread.Enter();
        return seconds;
    }

    /// <summary>The products that the step cannot do without, alone, on as many threads: every projection forward and for its input's gradient, the head over completion tokens both ways.</summary>
    private static double BareProducts(ModelConfig config, int tokens, int targets, int workers)
    {
        int width = config.HiddenSize, keys = config.KeyValueHeads * config.HeadSize, part = Budget, heads = config.Heads * config.HeadSize;
        (int Out, int In)[] projections = [(heads + (2 * keys), width), (width, heads), (2 * config.IntermediateSize, width), (width, config.IntermediateSize)];
        double seconds = projections.Sum(p => Both(p.Out, p.In, part)) * config.Layers * tokens / (part * (double)workers);
        return seconds + (Both(config.VocabularySize, width, 256) * targets / (256.0 * workers));

        // Each worker's own, at once; the best of six.
        double Both(int rows, int columns, int count)
        {
            double[] times = [.. Enumerable.Repeat(double.MaxValue, workers)];
            using Tensor weight = randn(rows, columns).to(Type);
            Parallel(workers, worker =>
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor input = randn(count, columns).to(Type), gradient = randn(count, rows).to(Type);
                for (int run = 0; run < 6; run++)
                {
                    using DisposeScope inner = NewDisposeScope();
                    long began = Stopwatch.GetTimestamp();
                    nn.functional.linear(input, weight);
                    mm(gradient, weight);
                    times[worker] = Math.Min(times[worker], Stopwatch.GetElapsedTime(began).TotalSeconds);
                }
            });
            return times.Max();
        }
    }

    private static double Peak(int workers)
    {
        double[] rates = new double[workers];
        Parallel(workers, worker =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor a = randn(2048, 2048).to(Type), b = randn(2048, 2048).to(Type);
            for (int run = 0; run < 6; run++)
            {
                long began = Stopwatch.GetTimestamp();
                using Tensor product = mm(a, b);
                rates[worker] = Math.Max(rates[worker], 2 * Math.Pow(2048, 3) / 1e9 / Stopwatch.GetElapsedTime(began).TotalSeconds);
            }
        });
        return rates.Sum();
    }

    private static void Parallel(int workers, Action<int> work)
    {
        Thread[] threads = [.. Enumerable.Range(0, workers).Select(worker => new Thread(() =>
        {
            ComputeThread.Enter();
            using var _ = no_grad();
            work(worker);
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
    }

    private static long Updates(ModelConfig config) => TensorLayout.For(config).Parameters
        .Where(p => p.Name is { IsLinearWeight: true, InLayer: true }).Sum(p => Lora.Rank * (p.Shape[0] + p.Shape[1]));

    private static LoraModel Model(ModelConfig config)
    {
        IReadOnlyDictionary<string, Shape> shapes = TensorLayout.For(config).Shapes;
        FrozenDecoder frozen = FrozenDecoder.Create(
            config, name => ParameterName.Parse(name) is { IsNorm: true } ? ones(shapes[name].ToArray()) : empty(shapes[name].ToArray(), Type).normal_(0, 0.02), Type);
        return new LoraModel(frozen, Lora, Key);
    }

    private static ModelConfig Config()
    {
        string folder = Directory.CreateTempSubdirectory("plum-bench-").FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), """
            {
              "model_type": "qwen2", "vocab_size": 151936, "hidden_size": 896, "intermediate_size": 4864, "num_hidden_layers": 24, "num_attention_heads": 14,
              "num_key_value_heads": 2, "max_position_embeddings": 4096, "rms_norm_eps": 1e-6, "rope_theta": 1000000.0, "tie_word_embeddings": true, "hidden_act": "silu"
            }
            """);
        ModelConfig config = ModelConfig.Read(folder);
        Directory.Delete(folder, recursive: true);
        return config;
    }
}
