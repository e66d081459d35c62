using System.Text.Json;
using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>
/// An answer in JSON, as endpoints with structured output give it and other models now and then: an object with <c>reference</c> and
/// <c>tests</c>, or a list of tests; a test is a text with an assert or a call, or an object with arguments and what is expected.
/// </summary>
/// <param name="Reference">The program's text; null where there is none.</param>
/// <param name="Tests">The calls and claims.</param>
internal sealed record StructuredAnswer(string? Reference, IReadOnlyList<FoundCall> Tests)
{
    private static readonly string[] ReferenceKeys = ["reference", "reference_solution", "solution", "program", "code"];
    private static readonly string[] TestsKeys = ["tests", "test_cases", "asserts", "assertions", "inputs"];
    private static readonly string[] ArgumentsKeys = ["arguments", "args", "input", "inputs", "call", "assert", "test"];
    private static readonly string[] ExpectedKeys = ["expected", "expected_output", "output", "result"];

    /// <summary>Reads it; null where the text holds no such JSON. Half an object, or one nested deeper than 64, is none.</summary>
    /// <param name="text">A teacher's answer, in a fence or not.</param>
    /// <param name="entryPoint">The function.</param>
    /// <param name="options">How long values may be.</param>
    public static StructuredAnswer? Read(string text, string entryPoint, SuiteOptions options)
    {
        int fence = text.IndexOf("```json", StringComparison.OrdinalIgnoreCase);
        int start = text.AsSpan(fence < 0 ? 0 : fence).IndexOfAny('{', '[') is >= 0 and int first ? first + Math.Max(fence, 0) : -1;
        // Not the first thing that is said, nor fenced as JSON: brackets of something else.
        if (start < 0 || fence < 0 && !string.IsNullOrWhiteSpace(text[..start])) return null;
        try
        {
            Utf8JsonReader reader = new(System.Text.Encoding.UTF8.GetBytes(text[start..]));
            if (!JsonDocument.TryParseValue(ref reader, out JsonDocument? document)) return null;
            using (document) return Read(document.RootElement, entryPoint, options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static StructuredAnswer? Read(JsonElement root, string entryPoint, SuiteOptions options)
    {
        if (root.ValueKind == JsonValueKind.Array) return new(null, CallsIn(root, entryPoint, options));
        if (root.ValueKind != JsonValueKind.Object) return null;
        string? reference = Member(root, ReferenceKeys) is { ValueKind: JsonValueKind.String } program ? program.GetString() : null;
        FoundCall[] tests = Member(root, TestsKeys) is { } list ? CallsIn(list, entryPoint, options) : [];
        return reference is null && tests.Length == 0 ? null : new(reference, tests);
    }

    private static FoundCall[] CallsIn(JsonElement tests, string entryPoint, SuiteOptions options) => tests.ValueKind switch
    {
        JsonValueKind.Array => [.. tests.EnumerateArray().SelectMany(test => test.ValueKind == JsonValueKind.Array ? [] : CallsIn(test, entryPoint, options))],
        JsonValueKind.String => [.. CallFinder.FindClaims(tests.GetString()!, entryPoint, options)],
        JsonValueKind.Object when Member(tests, ArgumentsKeys) is { } arguments => Case(arguments, Member(tests, ExpectedKeys), entryPoint, options),
        _ => [],
    };

    private static FoundCall[] Case(JsonElement arguments, JsonElement? expected, string entryPoint, SuiteOptions options)
    {
        Expectation? claim = expected is { } value ? Claim(value, options) : null;
        if (arguments.ValueKind == JsonValueKind.String && CallFinder.FindClaims(arguments.GetString()!, entryPoint, options).ToArray() is { Length: > 0 } calls)
            return [.. calls.Select(call => call with { Claim = claim ?? call.Claim })];
        return
        [
            new(arguments.ValueKind switch
            {
                JsonValueKind.String => arguments.GetString()!,
                JsonValueKind.Array => string.Join(", ", arguments.EnumerateArray().Select(one => PythonLiteral.Format(Value(one)))),
                JsonValueKind.Object => string.Join(", ", arguments.EnumerateObject().Select(one => $"{one.Name}={PythonLiteral.Format(Value(one.Value))}")),
                _ => PythonLiteral.Format(Value(arguments)),
            }, claim),
        ];
    }

    // A text is a literal's spelling or a text itself: either may be meant.
    private static Expectation Claim(JsonElement expected, SuiteOptions options) =>
        expected.ValueKind == JsonValueKind.String && expected.GetString() is { } text && text.Length <= FoundCall.Longest(options) && PythonLiteral.TryParse(text, out TypedValue? literal)
        ? new Expectation.OneOf([literal, Value(expected)])
        : new Expectation.Equal(Value(expected));

    private static TypedValue Value(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => new TypedValue.Str(json.GetString()!),
        JsonValueKind.True => new TypedValue.Bool(true),
        JsonValueKind.False => new TypedValue.Bool(false),
        JsonValueKind.Array => new TypedValue.List([.. json.EnumerateArray().Select(Value)]),
        JsonValueKind.Object => new TypedValue.Dict([.. json.EnumerateObject().DistinctBy(one => one.Name).Select(one => KeyValuePair.Create<TypedValue, TypedValue>(new TypedValue.Str(one.Name), Value(one.Value)))]),
        // JSON's numbers are Python's, but for length: a number of megabytes is no test input.
        JsonValueKind.Number when json.GetRawText() is { Length: < 400 } digits && PythonLiteral.TryParse(digits, out TypedValue? number) => number,
        _ => TypedValue.None.Instance,
    };

    private static JsonElement? Member(JsonElement json, string[] names)
    {
        foreach (string name in names)
        {
            if (json.TryGetProperty(name, out JsonElement value)) return value;
        }

        return null;
    }
}
