using System.Text.Json;
using Plum.Models;
using Plum.Text;
using Plum.Torch.Checkpoints;

namespace Plum.Torch.Training;

/// <summary>
/// A line to learn from, as TRL's trainer takes it: <c>messages</c> with the assistant's last, or <c>prompt</c> and
/// <c>completion</c>, both lists of messages or both plain texts.
/// </summary>
/// <param name="Messages">The turns.</param>
/// <param name="Prompt">What comes before the answer; a plain text is not rendered by the chat template.</param>
/// <param name="Completion">The answer.</param>
public sealed record Conversation(IReadOnlyList<ChatMessage>? Messages = null, JsonElement? Prompt = null, JsonElement? Completion = null);

/// <summary>Turns conversations into tokens the way the policy sees and emits them.</summary>
public static class ChatExamples
{
    private const string Remedy = "give \"messages\" with the assistant's answer last, or \"prompt\" and \"completion\"";

    /// <summary>Reads a file of conversations.</summary>
    /// <param name="file">JSON Lines or Parquet.</param>
    /// <param name="tokenizer">The policy's tokenizer.</param>
    /// <param name="template">Its chat template.</param>
    /// <param name="endToken">The token that ends a completion.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">A line is malformed, or has no answer to learn.</exception>
    public static async Task<IReadOnlyList<CompletionGroup>> ReadAsync(
        string file, Tokenizer tokenizer, ChatTemplate template, int endToken, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(template);
        List<CompletionGroup> groups = [];
        await foreach (Conversation conversation in Conversations(file, cancellation).ConfigureAwait(false))
        {
            Example example = Example.Of(conversation) ?? throw Fault(file, groups.Count + 1);
            int[] prompt = tokenizer.Encode(example.Text ?? template.Render(example.Before, addGenerationPrompt: true));
            if (prompt.Length == 0) throw Fault(file, groups.Count + 1);
            groups.Add(new CompletionGroup(prompt, [[.. tokenizer.Encode(example.Answer), endToken]]));
        }

        return groups;
    }

    /// <summary>Reads a file and keeps nothing, to find its faults early.</summary>
    /// <param name="file">JSON Lines or Parquet.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">As for <see cref="ReadAsync"/>, or there is no line.</exception>
    public static async Task CheckAsync(string file, CancellationToken cancellation)
    {
        int number = 0;
        await foreach (Conversation conversation in Conversations(file, cancellation).ConfigureAwait(false))
        {
            number++;
            if (Example.Of(conversation) is null) throw Fault(file, number);
        }

        if (number == 0) throw new InputException($"{file}: there are no examples in it: give one JSON object a line; {Remedy}");
    }

    private static IAsyncEnumerable<Conversation> Conversations(string file, CancellationToken cancellation) => ParquetLines.IsNamed(file)
        ? ParquetLines.ReadAsync(file, cancellation).Select(row => row.Deserialize<Conversation>(PlumJson.Lines)!)
        : JsonLines.ReadAsync<Conversation>(file, cancellation);

    private static InputException Fault(string file, int number) => new($"{file}, example {number}: there is no answer to learn in it: {Remedy}");

    /// <summary>What is shown and what is learnt; the prompt is a text or turns to render.</summary>
    private sealed record Example(string? Text, IReadOnlyList<ChatMessage> Before, string Answer)
    {
        public static Example? Of(Conversation conversation)
        {
            if (conversation is { Prompt.ValueKind: JsonValueKind.String, Completion.ValueKind: JsonValueKind.String })
                return new(conversation.Prompt.Value.GetString(), [], conversation.Completion.Value.GetString()!);
            IReadOnlyList<ChatMessage> turns = conversation.Messages ?? [.. Turns(conversation.Prompt), .. Turns(conversation.Completion)];
            return turns is [_, .., { Role: "assistant" } answer] ? new(null, [.. turns.SkipLast(1)], answer.Content) : null;
        }

        private static IReadOnlyList<ChatMessage> Turns(JsonElement? list) =>
            list is { ValueKind: JsonValueKind.Array } turns ? turns.Deserialize<IReadOnlyList<ChatMessage>>(PlumJson.Lines)! : [];
    }
}
