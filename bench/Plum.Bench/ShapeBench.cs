using System.Diagnostics;
using Plum.Models;
using Plum.Torch.Checkpoints;
using Plum.Torch.Decoding;
using static TorchSharp.torch;

namespace Plum.Bench;

/// <summary>Sampling from random weights: the time of prompts and of steps apart, beside bare products, and the process's peak of memory.</summary>
internal static class ShapeBench
{
    private static readonly HashSet<int> NoEnd = [];

    private static readonly ModelConfig CoderShape = new(
        ModelFamily.Qwen2, VocabularySize: 151936, HiddenSize: 896, Layers: 24, Heads: 14, KeyValueHeads: 2, HeadSize: 64, IntermediateSize: 4864,
        MaxPositions: 4096, NormKind.Rms, 1e-6, PositionKind.Rope, RopeTheta: 1e6, RopeScaling: null, [.. new int?[24]], Activation.Silu, GatedMlp: true,
        QueryKeyValueBias: true, OutputBias: false, MlpBias: false, TiedEmbeddings: true, MultiQueryFused: false, StorageType.BFloat16, [], null, null);

    private static readonly ModelConfig SmallShape = CoderShape with
    {
        VocabularySize = 1024,
        HiddenSize = 192,
        Layers = 6,
        Heads = 6,
        KeyValueHeads = 2,
        HeadSize = 32,
        IntermediateSize = 512,
        SlidingWindows = [.. new int?[6]],
    };

    private sealed record Case(string Name, int Prompt, int Count, int Requests, int Draws, int Threads)
    {
        public int Rows => Count * Requests;
    }

    /// <summary>Qwen2.5-Coder-0.5B in bfloat16.</summary>
    public static void Coder(Machine machine, string only)
    {
        int all = Environment.ProcessorCount;
        using DecoderSnapshot model = Create("0.5B shape", CoderShape, ScalarType.BFloat16);
        Run(machine, model, only,
            new("prefill 512", 512, 1, 1, 1, all), new("decode, batch 1", 32, 1, 1, 48, all), new("decode, batch 8", 32, 1, 8, 32, all), new("decode, batch 32", 32, 1, 32, 24, all),
            new("20 samples of one 300-token prompt", 300, 20, 1, 64, all), new("the same, prefixes not shared", 300, 1, 20, 64, all));
    }

    /// <summary>About the embedded policy's size.</summary>
    public static void Small(Machine machine, string only)
    {
        foreach (ScalarType type in (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16])
        {
            using DecoderSnapshot model = Create("2.6M shape", SmallShape, type);
            foreach (int threads in (int[])[1, Environment.ProcessorCount])
                Run(machine, model, only, new Case($"batch 64, {threads} threads", 32, 1, 64, 128, threads));
        }
    }

    private static DecoderSnapshot Create(string name, ModelConfig config, ScalarType type)
    {
        TensorLayout layout = TensorLayout.For(config);
        PeakMemory.Reset();
        long before = PeakMemory.Bytes;
        DecoderSnapshot model = new(config, parameter => parameter.EndsWith("norm.weight", StringComparison.Ordinal)
            ? ones(layout.Shapes[parameter].ToArray(), type) : empty(layout.Shapes[parameter].ToArray(), type).normal_(0, 0.02), type);
        Console.WriteLine($"{name}, {type}: {config.Parameters / 1e6:0.0} million parameters, {model.Bytes >> 20} MiB; the process held {before >> 20} MiB before, at most {PeakMemory.Bytes >> 20} while packing");
        return model;
    }

    private static void Run(Machine machine, DecoderSnapshot model, string only, params Case[] cases)
    {
        foreach (Case one in cases.Where(one => one.Name.Contains(only, StringComparison.Ordinal)))
        {
            PeakMemory.Reset();
            (double encode, double step, long cache) = Time(model, one);
            long peak = PeakMemory.Bytes, held = model.Bytes + cache;
            // Where libtorch multiplies float32 faster, that is what there is to be compared with.
            ScalarType products = model.DType == ScalarType.BFloat16 && machine.BFloat16 > machine.Float32 ? ScalarType.BFloat16 : ScalarType.Float32;
            double best = Math.Max(machine.Float32, model.DType == ScalarType.BFloat16 ? machine.BFloat16 : 0);
            using BareProducts bare = new(model.Config, products);
            // Prompts go in passes of 512 tokens at most.
            int tokens = one.Prompt * one.Requests, pass = Math.Min(512, tokens);
            double bareEncode = bare.Seconds(pass, Math.Min(one.Requests, pass / one.Prompt), one.Threads, 1) * tokens / pass;
            Console.WriteLine($"{one.Name}: prompts {tokens / encode:0} tokens/s, {encode:0.000} s, {bare.Operations(tokens, one.Requests) / encode / best:P0} of best, {encode / bareEncode:0.00} x bare products in {products}");
            if (one.Draws > 1)
            {
                double bareStep = bare.Seconds(one.Rows, one.Rows, one.Threads, 1);
                Console.WriteLine($"    decoding {one.Rows / step:0.0} tokens/s, {step * 1e3:0.0} ms a step, {bare.Operations(one.Rows, one.Rows) / step / best:P0} of best, {held / step / machine.Bandwidth:P0} of bandwidth, "
                    + $"{step / bareStep:0.00} x bare products ({bareStep * 1e3:0.0} ms); with the prompts {one.Rows * one.Draws / (encode + (step * (one.Draws - 1))):0} tokens/s");
            }

            Console.WriteLine($"    weights and cache {held >> 20} MiB, of them cache {cache >> 20}; the process at most {peak >> 20} MiB, {(double)peak / held:0.00} times that");
        }
    }

    /// <summary>The least seconds to encode the prompts and the least for a step, and what the cache took.</summary>
    private static (double Encode, double Step, long CacheBytes) Time(DecoderSnapshot model, Case one)
    {
        double encode = double.MaxValue, step = one.Draws > 1 ? double.MaxValue : 0;
        long cache = 0;
        for (int round = 0; round < 3; round++)
        {
            using DecodingSession session = new(model, null, NoEnd, one.Rows, one.Threads);
            RandomStream random = new(7);
            session.Add([.. Enumerable.Range(0, one.Requests).Select(request => new GenerationRequest(
                [.. Enumerable.Range(0, one.Prompt).Select(_ => random.NextInt32(model.Config.VocabularySize))], new DrawKey(1, 0, "bench", $"{request}"), one.Count, new SamplingOptions(MaxTokens: one.Draws)))], _ => { });
            // The first step encodes and, where more than one token is asked for, decodes once: a step's time is taken off it.
            long began = Stopwatch.GetTimestamp();
            bool more = session.Step();
            double first = Stopwatch.GetElapsedTime(began).TotalSeconds;
            List<double> times = [];
            while (more)
            {
                began = Stopwatch.GetTimestamp();
                more = session.Step();
                times.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            }

            times.Sort();
            double usual = times.Count > 0 ? times[times.Count / 4] : 0;
            (encode, step, cache) = (Math.Min(encode, first - usual), Math.Min(step, usual), session.CacheBytes);
        }

        return (encode, step, cache);
    }
}
