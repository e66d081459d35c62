using System.Text.Json;
using Plum.Models;
using Plum.Text.Jinja;

namespace Plum.Torch.Checkpoints;

/// <summary>
/// How a model was taught to see a conversation: the Jinja template of a checkpoint folder (chat_template.jinja, else
/// chat_template of tokenizer_config.json, else chat_template.json), rendered as transformers' apply_chat_template does.
/// </summary>
public sealed class ChatTemplate
{
    /// <summary>Where transformers puts templates other than the default, a file each, named as they are.</summary>
    internal const string AdditionalFolder = "additional_chat_templates";

    private static readonly JsonElement Null = JsonSerializer.SerializeToElement<object?>(null);

    private readonly JinjaTemplate template;
    private readonly JinjaTemplate? withTools;
    private readonly IReadOnlyDictionary<string, string> specialTokens;

    private ChatTemplate(string source, string? toolSource, IReadOnlyDictionary<string, string> specialTokens)
    {
        Source = source;
        template = JinjaTemplate.Parse(source);
        withTools = toolSource is null ? null : JinjaTemplate.Parse(toolSource);
        this.specialTokens = specialTokens;
    }

    /// <summary>The template's text.</summary>
    public string Source { get; }

    /// <summary>A template given as text.</summary>
    /// <param name="source">Jinja.</param>
    /// <param name="specialTokens">What it sees beside the conversation: <c>bos_token</c>, <c>eos_token</c>...</param>
    /// <exception cref="JinjaException">The template is malformed.</exception>
    public static ChatTemplate Parse(string source, IReadOnlyDictionary<string, string>? specialTokens = null) =>
        new(source, null, specialTokens ?? new Dictionary<string, string>());

    /// <summary>Reads a folder's template.</summary>
    /// <param name="folder">A checkpoint folder.</param>
    /// <exception cref="InputException">There is none, or it is malformed.</exception>
    public static ChatTemplate Load(string folder) => Find(folder) ?? throw new InputException(
        $"{folder} has no chat template (chat_template.jinja, or chat_template in tokenizer_config.json); use the instruct version of the model, or prompts without roles.");

    /// <summary>Reads a folder's template; null where it has none, as base models do.</summary>
    /// <param name="folder">A checkpoint folder.</param>
    /// <exception cref="InputException">It has one that is malformed.</exception>
    public static ChatTemplate? Find(string folder)
    {
        (string file, string? source, string? toolSource) = FindSource(folder);
        if (source is null) return null;
        try
        {
            return new ChatTemplate(source, toolSource, SpecialTokens.Read(folder));
        }
        catch (JinjaException error)
        {
            throw new InputException($"{file}: the chat template cannot be read, line {error.Line}: {error}", error);
        }
    }

    /// <summary>Renders a conversation to the text that the model continues.</summary>
    /// <param name="messages">Its turns.</param>
    /// <param name="addGenerationPrompt">Whether the assistant's turn is opened at the end.</param>
    /// <param name="time">The clock, for templates that tell the date; the system's unless told.</param>
    /// <exception cref="JinjaException">What the template raises, such as for roles that do not alternate.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt = true, TimeProvider? time = null) =>
        Render(JsonSerializer.SerializeToElement(messages.Select(message => new Dictionary<string, string> { ["role"] = message.Role, ["content"] = message.Content })), addGenerationPrompt, time: time);

    /// <summary>Renders a conversation in the form of OpenAI's API: messages with any members, tools, further variables.</summary>
    /// <param name="messages">A JSON array of messages.</param>
    /// <param name="addGenerationPrompt">Whether the assistant's turn is opened at the end.</param>
    /// <param name="tools">A JSON array of tools; none unless given.</param>
    /// <param name="variables">Further variables, such as <c>enable_thinking</c>; they win over all others.</param>
    /// <param name="time">The clock; the system's unless told.</param>
    /// <exception cref="JinjaException">What the template raises.</exception>
    public string Render(JsonElement messages, bool addGenerationPrompt, JsonElement? tools = null, IReadOnlyDictionary<string, JsonElement>? variables = null, TimeProvider? time = null)
    {
        Dictionary<string, JsonElement> all = new()
        {
            ["messages"] = messages,
            ["tools"] = tools ?? Null,
            ["documents"] = Null,
            ["add_generation_prompt"] = JsonSerializer.SerializeToElement(addGenerationPrompt),
        };
        foreach ((string name, string token) in specialTokens) all[name] = JsonSerializer.SerializeToElement(token);
        foreach ((string name, JsonElement value) in variables ?? new Dictionary<string, JsonElement>()) all[name] = value;
        bool hasTools = tools is { ValueKind: JsonValueKind.Array };
        return (hasTools && withTools is not null ? withTools : template).Render(all, time);
    }

    private static (string File, string? Source, string? ToolSource) FindSource(string folder)
    {
        string jinja = Path.Combine(folder, "chat_template.jinja");
        string forTools = Path.Combine(folder, AdditionalFolder, "tool_use.jinja");
        if (File.Exists(jinja)) return (jinja, File.ReadAllText(jinja), File.Exists(forTools) ? File.ReadAllText(forTools) : null);
        foreach (string name in (string[])["tokenizer_config.json", "chat_template.json"])
        {
            string file = Path.Combine(folder, name);
            if (!File.Exists(file)) continue;
            JsonSettings json = JsonSettings.Read(file);
            if (json.Find("chat_template") is not { } found) continue;
            if (found.ValueKind != JsonValueKind.Array) return (file, json.TextOrNull("chat_template"), null);
            Dictionary<string, string> named = json.Sections("chat_template").ToDictionary(item => item.TextOrNull("name") ?? "", item => item.TextOrNull("template") ?? "");
            return named.TryGetValue("default", out string? source)
                ? (file, source, named.GetValueOrDefault("tool_use"))
                : throw new InputException($"{file}: chat_template lists {string.Join(", ", named.Keys)} but no default.");
        }

        return (folder, null, null);
    }
}
