namespace Plum.Text;

/// <summary>64-bit hashes that are the same in every process, for tables of texts; no defence against forgery.</summary>
internal static class StableHash
{
    /// <summary>FNV-1a over a text's UTF-16 units, mixed.</summary>
    /// <param name="text">The text.</param>
    public static ulong Of(string text)
    {
        ulong hash = 14695981039346656037;
        foreach (char unit in text) hash = (hash ^ unit) * 1099511628211;
        return Mix(hash);
    }

    /// <summary>One hash of several, in their order.</summary>
    /// <param name="hashes">The hashes.</param>
    public static ulong Of(ReadOnlySpan<ulong> hashes)
    {
        ulong hash = 0;
        foreach (ulong one in hashes) hash = hash * 0x9E3779B97F4A7C15 + one;
        return Mix(hash);
    }

    /// <summary>SplitMix64's finalizer: every bit of the input counts for every bit of the result.</summary>
    /// <param name="value">What is mixed.</param>
    public static ulong Mix(ulong value)
    {
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
        value = (value ^ value >> 27) * 0x94D049BB133111EB;
        return value ^ value >> 31;
    }
}
