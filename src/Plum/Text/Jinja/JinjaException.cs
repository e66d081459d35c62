namespace Plum.Text.Jinja;

/// <summary>A template that cannot be read or rendered, told the way Python's jinja2 tells it.</summary>
/// <param name="kind">The Python exception: <c>TemplateError</c>, <c>TemplateSyntaxError</c>, <c>UndefinedError</c>, <c>SecurityError</c>, <c>TypeError</c>...</param>
/// <param name="message">What it says.</param>
/// <param name="line">The line of the template, from 1; 0 where it is not known.</param>
public sealed class JinjaException(string kind, string message, int line = 0) : Exception(message)
{
    /// <summary>The line of the template, from 1; 0 where it is not known, as it is for what happens while rendering.</summary>
    public int Line { get; } = line;

    /// <summary>The name of the Python exception that jinja2 raises in this place.</summary>
    public string Kind { get; } = kind;

    /// <summary>Kind and message as Python prints them: <c>TemplateError: Conversation roles must alternate</c>.</summary>
    public override string ToString() => $"{Kind}: {Message}";

    internal static JinjaException Type(string message) => new("TypeError", message);

    internal static JinjaException Syntax(string message, int line) => new("TemplateSyntaxError", message, line);
}
