using System.Security.Cryptography;
using System.Text;

namespace Plum.Text;

/// <summary>
/// A text with named slots in braces, <c>{instruction}</c>; a brace of the text itself is doubled. What is filled in is taken
/// as it is: braces in it mean nothing.
/// </summary>
public sealed class PromptTemplate
{
    private readonly List<(string Text, bool Slot)> parts = [];

    /// <summary>Reads a template.</summary>
    /// <param name="name">What to call it in errors: its file, or its purpose.</param>
    /// <param name="text">The text.</param>
    /// <param name="slots">The slots that it may name; it need not name them all.</param>
    /// <exception cref="InputException">A slot is unknown or a brace is alone; the message names the line.</exception>
    public PromptTemplate(string name, string text, params IReadOnlyCollection<string> slots)
    {
        ArgumentNullException.ThrowIfNull(text);
        Name = name;
        Text = text;
        Version = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
        Parse(slots);
    }

    /// <summary>What the template is called in errors.</summary>
    public string Name { get; }

    /// <summary>The text as it was given.</summary>
    public string Text { get; }

    /// <summary>The first 16 hex digits of the text's SHA-256: another text is another version.</summary>
    public string Version { get; }

    /// <summary>Reads a template from a UTF-8 file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="slots">The slots that it may name.</param>
    /// <exception cref="InputException">The file cannot be read, a slot is unknown, or a brace is alone.</exception>
    public static PromptTemplate Load(string path, params IReadOnlyCollection<string> slots)
    {
        try
        {
            return new PromptTemplate(path, File.ReadAllText(path), slots);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: the prompt template cannot be read: check the name and its permissions", failure);
        }
    }

    /// <summary>Fills the slots in.</summary>
    /// <param name="values">A value for each slot.</param>
    /// <exception cref="InputException">The template names a slot that has no value here.</exception>
    public string Render(params IReadOnlyCollection<(string Slot, string Value)> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        StringBuilder rendered = new();
        foreach ((string text, bool slot) in parts)
            rendered.Append(slot ? ValueOf(text, values) : text);
        return rendered.ToString();
    }

    private string ValueOf(string slot, IReadOnlyCollection<(string Slot, string Value)> values)
    {
        foreach ((string name, string value) in values)
        {
            if (name == slot) return value;
        }

        throw new InputException($"{Name}: the slot {{{slot}}} has no value: use {string.Join(", ", values.Select(value => $"{{{value.Slot}}}"))}");
    }

    private void Parse(IReadOnlyCollection<string> slots)
    {
        StringBuilder literal = new();
        for (int at = 0; at < Text.Length; at++)
        {
            char symbol = Text[at];
            if (symbol is not ('{' or '}'))
            {
                literal.Append(symbol);
            }
            else if (at + 1 < Text.Length && Text[at + 1] == symbol)
            {
                literal.Append(symbol);
                at++;
            }
            else
            {
                int end = symbol == '{' ? Text.IndexOf('}', at) : -1;
                if (end < 0) throw Fault(at, $"a '{symbol}' stands alone: double it ({symbol}{symbol}) where the text means the brace itself");
                string slot = Text[(at + 1)..end];
                if (!slots.Contains(slot))
                    throw Fault(at, $"there is no slot {{{slot}}}: use {string.Join(", ", slots.Select(known => $"{{{known}}}"))}, or double the braces where the text means them");
                parts.Add((literal.ToString(), false));
                parts.Add((slot, true));
                literal.Clear();
                at = end;
            }
        }

        parts.Add((literal.ToString(), false));
    }

    private InputException Fault(int position, string what) =>
        new($"{Name}, line {1 + Text.AsSpan(0, position).Count('\n')}: {what}");
}
