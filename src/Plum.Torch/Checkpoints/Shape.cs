namespace Plum.Torch.Checkpoints;

/// <summary>The extents of a tensor, outermost first; equal where all extents are.</summary>
/// <param name="extents">One non-negative extent per dimension; none for a scalar.</param>
public sealed class Shape(params long[] extents) : IEquatable<Shape>
{
    private readonly long[] extents = [.. extents];

    /// <summary>The extents, outermost first.</summary>
    public ReadOnlySpan<long> Extents => extents;

    /// <summary>How many dimensions there are.</summary>
    public int Rank => extents.Length;

    /// <summary>The extent of one dimension.</summary>
    /// <param name="dimension">Which, from 0.</param>
    public long this[int dimension] => extents[dimension];

    /// <summary>How many elements a tensor of this shape has; 1 for a scalar.</summary>
    /// <exception cref="OverflowException">The product does not fit 64 bits.</exception>
    public long Elements
    {
        get
        {
            long product = 1;
            foreach (long extent in extents) product = checked(product * extent);
            return product;
        }
    }

    /// <summary>The extents as TorchSharp takes them: a fresh array.</summary>
    public long[] ToArray() => [.. extents];

    /// <inheritdoc/>
    public bool Equals(Shape? other) => other is not null && extents.AsSpan().SequenceEqual(other.extents);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = new();
        foreach (long extent in extents) hash.Add(extent);
        return hash.ToHashCode();
    }

    /// <summary>The way Python prints it: <c>[131, 32]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", extents)}]";
}
