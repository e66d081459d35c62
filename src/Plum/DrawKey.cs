using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Plum;

/// <summary>
/// Names a stream of random numbers by what it is for, (seed, round, purpose, subject), and by nothing else:
/// not by time, thread, rank or the order of work. Equal keys give equal streams on every machine.
/// </summary>
/// <param name="Seed">The run's seed.</param>
/// <param name="Round">The round, from 1; 0 before the first.</param>
/// <param name="Purpose">What the draws decide: <c>candidates</c>, <c>references</c>, <c>shuffle</c>...</param>
/// <param name="Subject">Whom they are for, usually an instruction's id.</param>
public readonly record struct DrawKey(ulong Seed, int Round, string Purpose, string Subject = "")
{
    /// <summary>The stream's 64-bit seed for sample <paramref name="sample"/>: the head of SHA-256 over the key.</summary>
    /// <param name="sample">Which of several parallel streams of this key.</param>
    public ulong StreamSeed(int sample = 0)
    {
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{Seed}\n{Round}\n{Purpose}\n{Subject}\n{sample}"));
        return BinaryPrimitives.ReadUInt64LittleEndian(digest);
    }

    /// <summary>A generator over this key's stream.</summary>
    /// <param name="sample">Which of several parallel streams of this key.</param>
    public RandomStream Open(int sample = 0) => new(StreamSeed(sample));
}

/// <summary>SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): small, fast, the same numbers everywhere.</summary>
/// <param name="seed">Where the stream starts.</param>
public sealed class RandomStream(ulong seed)
{
    private ulong state = seed;

    /// <summary>64 uniform bits.</summary>
    public ulong NextUInt64()
    {
        ulong z = state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, <paramref name="limit"/>).</summary>
    /// <param name="limit">Exclusive upper bound, positive.</param>
    public int NextInt32(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return (int)(UInt128.CreateTruncating(NextUInt64()) * (uint)limit >> 64);
    }

    /// <summary>A standard normal draw (Box and Muller).</summary>
    public double NextNormal() =>
        Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>Permutes <paramref name="items"/> in place (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int last = items.Length - 1; last > 0; last--)
        {
            int other = NextInt32(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }
}
