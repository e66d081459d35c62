using System.Diagnostics;
using System.Text.Json;
using Plum.Models;
using Plum.Torch.Checkpoints;
using Plum.Torch.Decoding;
using static TorchSharp.torch;

namespace Plum.Bench;

/// <summary>
/// What sampling costs beside what the machine can do and beside the bare products of the same shapes, in one process: the
/// seed policy, and random weights in the shape of Qwen2.5-Coder-0.5B in bfloat16. The best of several tries each.
/// </summary>
internal static class EngineBench
{
    private static readonly HashSet<int> NoEnd = [];

    public static void Run(string assets, string part)
    {
        Machine machine = Machine.Measure();
        Console.WriteLine($"{Environment.ProcessorCount} processors, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}; at best float32 {machine.Float32 / 1e9:0} GFLOP/s, "
            + $"bfloat16 {machine.BFloat16 / 1e9:0} GFLOP/s, memory {machine.Bandwidth / 1e9:0.0} GB/s");
        if (part is "all" or "seed")
            SeedPolicy(assets, machine);
        if (part is "all" or "shape")
            Shape(machine);
    }

    /// <summary>64 prompts x 16 samples, as rounds sample: each prompt encoded once, and then once a sample.</summary>
    private static void SeedPolicy(string assets, Machine machine)
    {
        PeakMemory.Reset();
        using SamplingModel model = SamplingModel.Open(Path.Combine(assets, "policy"), ScalarType.Float32);
        int[][] prompts = [.. File.ReadLines(Path.Combine(assets, "instructions", "plum.jsonl")).Take(64).Select(line => model.Tokenizer.Encode(
            model.Template!.Render([new ChatMessage("user", JsonDocument.Parse(line).RootElement.GetProperty("instruction").GetString()!)])))];
        using BareProducts bare = new(model.Config, ScalarType.Float32);
        foreach (bool shared in (bool[])[true, false])
        {
            GenerationRequest[] requests = [.. prompts.SelectMany((prompt, index) => shared
                ? [new GenerationRequest(prompt, new DrawKey(1, 0, "bench", $"{index}"), 16, new SamplingOptions(MaxTokens: 90))]
                : Enumerable.Range(0, 16).Select(sample => new GenerationRequest(prompt, new DrawKey(1, 0, "bench", $"{index}/{sample}"), 1, new SamplingOptions(MaxTokens: 90))))];
            int workers = Environment.ProcessorCount, tokens = 0;
            double seconds = Machine.Best(() =>
            {
                IReadOnlyList<Generation>[] found = new IReadOnlyList<Generation>[workers];
                Machine.OnAll(part => found[part] = [.. model.OpenBatch(128, 1)
                    .Run([.. requests.Skip(requests.Length * part / workers).Take(requests.Length / workers)], default).SelectMany(samples => samples)]);
                tokens = found.SelectMany(samples => samples).Sum(sample => sample.TokenIds.Count);
            }, 6);
            int encoded = requests.Sum(request => request.Prompt.Length);
            double step = bare.Seconds(128, 128, 1, 0.5) / workers, products = bare.Operations(tokens + encoded, tokens + requests.Length);
            Console.WriteLine($"seed policy, 64 x 16, prefixes {(shared ? "shared" : "not shared")}: {tokens / seconds:0} tokens/s, {1024 / seconds:0} completions/s of {tokens / 1024.0:0} tokens, "
                + $"{encoded} prompt tokens; {products / seconds / 1e9:0} GFLOP/s ({products / seconds / machine.Float32:P0} of libtorch's best), "
                + $"{seconds / (step * products / bare.Operations(128, 128)):0.00} x bare products; peak {PeakMemory.Bytes >> 20} MiB");
        }
    }

