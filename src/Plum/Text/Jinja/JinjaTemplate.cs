using System.Text;
using System.Text.Json;

namespace Plum.Text.Jinja;

/// <summary>
/// A chat template in the language of Jinja, rendered as transformers renders it: an immutable sandbox, trim_blocks,
/// lstrip_blocks, loop controls, {% generation %}, raise_exception, strftime_now and a tojson that escapes nothing for HTML.
/// Steps, depth and size are bounded; a template reaches nothing but its variables. Templates that include or extend
/// others, and integers of more than 64 bits, are not supported. Immutable and safe for concurrent use.
/// </summary>
public sealed class JinjaTemplate
{
    private readonly Block body;

    private JinjaTemplate(Block body) => this.body = body;

    /// <summary>Reads a template.</summary>
    /// <param name="source">Its text.</param>
    /// <exception cref="JinjaException">A TemplateSyntaxError or TemplateAssertionError; it names the line.</exception>
    public static JinjaTemplate Parse(string source) => new(new TemplateParser(JinjaLexer.Cut(source)).Parse());

    /// <summary>Renders the template.</summary>
    /// <param name="variables">What it sees, as JSON: objects become dicts, arrays lists, null none.</param>
    /// <param name="time">The clock of strftime_now; the system's unless told.</param>
    /// <exception cref="JinjaException">What jinja2 would raise: the template's own raise_exception, an undefined value, a type error.</exception>
    public string Render(IReadOnlyDictionary<string, JsonElement> variables, TimeProvider? time = null)
    {
        StringBuilder output = new();
        Frame globals = new(null, output, new Budget());
        Globals.Define(globals, time ?? TimeProvider.System);
        Frame frame = globals.Inner();
        foreach ((string name, JsonElement value) in variables) frame[name] = PythonJson.Read(value);
        body.Run(frame);
        return output.ToString();
    }
}
