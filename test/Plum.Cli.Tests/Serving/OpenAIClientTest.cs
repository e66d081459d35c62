using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using OpenAI.Chat;
using OpenAI.Models;
using Xunit;

namespace Plum.Cli.Tests.Serving;

/// <summary>The official .NET client against <c>plum serve</c>.</summary>
public sealed class OpenAIClientTest(ServedPolicy served) : IClassFixture<ServedPolicy>
{
    private const string Instruction = "Return the total of the values in xs that are less than 4, each increased by 8.";

    private ChatClient Chat => served.Client().GetChatClient(ServedPolicy.Name);

    [Fact]
    public async Task ItListsTheModel()
    {
        OpenAIModelCollection models = await served.Client().GetOpenAIModelClient().GetModelsAsync();
        Assert.Equal(ServedPolicy.Name, Assert.Single(models).Id);
        Assert.Equal(ServedPolicy.Name, (await served.Client().GetOpenAIModelClient().GetModelAsync(ServedPolicy.Name)).Value.Id);
    }

    [Fact]
    public async Task ItChats()
    {
        ChatCompletion answer = await Chat.CompleteChatAsync(
            [new UserChatMessage(ChatMessageContentPart.CreateTextPart(Instruction[..20]), ChatMessageContentPart.CreateTextPart(Instruction[20..]))],
            new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 100 });
        Assert.StartsWith("def solve(", answer.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal(ChatMessageRole.Assistant, answer.Role);
        Assert.Equal(answer.Usage.InputTokenCount + answer.Usage.OutputTokenCount, answer.Usage.TotalTokenCount);

        ChatCompletion cut = await Chat.CompleteChatAsync([new UserChatMessage(Instruction)], new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 3 });
        Assert.Equal(ChatFinishReason.Length, cut.FinishReason);
        Assert.Equal(3, cut.Usage.OutputTokenCount);
    }

    [Fact]
    public async Task ItStreamsWhatItWouldAnswerAtOnce()
    {
        ChatCompletionOptions options = new() { MaxOutputTokenCount = 100 };
#pragma warning disable OPENAI001 // The client marks the seed as experimental.
        options.Seed = 11;
#pragma warning restore OPENAI001
        ChatCompletion whole = await Chat.CompleteChatAsync([new UserChatMessage(Instruction)], options);
        List<string> pieces = [];
        ChatTokenUsage? usage = null;
        ChatFinishReason? finish = null;
        await foreach (StreamingChatCompletionUpdate update in Chat.CompleteChatStreamingAsync([new UserChatMessage(Instruction)], options))
        {
            pieces.AddRange(update.ContentUpdate.Select(part => part.Text));
            usage = update.Usage ?? usage;
            finish = update.FinishReason ?? finish;
        }

        Assert.Equal(whole.Content[0].Text, string.Concat(pieces));
        Assert.True(pieces.Count > 5);
        Assert.Equal(whole.FinishReason, finish);
        Assert.Equal(whole.Usage.OutputTokenCount, usage!.OutputTokenCount);
    }

    [Fact]
    public async Task ItTellsLogProbabilities()
    {
        ChatCompletion answer = await Chat.CompleteChatAsync(
            [new UserChatMessage(Instruction)],
            new ChatCompletionOptions { Temperature = 0, IncludeLogProbabilities = true, TopLogProbabilityCount = 3 });
        Assert.Equal(answer.Usage.OutputTokenCount, answer.ContentTokenLogProbabilities.Count);
        Assert.Equal(answer.Content[0].Text + "<|im_end|>", string.Concat(answer.ContentTokenLogProbabilities.Select(token => token.Token)));
        Assert.All(answer.ContentTokenLogProbabilities, token =>
        {
            Assert.Equal(3, token.TopLogProbabilities.Count);
            Assert.Equal(token.Token, token.TopLogProbabilities[0].Token);
            Assert.InRange(token.LogProbability, -20, 0);
        });
    }

    [Fact]
    public async Task ItGetsEightAnswers()
    {
        // The client's own options have no n; its protocol method takes any body.
        using BinaryContent body = BinaryContent.Create(BinaryData.FromObjectAsJson(ServedPolicy.Chat(Instruction, new { n = 8, seed = 4, max_tokens = 100 })));
        ClientResult result = await Chat.CompleteChatAsync(body, new RequestOptions());
        JsonElement choices = JsonDocument.Parse(result.GetRawResponse().Content).RootElement.GetProperty("choices");
        Assert.Equal(Enumerable.Range(0, 8), choices.EnumerateArray().Select(choice => choice.GetProperty("index").GetInt32()));
        string[] texts = [.. choices.EnumerateArray().Select(choice => choice.GetProperty("message").GetProperty("content").GetString()!)];
        Assert.True(texts.Distinct().Count() > 1);
        Assert.Equal(texts, await served.TextsAsync("chat/completions", ServedPolicy.Chat(Instruction, new { n = 8, seed = 4, max_tokens = 100 })));
    }

    [Fact]
    public async Task ItSeesErrorsAsTheyAre()
    {
        ClientResultException fault = await Assert.ThrowsAsync<ClientResultException>(() => served.Client().GetChatClient("gpt-4o").CompleteChatAsync("hello"));
        Assert.Equal(404, fault.Status);
        Assert.Contains("There is no model 'gpt-4o'", fault.Message);
    }
}
