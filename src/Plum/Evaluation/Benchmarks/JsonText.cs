using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Plum.Evaluation.Benchmarks;

/// <summary>Texts in JSON as Python's json reads them: halves of surrogate pairs too, which some models write and .NET refuses.</summary>
internal static class JsonText
{
    /// <summary>The text of a JSON string.</summary>
    /// <param name="json">The string.</param>
    public static string Of(JsonElement json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Unescaped(json.GetRawText().AsSpan()[1..^1]);
        }
    }

    private static string Unescaped(ReadOnlySpan<char> raw)
    {
        StringBuilder text = new(raw.Length);
        for (int at = 0; at < raw.Length; at++)
        {
            if (raw[at] != '\\')
            {
                text.Append(raw[at]);
                continue;
            }

            char escape = raw[++at];
            text.Append(escape switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\b',
                'f' => '\f',
                'u' => (char)ushort.Parse(raw.Slice(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                _ => escape,
            });
            if (escape == 'u') at += 4;
        }

        return text.ToString();
    }
}
