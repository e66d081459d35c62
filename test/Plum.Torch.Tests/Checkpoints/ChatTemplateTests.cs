using System.Text.Json;
using Plum.Models;
using Plum.Text.Jinja;
using Plum.Torch.Checkpoints;
using Xunit;

namespace Plum.Torch.Tests.Checkpoints;

public sealed class ChatTemplateTests
{
    /// <summary>The day on which the oracles were rendered.</summary>
    private static readonly TimeProvider Then = new Clock(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void RendersEveryOracleAsTransformersDoes()
    {
        JsonElement oracle = Oracles.Json("chat_templates.json");
        Dictionary<string, JsonElement> templates = oracle.GetProperty("templates").EnumerateArray().ToDictionary(item => item.GetProperty("name").GetString()!);
        Dictionary<string, JsonElement> conversations = oracle.GetProperty("conversations").EnumerateArray().ToDictionary(item => item.GetProperty("name").GetString()!);
        List<string> wrong = [];
        int count = 0;
        foreach (JsonElement item in oracle.GetProperty("cases").EnumerateArray())
        {
            count++;
            string template = item.GetProperty("template").GetString()!, conversation = item.GetProperty("conversation").GetString()!;
            JsonElement python = item.GetProperty("python");
            string expected = python.TryGetProperty("output", out JsonElement output) ? output.GetString()! : python.GetProperty("error").GetString()!;
            string actual = Render(templates[template], conversations[conversation]);
            if (expected != actual) wrong.Add($"{template} x {conversation}\nexpected {JsonSerializer.Serialize(expected)}\nactual   {JsonSerializer.Serialize(actual)}");
        }

        Assert.True(count > 0);
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {count} differ:\n{string.Join("\n", wrong.Take(8))}");
    }

    private static string Render(JsonElement template, JsonElement conversation)
    {
        Dictionary<string, string> special = [];
        foreach (string name in (string[])["bos_token", "eos_token"])
        {
            if (template.TryGetProperty(name, out JsonElement token) && token.ValueKind == JsonValueKind.String) special[name] = token.GetString()!;
        }

        JsonElement tools = conversation.GetProperty("tools");
        try
        {
            return ChatTemplate.Parse(template.GetProperty("template").GetString()!, special).Render(
                conversation.GetProperty("messages"), conversation.GetProperty("add_generation_prompt").GetBoolean(),
                tools.ValueKind == JsonValueKind.Null ? null : tools, time: Then);
        }
        catch (JinjaException error)
        {
            return error.ToString();
        }
    }

    [Fact]
    public void ReadsTheTemplateOfAFolder()
    {
        string folder = Oracles.Path("tokenizers/deepseek-coder");
        string prompt = ChatTemplate.Load(folder).Render([new ChatMessage("user", "Add.")]);
        Assert.StartsWith("<｜begin▁of▁sentence｜>You are an AI programming assistant", prompt, StringComparison.Ordinal);
        Assert.EndsWith("### Instruction:\nAdd.\n### Response:\n", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileOfItsOwnComesFirstAndABaseModelHasNone()
    {
        using TemporaryFolder folder = new();
        Assert.Null(ChatTemplate.Find(folder.Path));
        Assert.Contains("no chat template", Assert.Throws<InputException>(() => ChatTemplate.Load(folder.Path)).Message, StringComparison.Ordinal);
        folder.Write("tokenizer_config.json", """{"chat_template": [{"name": "tool_use", "template": "T"}, {"name": "default", "template": "D{{ eos_token }}"}], "eos_token": {"content": "</s>"}}""");
        Assert.Equal("D</s>", ChatTemplate.Load(folder.Path).Render([]));
        Assert.Equal("T", ChatTemplate.Load(folder.Path).Render(JsonSerializer.SerializeToElement<object[]>([]), false, JsonSerializer.SerializeToElement<object[]>([])));
        folder.Write("chat_template.jinja", "J");
        Assert.Equal("J", ChatTemplate.Load(folder.Path).Render([]));
        Directory.CreateDirectory(Path.Combine(folder.Path, "additional_chat_templates"));
        folder.Write("additional_chat_templates/tool_use.jinja", "A{{ tools|length }}");
        Assert.Equal("J", ChatTemplate.Load(folder.Path).Render([]));
        Assert.Equal("A0", ChatTemplate.Load(folder.Path).Render(JsonSerializer.SerializeToElement<object[]>([]), false, JsonSerializer.SerializeToElement<object[]>([])));
        folder.Write("chat_template.jinja", "{% if %}");
        Assert.Contains("chat_template.jinja", Assert.Throws<InputException>(() => ChatTemplate.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => now;
    }
}
