using System.Text.Json;
using System.Text.Json.Nodes;
using Plum.Text;

namespace Plum.Torch.Training;

/// <summary>
/// Preferences of Plum's own or of anybody's, JSON Lines or Parquet, in TRL's formats: <c>prompt</c>, <c>chosen</c> and
/// <c>rejected</c>, or <c>prompt</c>, <c>completion</c> and <c>label</c>; texts (standard) or lists of messages
/// (conversational); a pair without <c>prompt</c> is cut where its two completions first differ, as TRL cuts it.
/// </summary>
/// <remarks>
/// A text is not put into the chat template. Completions end with the policy's end token, once. Prompt and completion are
/// encoded apart, where TRL encodes them together and looks for the border.
/// </remarks>
public static class PreferenceFile
{
    /// <summary>Reads pairs.</summary>
    /// <param name="file">The file.</param>
    /// <param name="words">How the policy sees texts.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">A row is none of these; the message names it.</exception>
    public static Task<IReadOnlyList<PreferencePair>> ReadPairsAsync(string file, PolicyWords words, CancellationToken cancellation = default) =>
        ReadAsync(file, "prompt, chosen and rejected", (row, number) =>
        {
            if (row.ContainsKey("chosen_tokens")) return row.Deserialize<PreferencePair>(PlumJson.Lines)!;
            (JsonNode prompt, JsonNode chosen, JsonNode rejected) = WithPrompt(row);
            (JsonNode before, string good) = Answer(prompt, chosen);
            (JsonNode after, string bad) = Answer(prompt, rejected);
            if (!JsonNode.DeepEquals(before, after)) throw new FormatException("chosen and rejected have different turns before their last");
            return new PreferencePair(words.Prompt(before), good, bad, Name(row, number), ChosenTokens: words.Completion(good), RejectedTokens: words.Completion(bad));
        }, cancellation);

    /// <summary>Reads labelled completions.</summary>
    /// <inheritdoc cref="ReadPairsAsync"/>
    public static Task<IReadOnlyList<LabelledCompletion>> ReadLabelsAsync(string file, PolicyWords words, CancellationToken cancellation = default) =>
        ReadAsync(file, "prompt, completion and label", (row, number) =>
        {
            if (row.ContainsKey("completion_tokens")) return row.Deserialize<LabelledCompletion>(PlumJson.Lines)!;
            (JsonNode before, string completion) = Answer(Required(row, "prompt"), Required(row, "completion"));
            return new LabelledCompletion(words.Prompt(before), completion, Required(row, "label").GetValue<bool>(), Name(row, number), CompletionTokens: words.Completion(completion));
        }, cancellation);

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(string file, string keys, Func<JsonObject, int, T> read, CancellationToken cancellation)
    {
        List<T> records = [];
        IAsyncEnumerable<JsonObject> rows = ParquetLines.IsNamed(file) ? ParquetLines.ReadAsync(file, cancellation) : JsonLines.ReadAsync<JsonObject>(file, cancellation);
        await foreach (JsonObject row in rows.ConfigureAwait(false))
        {
            try
            {
                records.Add(read(row, records.Count + 1));
            }
            catch (Exception failure) when (failure is FormatException or InvalidOperationException or JsonException)
            {
                throw new InputException($"{file}, row {records.Count + 1}: {failure.Message}: give {keys}, texts or lists of messages, as TRL takes them", failure);
            }
        }

        return records;
    }

    private static string Name(JsonObject row, int number) => row["task_id"]?.GetValue<string>() ?? $"row-{number}";

    private static JsonNode Required(JsonObject row, string key) => row[key] ?? throw new FormatException($"there is no {key}");

    /// <summary>Takes a completion's answer apart from turns that still belong to the prompt.</summary>
    private static (JsonNode Prompt, string Answer) Answer(JsonNode prompt, JsonNode completion)
    {
        if (completion is not JsonArray turns)
            return prompt is JsonArray ? throw new FormatException("the prompt is a list of messages and the completion is none") : (prompt, completion.GetValue<string>());
        if (prompt is not JsonArray before || turns.Count == 0 || turns[^1]?["role"]?.GetValue<string>() != "assistant")
            throw new FormatException("a list of messages has to end with the assistant's");
        return (new JsonArray([.. before.Concat(turns.SkipLast(1)).Select(turn => turn?.DeepClone())]), turns[^1]!["content"]!.GetValue<string>());
    }

    /// <summary>TRL's <c>extract_prompt</c>: what both completions begin with alike, without the space before they differ.</summary>
    private static (JsonNode Prompt, JsonNode Chosen, JsonNode Rejected) WithPrompt(JsonObject row)
    {
        JsonNode chosen = Required(row, "chosen"), rejected = Required(row, "rejected");
        if (row["prompt"] is { } given) return (given, chosen, rejected);
        if (chosen is JsonArray good && rejected is JsonArray bad)
        {
            int same = good.Zip(bad, JsonNode.DeepEquals).TakeWhile(equal => equal).Count();
            JsonArray Part(IEnumerable<JsonNode?> turns) => [.. turns.Select(turn => turn?.DeepClone())];
            return (Part(good.Take(same)), Part(good.Skip(same)), Part(bad.Skip(same)));
        }

        string first = chosen.GetValue<string>(), second = rejected.GetValue<string>();
        int cut = first.AsSpan().CommonPrefixLength(second);
        if (cut > 0 && cut < Math.Min(first.Length, second.Length) && first[cut - 1] == ' ') cut--;
        return (JsonValue.Create(first[..cut]), JsonValue.Create(first[cut..]), JsonValue.Create(second[cut..]));
    }
}
