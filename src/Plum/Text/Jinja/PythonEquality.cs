namespace Plum.Text.Jinja;

/// <summary>== , &lt; and hash as Python has them: numbers compare across types, texts by code point, lists item by item.</summary>
internal sealed class PythonEquality : IEqualityComparer<object>
{
    public static PythonEquality Comparer { get; } = new();

    public new bool Equals(object? left, object? right)
    {
        if (left is null || right is null) return left is null && right is null;
        if (left is Undefined || right is Undefined) return left is Undefined && right is Undefined;
        if (left is long a && right is long b) return a == b;
        if (PythonValue.Number(left) is { } x) return PythonValue.Number(right) is { } y && x == y;
        return (left, right) switch
        {
            (string first, string second) => first == second,
            (PythonTuple first, PythonTuple second) => SameItems(first, second),
            (PythonTuple, _) or (_, PythonTuple) => false,
            (List<object?> first, List<object?> second) => SameItems(first, second),
            (PythonDictionary first, PythonDictionary second) => first.Count == second.Count
                && first.All(item => second.TryGetValue(item.Key, out object? other) && Equals(item.Value, other)),
            _ => ReferenceEquals(left, right),
        };
    }

    public int GetHashCode(object value) => value switch
    {
        PythonTuple tuple => tuple.Aggregate(17, (hash, item) => (hash * 31) + (item is null ? 0 : GetHashCode(item))),
        List<object?> or PythonDictionary => throw JinjaException.Type($"unhashable type: '{PythonValue.TypeName(value)}'"),
        string text => text.GetHashCode(StringComparison.Ordinal),
        _ => PythonValue.Number(value) is { } number ? number.GetHashCode() : value.GetHashCode(),
    };

    /// <summary>Less than zero, zero or greater, as left is to right.</summary>
    /// <exception cref="JinjaException">A TypeError: the two have no order.</exception>
    public static int Compare(object? left, object? right, string sign)
    {
        if (left is Undefined undefined) throw undefined.Error();
        if (right is Undefined other) throw other.Error();
        if (left is long a && right is long b) return a.CompareTo(b);
        if (PythonValue.Number(left) is { } x && PythonValue.Number(right) is { } y) return x.CompareTo(y);
        if (left is string first && right is string second) return CompareTexts(first, second);
        if (left is List<object?> one && right is List<object?> two && left is PythonTuple == right is PythonTuple)
        {
            for (int i = 0; i < Math.Min(one.Count, two.Count); i++)
            {
                if (!Comparer.Equals(one[i], two[i])) return Compare(one[i], two[i], sign);
            }

            return one.Count.CompareTo(two.Count);
        }

        throw JinjaException.Type($"'{sign}' not supported between instances of '{PythonValue.TypeName(left)}' and '{PythonValue.TypeName(right)}'");
    }

    /// <summary>By code point: surrogates sort above the rest of the basic plane.</summary>
    private static int CompareTexts(string left, string right)
    {
        for (int i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            if (left[i] == right[i]) continue;
            bool leftPair = char.IsSurrogate(left[i]), rightPair = char.IsSurrogate(right[i]);
            return leftPair == rightPair ? left[i].CompareTo(right[i]) : leftPair ? 1 : -1;
        }

        return left.Length.CompareTo(right.Length);
    }

    private static bool SameItems(List<object?> left, List<object?> right)
    {
        if (left.Count != right.Count) return false;
        for (int i = 0; i < left.Count; i++)
        {
            if (!Comparer.Equals(left[i], right[i])) return false;
        }

        return true;
    }
}
