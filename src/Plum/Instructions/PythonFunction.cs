using System.Text;
using System.Text.RegularExpressions;
using Plum.Text;

namespace Plum.Instructions;

/// <summary>A function that stands somewhere in a text, in a fence, in a class or bare.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">What stands between its parentheses, without <c>self</c>.</param>
/// <param name="Returns">Its annotation; null where there is none.</param>
/// <param name="Source">The whole function, its margin removed.</param>
/// <param name="Column">How far it stands in.</param>
/// <param name="OfClass">Whether it is a method, in a class or torn from one.</param>
internal sealed partial record PythonFunction(string Name, string Parameters, string? Returns, string Source, int Column, bool OfClass)
{
    private const int LongestHead = 30;

    /// <summary>The head as one would write it in a sentence.</summary>
    public string Signature => $"{Name}({Parameters}){(Returns is null ? "" : $" -> {Returns}")}";

    /// <summary>Whether it does anything; a docstring, <c>pass</c> and <c>...</c> do nothing.</summary>
    public bool HasBody
    {
        get
        {
            IReadOnlyList<PythonToken> tokens = PythonTokens.Of(Source);
            int depth = 0, at = 0;
            for (; at < tokens.Count && (depth > 0 || tokens[at].Text != ":"); at++)
                depth += tokens[at].Text is "(" or "[" or "{" ? 1 : tokens[at].Text is ")" or "]" or "}" ? -1 : 0;
            return tokens.Skip(at + 1).Any(token => token.Text.Length > 0 && token.Text != "pass" && token.Text.Trim('.').Length > 0);
        }
    }

    /// <summary>The functions of a text, in its order; those within others included.</summary>
    /// <param name="text">A program, or prose with code in it.</param>
    public static IReadOnlyList<PythonFunction> In(string text)
    {
        if (!text.Contains("def ", StringComparison.Ordinal)) return [];
        List<PythonFunction> functions = [];
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        for (int at = 0; at < lines.Length; at++)
        {
            Match start = Start().Match(lines[at]);
            if (!start.Success || Head(lines, at, start.Length) is not var (inside, returns, headLines)) continue;
            int column = Margin(lines[at]), end = at + headLines;
            while (end < lines.Length && (string.IsNullOrWhiteSpace(lines[end]) || Margin(lines[end]) > column)) end++;
            string all = Spaces().Replace(inside, " ").Trim().TrimEnd(',').TrimEnd(), parameters = Self().Replace(all, "");
            string source = string.Join('\n', lines[at..end].Select(line => line.Length > 0 && Margin(line) >= column ? Cut(line, column) : line)).TrimEnd();
            functions.Add(new(
                start.Groups["name"].Value, parameters, returns, source, column, parameters.Length < all.Length || column > 0 && IsInClass(lines, at, column)));
        }

        return functions;
    }

    /// <summary>What stands between a head's brackets, which may go over several lines, and behind its arrow.</summary>
    private static (string Parameters, string? Returns, int Lines)? Head(string[] lines, int at, int from)
    {
        StringBuilder inside = new();
        char quote = '\0';
        for (int depth = 1, count = 1; count <= LongestHead && at + count <= lines.Length; count++, from = 0)
        {
            string line = lines[at + count - 1];
            for (int letter = from; letter < line.Length; letter++)
            {
                char one = line[letter];
                if (quote != '\0') quote = one == quote ? '\0' : quote;
                else if (one is '\'' or '"') quote = one;
                else if (one is '(' or '[' or '{') depth++;
                else if (one is ')' or ']' or '}') depth--;
                if (depth == 0)
                    return End().Match(line, letter + 1) is { Success: true } end ? (inside.ToString(), end.Groups["returns"] is { Success: true, Value: var returns } ? returns.Trim() : null, count) : null;
                inside.Append(one);
            }

            inside.Append('\n');
        }

        return null;
    }

    private static bool IsInClass(string[] lines, int at, int column)
    {
        for (int above = at - 1; above >= 0; above--)
        {
            if (string.IsNullOrWhiteSpace(lines[above]) || Margin(lines[above]) >= column) continue;
            return lines[above].TrimStart().StartsWith("class ", StringComparison.Ordinal);
        }

        return false;
    }

    private static int Margin(string line)
    {
        int column = 0;
        foreach (char letter in line)
        {
            if (letter == '\t') column = (column / 8 + 1) * 8;
            else if (letter == ' ') column++;
            else break;
        }

        return column;
    }

    private static string Cut(string line, int column)
    {
        int at = 0;
        for (int passed = 0; passed < column; at++) passed = line[at] == '\t' ? (passed / 8 + 1) * 8 : passed + 1;
        return line[at..];
    }

    [GeneratedRegex(@"^\s*(?:async\s+)?def\s+(?<name>[^\W\d]\w*)\s*\(")]
    private static partial Regex Start();

    [GeneratedRegex(@"\G\s*(?:->\s*(?<returns>[^:]+))?(?::|$)")]
    private static partial Regex End();

    [GeneratedRegex(@"^(?:self|cls)\s*(?:,\s*|$)")]
    private static partial Regex Self();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
