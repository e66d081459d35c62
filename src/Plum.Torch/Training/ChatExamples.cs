using Plum.Models;
using Plum.Text;
using Plum.Torch.Checkpoints;

namespace Plum.Torch.Training;

/// <summary>A conversation to learn from: TRL's conversational format, the last message the assistant's.</summary>
/// <param name="Messages">The turns.</param>
public sealed record Conversation(IReadOnlyList<ChatMessage> Messages);

/// <summary>Turns conversations into tokens the way the policy sees and emits them.</summary>
public static class ChatExamples
{
    /// <summary>Reads a file of conversations.</summary>
    /// <param name="file">JSON Lines with <c>messages</c>.</param>
    /// <param name="tokenizer">The policy's tokenizer.</param>
    /// <param name="template">Its chat template.</param>
    /// <param name="endToken">The token that ends a completion.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">A line is malformed, or its last message is not the assistant's.</exception>
    public static async Task<IReadOnlyList<CompletionGroup>> ReadAsync(
        string file, Tokenizer tokenizer, ChatTemplate template, int endToken, CancellationToken cancellation)
    {
        IReadOnlyList<Conversation> conversations = await JsonLines.ReadAllAsync<Conversation>(file, cancellation).ConfigureAwait(false);
        List<CompletionGroup> groups = new(conversations.Count);
        foreach (Conversation conversation in conversations)
        {
            ChatMessage[] before = [.. conversation.Messages.SkipLast(1)];
            if (before.Length == 0 || conversation.Messages[^1] is not { Role: "assistant" } answer)
                throw new InputException($"{file}, line {groups.Count + 1}: the last of several messages has to be the assistant's, the answer to learn.");
            groups.Add(new CompletionGroup(
                tokenizer.Encode(template.Render(before, addGenerationPrompt: true)),
                [[.. tokenizer.Encode(answer.Content), endToken]]));
        }

        return groups;
    }
}
