using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Plum.Sandboxes;

namespace Plum.Evaluation.Benchmarks;

/// <summary>One object of a published data file.</summary>
/// <param name="Json">The object.</param>
/// <param name="Where">The file and the line, for messages.</param>
/// <param name="Wanted">What the file should be, for messages.</param>
/// <param name="Number">Which object of the file, from 0.</param>
public sealed record DatasetRow(JsonElement Json, string Where, string Wanted, int Number)
{
    /// <summary>Whether there is such a key, and not null.</summary>
    /// <param name="key">The key.</param>
    public bool Has(string key) => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A key's value.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="InputException">There is none.</exception>
    public JsonElement this[string key] => Has(key) ? Json.GetProperty(key) : throw Fault($"'{key}' is missing");

    /// <summary>A key's text.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="InputException">There is none, or it is no text.</exception>
    public string Text(string key) => this[key] is { ValueKind: JsonValueKind.String } text ? JsonText.Of(text) : throw Fault($"'{key}' is not a text");

    /// <summary>A key's texts.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="InputException">There are none, or they are not texts.</exception>
    public IReadOnlyList<string> Texts(string key) => this[key] is { ValueKind: JsonValueKind.Array } list && list.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String)
        ? [.. list.EnumerateArray().Select(JsonText.Of)]
        : throw Fault($"'{key}' is not a list of texts");

    /// <summary>A key's list of argument lists; an empty object, as MBPP+ has one, is an empty list.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="InputException">There is none.</exception>
    public IReadOnlyList<IReadOnlyList<TypedValue>> Inputs(string key) => this[key] is { ValueKind: JsonValueKind.Object } none && !none.EnumerateObject().Any() ? [] : this[key] is { ValueKind: JsonValueKind.Array } list && list.EnumerateArray().All(one => one.ValueKind == JsonValueKind.Array)
        ? [.. list.EnumerateArray().Select(input => (IReadOnlyList<TypedValue>)[.. input.EnumerateArray().Select(Value)])]
        : throw Fault($"'{key}' is not a list of argument lists");

    /// <summary>What is wrong with this row.</summary>
    /// <param name="what">What.</param>
    public InputException Fault(string what) => new($"{Where}: {what}: give {Wanted}");

    /// <summary>A value as Python's json reads it: a number with a point or an exponent is a float.</summary>
    /// <param name="json">The value.</param>
    public static TypedValue Value(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Null: return TypedValue.None.Instance;
            case JsonValueKind.True: return new TypedValue.Bool(true);
            case JsonValueKind.False: return new TypedValue.Bool(false);
            case JsonValueKind.String: return new TypedValue.Str(JsonText.Of(json));
            case JsonValueKind.Array: return new TypedValue.List([.. json.EnumerateArray().Select(Value)]);
            case JsonValueKind.Number:
                if (json.TryGetInt64(out long small)) return new TypedValue.Int(small);
                string digits = json.GetRawText();
                return digits.AsSpan().IndexOfAny(".eE") < 0
                    ? new TypedValue.Int(BigInteger.Parse(digits, CultureInfo.InvariantCulture))
                    : new TypedValue.Float(json.GetDouble());
            default:
                return new TypedValue.Dict([.. json.EnumerateObject().Select(item => KeyValuePair.Create<TypedValue, TypedValue>(new TypedValue.Str(item.Name), Value(item.Value)))]);
        }
    }
}
