using System.Numerics;

namespace Plum.Sandboxes;

/// <summary>
/// A Python value of exact built-in types. Equality is type for type: <c>1</c>, <c>1.0</c> and <c>True</c> all differ, and
/// so do a list and a tuple. Two liberties, without which right programs would fail: NaN equals NaN, and -0.0 equals 0.0.
/// </summary>
public abstract record TypedValue
{
    private TypedValue()
    {
    }

    /// <summary><c>None</c>.</summary>
    public sealed record None : TypedValue
    {
        /// <summary>The one instance that is needed.</summary>
        public static None Instance { get; } = new();
    }

    /// <summary>A <c>bool</c>.</summary>
    /// <param name="Value">True or false.</param>
    public sealed record Bool(bool Value) : TypedValue;

    /// <summary>An <c>int</c> of any size.</summary>
    /// <param name="Value">The number.</param>
    public sealed record Int(BigInteger Value) : TypedValue;

    /// <summary>A <c>float</c>.</summary>
    /// <param name="Value">The number.</param>
    public sealed record Float(double Value) : TypedValue;

    /// <summary>A <c>complex</c>.</summary>
    /// <param name="Real">The real part.</param>
    /// <param name="Imaginary">The imaginary part.</param>
    public sealed record Complex(double Real, double Imaginary) : TypedValue;

    /// <summary>A <c>str</c>, in UTF-16.</summary>
    /// <param name="Value">The text.</param>
    public sealed record Str(string Value) : TypedValue;

    /// <summary>A <c>bytes</c>.</summary>
    /// <param name="Value">The bytes.</param>
    public sealed record Bytes(ReadOnlyMemory<byte> Value) : TypedValue
    {
        /// <summary>Byte for byte.</summary>
        public bool Equals(Bytes? other) => other is not null && Value.Span.SequenceEqual(other.Value.Span);

        /// <inheritdoc/>
        public override int GetHashCode()
        {
            HashCode hash = new();
            hash.AddBytes(Value.Span);
            return hash.ToHashCode();
        }
    }

    /// <summary>A <c>list</c>.</summary>
    /// <param name="Items">The items in order.</param>
    public sealed record List(IReadOnlyList<TypedValue> Items) : TypedValue
    {
        /// <summary>Item for item, in order.</summary>
        public bool Equals(List? other) => other is not null && SameItems(Items, other.Items);

        /// <inheritdoc/>
        public override int GetHashCode() => ItemsHash('[', Items);
    }

    /// <summary>A <c>tuple</c>.</summary>
    /// <param name="Items">The items in order.</param>
    public sealed record Tuple(IReadOnlyList<TypedValue> Items) : TypedValue
    {
        /// <summary>Item for item, in order.</summary>
        public bool Equals(Tuple? other) => other is not null && SameItems(Items, other.Items);

        /// <inheritdoc/>
        public override int GetHashCode() => ItemsHash('(', Items);
    }

    /// <summary>A <c>set</c>.</summary>
    /// <param name="Items">The members, in no order.</param>
    public sealed record Set(IReadOnlyList<TypedValue> Items) : TypedValue
    {
        /// <summary>The same members.</summary>
        public bool Equals(Set? other) => other is not null && SameMembers(Items, other.Items);

        /// <inheritdoc/>
        public override int GetHashCode() => MembersHash('{', Items);
    }

    /// <summary>A <c>frozenset</c>.</summary>
    /// <param name="Items">The members, in no order.</param>
    public sealed record FrozenSet(IReadOnlyList<TypedValue> Items) : TypedValue
    {
        /// <summary>The same members.</summary>
        public bool Equals(FrozenSet? other) => other is not null && SameMembers(Items, other.Items);

        /// <inheritdoc/>
        public override int GetHashCode() => MembersHash('f', Items);
    }

    /// <summary>A <c>dict</c>.</summary>
    /// <param name="Items">Keys and values in insertion order, which does not count for equality.</param>
    public sealed record Dict(IReadOnlyList<KeyValuePair<TypedValue, TypedValue>> Items) : TypedValue
    {
        /// <summary>The same keys with the same values.</summary>
        public bool Equals(Dict? other)
        {
            if (other is null || Items.Count != other.Items.Count)
                return false;
            Dictionary<TypedValue, TypedValue> mine = new(Items.Count);
            foreach ((TypedValue key, TypedValue value) in Items)
                mine[key] = value;
            foreach ((TypedValue key, TypedValue value) in other.Items)
                if (!mine.Remove(key, out TypedValue? match) || !match.Equals(value))
                    return false;
            return mine.Count == 0;
        }

        /// <inheritdoc/>
        public override int GetHashCode()
        {
            int hash = Items.Count;
            foreach ((TypedValue key, TypedValue value) in Items)
                hash += HashCode.Combine(key, value);
            return HashCode.Combine('d', hash);
        }
    }

    /// <summary>Anything else a program may return: an instance, a generator, a subclass of a built-in. Equal to nothing, itself included.</summary>
    /// <param name="TypeName">The name of its type as the program tells it; empty where it lies inside another value.</param>
    public sealed record Opaque(string TypeName) : TypedValue
    {
        /// <summary>Never.</summary>
        public bool Equals(Opaque? other) => false;

        /// <inheritdoc/>
        public override int GetHashCode() => TypeName.GetHashCode(StringComparison.Ordinal);
    }

    /// <summary>The value as a Python literal.</summary>
    public sealed override string ToString() => PythonLiteral.Format(this);

    private static bool SameItems(IReadOnlyList<TypedValue> left, IReadOnlyList<TypedValue> right)
    {
        if (left.Count != right.Count)
            return false;
        for (int at = 0; at < left.Count; at++)
            if (!left[at].Equals(right[at]))
                return false;
        return true;
    }

    private static bool SameMembers(IReadOnlyList<TypedValue> left, IReadOnlyList<TypedValue> right) =>
        left.Count == right.Count && new HashSet<TypedValue>(left).SetEquals(right);

    private static int ItemsHash(char kind, IReadOnlyList<TypedValue> items)
    {
        HashCode hash = new();
        hash.Add(kind);
        foreach (TypedValue item in items)
            hash.Add(item);
        return hash.ToHashCode();
    }

    private static int MembersHash(char kind, IReadOnlyList<TypedValue> items)
    {
        int hash = items.Count;
        foreach (TypedValue item in items)
            hash += item.GetHashCode();
        return HashCode.Combine(kind, hash);
    }
}
