using System.IO.Compression;
using System.Text.Json;
using Plum.Sandboxes;

namespace Plum.Bench;

/// <summary>One HumanEval task with its canonical solution and the inputs of its own tests.</summary>
internal sealed record HumanEvalTask(string Id, string Prompt, string EntryPoint, string Solution, string Test, IReadOnlyList<Call> Calls)
{
    public string Program => Prompt + Solution;
}

/// <summary>Reads HumanEval+ (its base inputs are HumanEval's own) from a folder that the user names.</summary>
internal static class HumanEvalSet
{
    public static IReadOnlyList<HumanEvalTask> Load(string data)
    {
        Dictionary<string, string> tests = Lines(Path.Combine(data, "humaneval", "HumanEval.jsonl.gz"))
            .ToDictionary(task => task.GetProperty("task_id").GetString()!, task => task.GetProperty("test").GetString()!);
        return [.. Lines(Path.Combine(data, "humanevalplus", "HumanEvalPlus.jsonl.gz")).Select(task => new HumanEvalTask(
            task.GetProperty("task_id").GetString()!,
            task.GetProperty("prompt").GetString()!,
            task.GetProperty("entry_point").GetString()!,
            task.GetProperty("canonical_solution").GetString()!,
            tests[task.GetProperty("task_id").GetString()!],
            [.. task.GetProperty("base_input").EnumerateArray().Select(input => new Call([.. input.EnumerateArray().Select(Value)]))]))];
    }

    private static IEnumerable<JsonElement> Lines(string path)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
            if (line.Length > 0)
                yield return JsonDocument.Parse(line).RootElement;
    }

    private static TypedValue Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null => TypedValue.None.Instance,
        JsonValueKind.True => new TypedValue.Bool(true),
        JsonValueKind.False => new TypedValue.Bool(false),
        JsonValueKind.String => new TypedValue.Str(element.GetString()!),
        JsonValueKind.Number when element.GetRawText().AsSpan().IndexOfAny(".eE") < 0 =>
            new TypedValue.Int(System.Numerics.BigInteger.Parse(element.GetRawText(), System.Globalization.CultureInfo.InvariantCulture)),
        JsonValueKind.Number => new TypedValue.Float(element.GetDouble()),
        JsonValueKind.Array => new TypedValue.List([.. element.EnumerateArray().Select(Value)]),
        _ => new TypedValue.Dict([.. element.EnumerateObject().Select(item =>
            KeyValuePair.Create<TypedValue, TypedValue>(new TypedValue.Str(item.Name), Value(item.Value)))]),
    };
}
