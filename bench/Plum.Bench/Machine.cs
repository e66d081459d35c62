using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Plum.Bench;

/// <summary>What the machine can do at best, measured on all processors: products of 256 x 256 to 2048 x 2048, and reading memory in order.</summary>
internal sealed record Machine(double Float32, double BFloat16, double Bandwidth)
{
    /// <summary>The best of several tries each: others may use the machine.</summary>
    public static Machine Measure() => new(
        MatmulPeak(ScalarType.Float32), MatmulPeak(ScalarType.BFloat16), ReadPeak());

    /// <summary>The least seconds that an action takes, of tries within a while.</summary>
    public static double Best(Action action, double seconds = 1)
    {
        action();
        double best = double.MaxValue;
        for (long began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began).TotalSeconds < seconds;)
        {
            long at = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(at).TotalSeconds);
        }

        return best;
    }

    /// <summary>Runs a share of an action on each processor and waits for all.</summary>
    public static void OnAll(Action<int> action)
    {
        Thread[] others = [.. Enumerable.Range(1, Environment.ProcessorCount - 1).Select(part => new Thread(() => action(part)))];
        foreach (Thread thread in others)
            thread.Start();
        action(0);
        foreach (Thread thread in others)
            thread.Join();
    }

    private static double MatmulPeak(ScalarType type)
    {
        // A type that the processor lacks takes minutes for a product of the size that others are best at.
        double best = 0;
        set_num_threads(Environment.ProcessorCount);
        for (long size = 256; size <= 2048; size *= 2)
        {
            using Tensor a = randn(size, size).to(type), b = randn(size, size).to(type);
            double seconds = Best(() => a.mm(b).Dispose(), size == 2048 ? 1 : 0.1);
            best = Math.Max(best, 2.0 * size * size * size / seconds);
            if (seconds > 0.05 * size / 1024) break;
        }

        set_num_threads(1);
        return best;
    }

    private static unsafe double ReadPeak()
    {
        // Many times the caches, and given back to the system afterwards.
        const int count = 1 << 27;
        float* memory = (float*)NativeMemory.AlignedAlloc(sizeof(float) * (nuint)count, 64);
        new Span<float>(memory, count).Fill(1);
        int share = count / Environment.ProcessorCount;
        float[] sums = new float[Environment.ProcessorCount];
        double seconds = Best(() => OnAll(part =>
        {
            Vector512<float> a = default, b = default, c = default, d = default;
            for (float* at = memory + ((nint)part * share), end = at + share; at < end; at += 64)
            {
                a += Vector512.Load(at);
                b += Vector512.Load(at + 16);
                c += Vector512.Load(at + 32);
                d += Vector512.Load(at + 48);
            }

            sums[part] = Vector512.Sum(a + b + c + d);
        }));
        NativeMemory.AlignedFree(memory);
        return sizeof(float) * (double)count / seconds;
    }
}
