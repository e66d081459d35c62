using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>
/// More inputs like some that are known: type-aware mutation (EvalPlus, Liu et al., arXiv 2305.01210, section 2.2). A number moves
/// a little, a text or a list loses, repeats or gains an item, a value is exchanged for another of its type that the known inputs hold.
/// What the known inputs never show is not made either: a negative number, an empty list. Numbers that programs name are values too,
/// with their neighbours, for it is there that wrong programs differ.
/// </summary>
internal sealed partial class InputVariation
{
    private const int MostTries = 8;

    private readonly IReadOnlyList<Call> known;
    private readonly Dictionary<Type, List<TypedValue>> seen = [];
    private readonly BigInteger leastNumber = 0;
    private readonly bool mayBeEmpty;

    /// <summary>Learns from inputs.</summary>
    /// <param name="known">The inputs.</param>
    /// <param name="programs">Programs for them, right or wrong; null for none.</param>
    public InputVariation(IReadOnlyList<Call> known, IEnumerable<string>? programs = null)
    {
        this.known = known;
        foreach (TypedValue value in known.SelectMany(Arguments).SelectMany(Within))
        {
            if (!seen.TryGetValue(value.GetType(), out List<TypedValue>? ofType)) seen[value.GetType()] = ofType = [];
            if (!ofType.Contains(value)) ofType.Add(value);
        }

        BigInteger[] numbers = [.. Seen<TypedValue.Int>().Select(number => number.Value)];
        foreach (TypedValue.Int bound in numbers.Length == 0 ? [] : Bounds(programs ?? []))
            if (!seen[typeof(TypedValue.Int)].Contains(bound)) seen[typeof(TypedValue.Int)].Add(bound);
        if (numbers.Length > 0) leastNumber = numbers.Min() < 0 ? 2 * numbers.Min() : numbers.Min();
        mayBeEmpty = known.SelectMany(Arguments).Any(value => Items(value) is { Count: 0 } || value is TypedValue.Str { Value: "" } || value is TypedValue.Dict { Items.Count: 0 });
    }

    /// <summary>Distinct inputs that are none of the known ones; fewer than asked for where few can be made.</summary>
    /// <param name="count">How many.</param>
    /// <param name="random">Decides.</param>
    public IReadOnlyList<Call> Make(int count, RandomStream random)
    {
        HashSet<string> texts = [.. known.Select(call => call.ToString())];
        List<Call> made = [];
        if (known.Count == 0) return made;
        for (int tries = 0; made.Count < count && tries < MostTries * count; tries++)
        {
            Call from = known[random.NextInt32(known.Count)];
            int changed = random.NextInt32(Math.Max(1, from.Positional.Count + from.Keywords.Count));
            bool all = random.NextInt32(3) == 0;
            Call call = new(
                [.. from.Positional.Select((value, at) => all || at == changed ? Vary(value, random) : value)],
                [.. from.Keywords.Select((keyword, at) => KeyValuePair.Create(keyword.Key, all || from.Positional.Count + at == changed ? Vary(keyword.Value, random) : keyword.Value))]);
            if (texts.Add(call.ToString())) made.Add(call);
        }

        return made;
    }

    private TypedValue Vary(TypedValue value, RandomStream random) => value switch
    {
        TypedValue.Bool(bool truth) => new TypedValue.Bool(!truth),
        TypedValue.Int(BigInteger number) => new TypedValue.Int(BigInteger.Max(
            leastNumber, random.NextInt32(2) == 0 ? Pick<TypedValue.Int>(random).Value : number + random.NextInt32(7) - 3)),
        TypedValue.Float(double number) => random.NextInt32(3) == 0 ? Pick<TypedValue.Float>(random) : new TypedValue.Float(number + (random.NextInt32(7) - 3) / 2.0),
        TypedValue.Str(string text) => random.NextInt32(3) == 0 ? Pick<TypedValue.Str>(random) : new TypedValue.Str(Vary(text, random)),
        TypedValue.List(var items) => new TypedValue.List(VaryItems<TypedValue.List>(items, random)),
        TypedValue.Set(var items) => new TypedValue.Set([.. VaryItems<TypedValue.Set>(items, random).Distinct()]),
        TypedValue.FrozenSet(var items) => new TypedValue.FrozenSet([.. VaryItems<TypedValue.FrozenSet>(items, random).Distinct()]),
        // A tuple's length is part of its type as often as not.
        TypedValue.Tuple(var items) => new TypedValue.Tuple(ChangeOne(items, random)),
        TypedValue.Dict(var items) => VaryItems(items, random),
        _ => value,
    };

