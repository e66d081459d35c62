using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Plum.Text.Jinja;
using Plum.Torch.Decoding;

namespace Plum.Cli.Serving;

/// <summary>Turns bodies into work for one model.</summary>
/// <param name="model">The model.</param>
/// <param name="name">What it is called.</param>
/// <param name="bodyBytes">The largest body.</param>
/// <param name="time">The clock.</param>
internal sealed class OrderReader(SamplingModel model, string name, long bodyBytes, TimeProvider time)
{
    /// <summary>Tokens of a completion where nothing is said, as in OpenAI's API.</summary>
    private const int UnsaidTokens = 16;

    /// <summary>Reads a conversation to be answered.</summary>
    /// <exception cref="ApiException">The body cannot be used.</exception>
    public async Task<Order> ReadChatAsync(HttpRequest request)
    {
        ChatBody body = await BodyReader.ReadAsync(request, Wire.Plain.ChatBody, bodyBytes).ConfigureAwait(false);
        CheckModel(body.Model);
        if (body.ResponseFormat is { Type: not (null or "text") }) throw Asked.Unsupported("response_format", "answers are text; leave it out");
        if (body.TopLogprobs is not null && body.Logprobs is not true)
            throw ApiException.Bad("top_logprobs", "top_logprobs needs logprobs: set logprobs to true.");
        int likeliest = Asked.Within("top_logprobs", body.TopLogprobs ?? 0, 0, Asked.MostLikeliest);
        Asked asked = Asked.Of(body, body.MaxCompletionTokens ?? body.MaxTokens, model.Defaults);
        int[] prompt = model.Tokenizer.Encode(Render(body.Messages));
        return new Order(
            [asked.Of("messages", prompt, model.Config.LongestText, int.MaxValue, likeliest)],
            new ChatForm(NewId("chatcmpl"), Now(), name, model.Tokenizer, body.Logprobs is true),
            body.Stream is true, body.StreamOptions is { IncludeUsage: true });
    }

    /// <summary>Reads texts to be continued.</summary>
    /// <exception cref="ApiException">The body cannot be used.</exception>
    public async Task<Order> ReadCompletionAsync(HttpRequest request)
    {
        CompletionBody body = await BodyReader.ReadAsync(request, Wire.Plain.CompletionBody, bodyBytes).ConfigureAwait(false);
        CheckModel(body.Model);
        if (body.Suffix is { Length: > 0 }) throw Asked.Unsupported("suffix", "put the model's own tokens for filling in into the prompt");
        if (body.BestOf is { } best && best != (body.N ?? 1)) throw Asked.Unsupported("best_of", "ask for n and choose among them");
        if (body is { Echo: true, Logprobs: not null })
            throw Asked.Unsupported("echo with logprobs", "log-probabilities of the prompt are not told; leave one of the two out");
        int likeliest = Asked.Within("logprobs", body.Logprobs ?? 0, 0, Asked.MostLikeliest);
        Asked asked = Asked.Of(body, body.MaxTokens, model.Defaults);
        (int[] Tokens, string Text)[] prompts = [.. Prompts(body.Prompt)];
        return new Order(
            [.. prompts.Select(prompt => asked.Of("prompt", prompt.Tokens, model.Config.LongestText, UnsaidTokens, likeliest))],
            new CompletionForm(
                NewId("cmpl"), Now(), name, model.Tokenizer, body.Logprobs is not null,
                [.. prompts.SelectMany(prompt => Enumerable.Repeat(body.Echo is true ? prompt.Text : "", asked.Count))]),
            body.Stream is true, body.StreamOptions is { IncludeUsage: true });
    }

    /// <summary>Fails where another model is asked for.</summary>
    public void CheckModel(string? asked)
    {
        if (asked is null) throw ApiException.Bad("model", $"model is missing; this server has {name}.");
        if (asked != name) throw new ApiException(404, $"There is no model '{asked}'; this server has {name}.", "model", "model_not_found");
    }

    private string Render(JsonElement? messages)
    {
        if (model.Template is null) throw ApiException.Bad("messages", $"{name} has no chat template: use /v1/completions.");
        JsonElement conversation = Conversation.Read(messages);
        try
        {
            return model.Template.Render(conversation, addGenerationPrompt: true, time: time);
        }
        catch (JinjaException fault)
        {
            throw ApiException.Bad("messages", $"The model's chat template refuses the conversation: {fault.Message}");
        }
    }

    private IEnumerable<(int[] Tokens, string Text)> Prompts(JsonElement? given)
    {
        switch (given)
        {
            case { ValueKind: JsonValueKind.String } text:
                return [Prompt(text)];
            case { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() == 0:
                throw ApiException.Bad("prompt", "prompt is an empty list.", "empty_array");
            case { ValueKind: JsonValueKind.Array } list when list[0].ValueKind == JsonValueKind.Number:
                return [Prompt(list)];
            case { ValueKind: JsonValueKind.Array } list:
                return [.. list.EnumerateArray().Select(Prompt)];
            default:
                throw ApiException.Bad("prompt", "prompt has to be a text, a list of texts, or lists of token ids.", "invalid_type");
        }
    }

    private (int[] Tokens, string Text) Prompt(JsonElement prompt)
    {
        if (prompt.ValueKind == JsonValueKind.String) return (model.Tokenizer.Encode(prompt.GetString()!, addSpecialTokens: true), prompt.GetString()!);
        if (prompt.ValueKind != JsonValueKind.Array) throw ApiException.Bad("prompt", "prompt has to be a text, a list of texts, or lists of token ids.", "invalid_type");
        int[] tokens = [.. prompt.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int id) && model.Tokenizer.Token(id) is not null
            ? id
            : throw ApiException.Bad("prompt", $"prompt holds {item.GetRawText()}, which is no token of this model."))];
        return (tokens, model.Tokenizer.Decode(tokens));
    }

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();

    private static string NewId(string kind) => $"{kind}-{Guid.NewGuid():N}";
}
