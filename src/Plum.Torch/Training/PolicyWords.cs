using System.Text.Json;
using System.Text.Json.Nodes;
using Plum.Models;
using Plum.Torch.Checkpoints;

namespace Plum.Torch.Training;

/// <summary>How a policy sees prompts and ends completions.</summary>
/// <param name="Tokenizer">Its tokenizer.</param>
/// <param name="Template">Its chat template.</param>
/// <param name="EndToken">The token that ends a completion.</param>
public sealed record PolicyWords(Tokenizer Tokenizer, ChatTemplate Template, int EndToken)
{
    /// <summary>Reads them from a checkpoint folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InputException">A file is missing, or no end token is named.</exception>
    public static PolicyWords Load(string folder)
    {
        Tokenizer tokenizer = Tokenizer.Load(folder);
        return new(tokenizer, ChatTemplate.Load(folder), CheckpointTrainer.EndToken(ModelConfig.Read(folder), tokenizer, folder));
    }

    /// <summary>A completion's tokens, the end token behind them.</summary>
    /// <param name="completion">Its text, with or without the end token's.</param>
    public IReadOnlyList<int> Completion(string completion) =>
        Tokenizer.Encode(completion) is var tokens && tokens.Length > 0 && tokens[^1] == EndToken ? tokens : [.. tokens, EndToken];

    /// <summary>A prompt as the policy sees it: turns through the chat template, a text as it is.</summary>
    /// <param name="prompt">A text or a list of messages.</param>
    internal string Prompt(JsonNode prompt) => prompt is JsonArray turns
        ? Template.Render(turns.Deserialize<IReadOnlyList<ChatMessage>>(PlumJson.Lines)!, addGenerationPrompt: true)
        : prompt.GetValue<string>();
}
