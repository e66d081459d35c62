using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json;
using OpenAI.Chat;

namespace Plum.Models;

/// <summary>The choices of one call, gathered while they come. OpenAI's client shows the first alone, so that the others are read off its JSON.</summary>
/// <param name="count">How many were asked for; what comes beyond is passed over.</param>
/// <param name="mostCharacters">The most characters of a choice: it is cut there.</param>
internal sealed class EndpointChoices(int count, long mostCharacters)
{
    private readonly Choice[] choices = [.. Enumerable.Range(0, count).Select(_ => new Choice())];

    /// <summary>Whether a choice was cut, and none is still to come.</summary>
    public bool Enough => Array.TrueForAll(choices, choice => choice.Finish is not null) && Array.Exists(choices, choice => choice.Cut);

    /// <summary>Adds what came of the first choice.</summary>
    /// <param name="text">Its text, or a part of it.</param>
    /// <param name="finish">How it ended; null where it has not.</param>
    public void Add(string text, string? finish) => Add(0, text, finish);

    /// <summary>Adds what came of all of them.</summary>
    /// <param name="raw">The client's chunk of a stream, or its whole answer.</param>
    public void Add(object? raw)
    {
        BinaryData? json = raw switch
        {
            StreamingChatCompletionUpdate chunk => ModelReaderWriter.Write(chunk),
            ChatCompletion whole => ModelReaderWriter.Write(whole),
            _ => null,
        };
        if (json is null) return;
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonElement choice in document.RootElement.GetProperty("choices").EnumerateArray())
        {
            JsonElement said = choice.TryGetProperty("delta", out JsonElement delta) ? delta : choice.GetProperty("message");
            Add(choice.GetProperty("index").GetInt32(), Text(said, "content") ?? "", Text(choice, "finish_reason") is { } finish ? finish == "length" ? finish : "stop" : null);
        }
    }

    /// <summary>The choices, in order, without usage.</summary>
    /// <exception cref="EndpointException">There is none, or one has not ended.</exception>
    public IReadOnlyList<Completion> Whole()
    {
        Choice[] begun = [.. choices.Where(choice => choice.Finish is not null || choice.Text.Length > 0)];
        if (begun.Length == 0) throw new EndpointException(EndpointFault.Empty);
        return [.. begun.Select(choice => choice.Finish is { } finish ? new Completion(choice.Text.ToString(), [], [], finish) : throw new EndpointException(EndpointFault.CutOff))];
    }

    private void Add(int index, string text, string? finish)
    {
        if (index < 0 || index >= choices.Length || choices[index] is { Cut: true }) return;
        Choice choice = choices[index];
        choice.Text.Append(text);
        choice.Finish = finish ?? choice.Finish;
        if (choice.Text.Length <= mostCharacters) return;
        (choice.Cut, choice.Finish) = (true, "length");
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private sealed class Choice
    {
        public StringBuilder Text { get; } = new();

        public string? Finish { get; set; }

        public bool Cut { get; set; }
    }
}