    private static void Shape(Machine machine)
    {
        ModelConfig config = new(
            ModelFamily.Qwen2, VocabularySize: 151936, HiddenSize: 896, Layers: 24, Heads: 14, KeyValueHeads: 2, HeadSize: 64, IntermediateSize: 4864,
            MaxPositions: 4096, NormKind.Rms, 1e-6, PositionKind.Rope, RopeTheta: 1e6, RopeScaling: null, [.. new int?[24]], Activation.Silu, GatedMlp: true,
            QueryKeyValueBias: true, OutputBias: false, MlpBias: false, TiedEmbeddings: true, MultiQueryFused: false, StorageType.BFloat16, [], null, null);
        TensorLayout layout = TensorLayout.For(config);
        PeakMemory.Reset();
        Console.WriteLine($"before {PeakMemory.Bytes >> 20} MiB");
        using DecoderSnapshot model = new(config, name => randn(layout.Shapes[name].ToArray(), ScalarType.BFloat16) * (name.EndsWith("norm.weight", StringComparison.Ordinal) ? 1 : 0.02), ScalarType.BFloat16);
        Console.WriteLine($"0.5B shape, bfloat16: {config.Parameters / 1e6:0} million parameters, {model.Bytes >> 20} MiB packed; peak while packing {PeakMemory.Bytes >> 20} MiB");

        foreach ((string name, int prompt, int count, int requests, int draws) in ((string, int, int, int, int)[])[
            ("prefill 512", 512, 1, 1, 1), ("decode, batch 1", 32, 1, 1, 48), ("decode, batch 8", 32, 1, 8, 32), ("decode, batch 32", 32, 1, 32, 24),
            ("20 samples of one 300-token prompt", 300, 20, 1, 64), ("the same, prefixes not shared", 300, 1, 20, 64)])
        {
            PeakMemory.Reset();
            (double encode, double decode, long cache) = Time(model, prompt, count, requests, draws);
            long peak = PeakMemory.Bytes;
            int rows = count * requests;
            using BareProducts bare = new(config, ScalarType.BFloat16);
            double bareEncode = bare.Seconds(Math.Min(512, prompt), 1, Environment.ProcessorCount, 1) * requests * prompt / Math.Min(512, prompt), bareStep = draws > 1 ? bare.Seconds(rows, rows, Environment.ProcessorCount, 1) : 0, step = decode / Math.Max(1, draws - 1);
            Console.WriteLine($"{name}: prompts {requests * prompt / encode:0} tokens/s, {bare.Operations(prompt * requests, requests) / encode / machine.BFloat16:P0} of best, {encode / bareEncode:0.00} x bare products; "
                + (draws > 1 ? $"decoding {rows / step:0.0} tokens/s, {step * 1e3:0.0} ms a step, {bare.Operations(rows, rows) / step / machine.BFloat16:P0} of best, {(model.Bytes + cache) / step / machine.Bandwidth:P0} of bandwidth, "
                    + $"{step / bareStep:0.00} x bare products ({bareStep * 1e3:0.0} ms); both {rows * draws / (encode + decode):0} tokens/s; " : "")
                + $"cache {cache >> 20} MiB, peak {peak >> 20} MiB, {(double)peak / (model.Bytes + cache):0.00} x weights and cache");
        }
    }

    /// <summary>The least seconds to encode and the least to decode, and what the cache took.</summary>
    private static (double Encode, double Decode, long CacheBytes) Time(DecoderSnapshot model, int prompt, int count, int requests, int draws)
    {
        double encode = double.MaxValue, decode = double.MaxValue;
        long cache = 0;
        for (int round = 0; round < 3; round++)
        {
            using DecodingSession session = new(model, null, NoEnd, requests * count, Environment.ProcessorCount);
            RandomStream random = new(7);
            session.Add([.. Enumerable.Range(0, requests).Select(request => new GenerationRequest(
                [.. Enumerable.Range(0, prompt).Select(_ => random.NextInt32(model.Config.VocabularySize))], new DrawKey(1, 0, "bench", $"{request}"), count, new SamplingOptions(MaxTokens: draws + 1)))], _ => { });
            // The first step encodes and decodes once; a step's time is taken off it.
            long began = Stopwatch.GetTimestamp();
            bool more = session.Step();
            double first = Stopwatch.GetElapsedTime(began).TotalSeconds, steps = 0;
            List<double> times = [];
            while (more)
            {
                began = Stopwatch.GetTimestamp();
                more = session.Step();
                times.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            }

            times.Sort();
            steps = times.Count > 0 ? times[times.Count / 4] * (draws - 1) : 0;
            double alone = times.Count > 0 ? times[times.Count / 4] : 0;
            (encode, decode, cache) = (Math.Min(encode, first - alone), Math.Min(decode, steps), session.CacheBytes);
        }

        return (encode, decode, cache);
    }
}
