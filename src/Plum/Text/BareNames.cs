using System.Text;

namespace Plum.Text;

/// <summary>Names that Python's json writes and JSON does not have: <c>Infinity</c>, <c>-Infinity</c>, <c>NaN</c>.</summary>
internal static class BareNames
{
    /// <summary>Puts a value of JSON where a name stands outside of strings.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">The name.</param>
    /// <param name="value">What stands for it: <c>1e999</c> reads as infinity.</param>
    public static string Replace(string json, string name, string value)
    {
        if (!json.Contains(name, StringComparison.Ordinal)) return json;
        StringBuilder plain = new(json.Length);
        bool inside = false;
        for (int at = 0; at < json.Length; at++)
        {
            if (inside && json[at] == '\\')
            {
                plain.Append(json[at++]);
                if (at < json.Length) plain.Append(json[at]);
                continue;
            }

            if (json[at] == '"') inside = !inside;
            if (!inside && json.AsSpan(at).StartsWith(name, StringComparison.Ordinal))
            {
                plain.Append(value);
                at += name.Length - 1;
                continue;
            }

            plain.Append(json[at]);
        }

        return plain.ToString();
    }
}