    /// <summary>The items of a list or set; an empty one gets those of another of its type.</summary>
    private IReadOnlyList<TypedValue> VaryItems<T>(IReadOnlyList<TypedValue> items, RandomStream random)
        where T : TypedValue
    {
        if (items.Count == 0) return random.NextInt32(2) == 0 ? items : Items(Pick<T>(random))!;
        int at = random.NextInt32(items.Count);
        return random.NextInt32(5) switch
        {
            0 when items.Count > 1 || mayBeEmpty => [.. items.Where((_, other) => other != at)],
            1 => [.. items.Take(at), items[at], .. items.Skip(at)],
            2 => [.. items.Take(at), Vary(items[at], random), .. items.Skip(at)],
            3 => Shuffled(items, random),
            _ => ChangeOne(items, random),
        };
    }

    private TypedValue.Dict VaryItems(IReadOnlyList<KeyValuePair<TypedValue, TypedValue>> items, RandomStream random)
    {
        if (items.Count == 0) return Pick<TypedValue.Dict>(random);
        int at = random.NextInt32(items.Count);
        KeyValuePair<TypedValue, TypedValue> one = items[at];
        return new(random.NextInt32(3) switch
        {
            0 when items.Count > 1 || mayBeEmpty => [.. items.Where((_, other) => other != at)],
            1 when Vary(one.Key, random) is var key && items.All(item => !item.Key.Equals(key)) => [.. items, KeyValuePair.Create(key, Vary(one.Value, random))],
            _ => [.. items.Select((item, other) => other == at ? KeyValuePair.Create(item.Key, Vary(item.Value, random)) : item)],
        });
    }

    private TypedValue[] ChangeOne(IReadOnlyList<TypedValue> items, RandomStream random)
    {
        int at = items.Count == 0 ? 0 : random.NextInt32(items.Count);
        return [.. items.Select((item, other) => other == at ? Vary(item, random) : item)];
    }

    private static TypedValue[] Shuffled(IReadOnlyList<TypedValue> items, RandomStream random)
    {
        TypedValue[] shuffled = [.. items];
        random.Shuffle<TypedValue>(shuffled);
        return shuffled;
    }

    private string Vary(string text, RandomStream random)
    {
        // Half of a surrogate pair is no text that Python could be given.
        if (HasSurrogates(text)) return text;
        string other = Pick<TypedValue.Str>(random).Value;
        if (text.Length == 0) return random.NextInt32(2) == 0 ? text : other;
        int at = random.NextInt32(text.Length);
        return random.NextInt32(4) switch
        {
            0 when text.Length > 1 || mayBeEmpty => text.Remove(at, 1),
            1 => text.Insert(at, text[at].ToString()),
            2 when other.Length > 0 && !HasSurrogates(other) => text.Insert(at, other[random.NextInt32(other.Length)].ToString()),
            _ => string.Concat(text.AsSpan(0, at), text[random.NextInt32(text.Length)].ToString(), text.AsSpan(at + 1)),
        };
    }

    private static bool HasSurrogates(string text) => text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0;

    private T Pick<T>(RandomStream random)
        where T : TypedValue => Seen<T>().ElementAt(random.NextInt32(seen[typeof(T)].Count));

    private IEnumerable<T> Seen<T>()
        where T : TypedValue => seen.GetValueOrDefault(typeof(T))?.Cast<T>() ?? [];

    private static IEnumerable<TypedValue.Int> Bounds(IEnumerable<string> programs) => programs
        .SelectMany(program => Number().Matches(program))
        .Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture))
        .Distinct()
        .SelectMany(number => Enumerable.Range(number - 1, 3))
        .Select(number => new TypedValue.Int(number));

    // Five digits: longer ones are moduli and masks rather than bounds.
    [GeneratedRegex(@"(?<![\w.])\d{1,5}(?![\w.])")]
    private static partial Regex Number();

    private static IEnumerable<TypedValue> Arguments(Call call) => call.Positional.Concat(call.Keywords.Select(keyword => keyword.Value));

    private static IEnumerable<TypedValue> Within(TypedValue value) => value switch
    {
        TypedValue.Dict(var items) => items.SelectMany(item => Within(item.Key).Concat(Within(item.Value))).Prepend(value),
        _ => (Items(value) ?? []).SelectMany(Within).Prepend(value),
    };

    private static IReadOnlyList<TypedValue>? Items(TypedValue value) => value switch
    {
        TypedValue.List(var items) => items,
        TypedValue.Tuple(var items) => items,
        TypedValue.Set(var items) => items,
        TypedValue.FrozenSet(var items) => items,
        _ => null,
    };
}
