using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Plum.Text.Jinja;

/// <summary>Between JSON and the values of templates: json.dumps as transformers' tojson calls it, and the way in.</summary>
internal static class PythonJson
{
    /// <summary>json.dumps(value, ensure_ascii=False, indent=..., separators=..., sort_keys=...).</summary>
    public static string Dumps(object? value, int? indent, string itemSeparator, string keySeparator, bool sortKeys, bool ascii)
    {
        StringBuilder result = new();
        Write(value, 0);
        return result.ToString();

        void Write(object? item, int depth)
        {
            switch (item)
            {
                case null: result.Append("null"); break;
                case bool flag: result.Append(flag ? "true" : "false"); break;
                case long number: result.Append(number.ToString(CultureInfo.InvariantCulture)); break;
                case double number: result.Append(double.IsFinite(number) ? PythonValue.Repr(number) : double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity"); break;
                case string text: Quote(result, text, ascii); break;
                case List<object?> list:
                    WriteAll('[', ']', list.Count, depth, i => Write(list[i], depth + 1));
                    break;
                case PythonDictionary dictionary:
                    List<KeyValuePair<object, object?>> entries = [.. dictionary];
                    if (sortKeys) entries.Sort((a, b) => PythonEquality.Compare(a.Key, b.Key, "<"));
                    WriteAll('{', '}', entries.Count, depth, i =>
                    {
                        Quote(result, Key(entries[i].Key), ascii);
                        result.Append(keySeparator);
                        Write(entries[i].Value, depth + 1);
                    });
                    break;
                default: throw JinjaException.Type($"Object of type {PythonValue.TypeName(item)} is not JSON serializable");
            }

            Budget.CheckSize(result.Length);
        }

        void WriteAll(char open, char close, int count, int depth, Action<int> write)
        {
            result.Append(open);
            for (int i = 0; i < count; i++)
            {
                if (i > 0) result.Append(itemSeparator);
                NewLine(depth + 1);
                write(i);
            }

            if (count > 0) NewLine(depth);
            result.Append(close);
        }

        void NewLine(int depth)
        {
            if (indent is { } width) result.Append('\n').Append(' ', width * depth);
        }
    }

    /// <summary>The template value of a JSON one.</summary>
    public static object? Read(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => ReadObject(element),
        JsonValueKind.Array => new List<object?>(element.EnumerateArray().Select(Read)),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out long whole) ? (object)whole : element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static PythonDictionary ReadObject(JsonElement element)
    {
        PythonDictionary dictionary = [];
        foreach (JsonProperty property in element.EnumerateObject()) dictionary[property.Name] = Read(property.Value);
        return dictionary;
    }

    private static string Key(object key) => key switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        long or double => PythonValue.Repr(key),
        _ => throw JinjaException.Type($"keys must be str, int, float, bool or None, not {PythonValue.TypeName(key)}"),
    };

    private static void Quote(StringBuilder result, string text, bool ascii)
    {
        result.Append('"');
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => result.Append("\\\""),
                '\\' => result.Append("\\\\"),
                '\n' => result.Append("\\n"),
                '\r' => result.Append("\\r"),
                '\t' => result.Append("\\t"),
                '\b' => result.Append("\\b"),
                '\f' => result.Append("\\f"),
                _ when c < ' ' || (ascii && c > '~') => result.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => result.Append(c),
            };
        }

        result.Append('"');
    }
}
