using System.Text.RegularExpressions;

namespace Plum.Text;

/// <summary>
/// Finds the Python program inside a completion: the last fenced block that defines the function asked for, else the last
/// fenced block, else the unfenced text without the prose around it. It never repairs a program: what is
/// wrong with it is the policy's to learn.
/// </summary>
public static partial class ProgramExtractor
{
    /// <summary>The program, with <c>\n</c> line ends and without blank lines around it.</summary>
    /// <param name="completion">The text as the model emitted it.</param>
    /// <param name="entryPoint">The function asked for; null where it is not known.</param>
    /// <returns>The program; empty where the completion is blank or nothing but prose.</returns>
    public static string Extract(string completion, string? entryPoint = null)
    {
        ArgumentNullException.ThrowIfNull(completion);
        string[] lines = completion.ReplaceLineEndings("\n").Split('\n');
        List<string> blocks = FencedBlocks(lines, out bool fenced);
        if (!fenced) return Unfenced(lines);
        if (entryPoint is not null)
        {
            Regex definition = new($@"^(async\s+def|def|class)\s+{Regex.Escape(entryPoint)}\b|^{Regex.Escape(entryPoint)}\s*=", RegexOptions.Multiline);
            if (blocks.FindLast(definition.IsMatch) is { } defining) return defining;
        }

        return blocks.Count > 0 ? blocks[^1] : "";
    }

    // A fence may stand at the end of a line of prose, and an unclosed one runs to the end of the text.
    private static List<string> FencedBlocks(string[] lines, out bool fenced)
    {
        List<string> blocks = [];
        fenced = false;
        for (int at = 0; at < lines.Length; at++)
        {
            Match opening = OpeningFence().Match(lines[at]);
            if (!opening.Success) continue;
            int indent = opening.Groups["indent"].Length, ticks = opening.Groups["ticks"].Length;
            List<string> block = [];
            for (at++; at < lines.Length; at++)
            {
                if (Closes(lines[at], indent, ticks, out string last))
                {
                    if (last.Length > 0) block.Add(Dedent(last, indent));
                    break;
                }

                block.Add(Dedent(lines[at], indent));
            }

            if (!IsPython(opening.Groups["language"].Value)) continue;
            fenced = true;
            string program = Trim(block);
            if (program.Length > 0) blocks.Add(program);
        }

        return blocks;
    }

    // CommonMark: a closing fence is as long as its opening one and at most three columns further in, which is how
    // backticks inside a docstring are told apart. Models also close behind the last line of code.
    private static bool Closes(string line, int indent, int ticks, out string last)
    {
        string text = line.TrimEnd();
        last = text.TrimEnd('`');
        if (text.Length - last.Length < ticks) return false;
        if (!string.IsNullOrWhiteSpace(last)) return !last.Contains('`', StringComparison.Ordinal) && !last.TrimStart().StartsWith('#');
        int column = last.Length;
        last = "";
        return column <= indent + 3;
    }

    private static string Unfenced(string[] lines)
    {
        int first = Array.FindIndex(lines, line => CodeLine().IsMatch(line));
        if (first < 0) return Array.TrueForAll(lines, line => string.IsNullOrWhiteSpace(line) || Prose().IsMatch(line)) ? "" : Trim(lines);
        // Lines before the first that is surely code stay where they are not surely prose: they may be broken code.
        int start = first;
        while (start > 0 && !string.IsNullOrWhiteSpace(lines[start - 1]) && !Prose().IsMatch(lines[start - 1])) start--;
        List<string> program = [];
        bool quoted = false;
        for (int at = start; at < lines.Length; at++)
        {
            if (!quoted && at > first && Prose().IsMatch(lines[at]) && !CodeLine().IsMatch(lines[at])) break;
            program.Add(lines[at]);
            quoted ^= TripleQuote().Count(lines[at]) % 2 == 1;
        }

        return Trim(program);
    }

    private static bool IsPython(string language) =>
        language.ToUpperInvariant() is "" or "PYTHON" or "PY" or "PYTHON3" or "PY3";

    private static string Dedent(string line, int indent)
    {
        int blank = 0;
        while (blank < indent && blank < line.Length && line[blank] == ' ') blank++;
        return line[blank..];
    }

    private static string Trim(IReadOnlyList<string> lines)
    {
        int start = 0, end = lines.Count;
        while (start < end && string.IsNullOrWhiteSpace(lines[start])) start++;
        while (end > start && string.IsNullOrWhiteSpace(lines[end - 1])) end--;
        return string.Join('\n', lines.Skip(start).Take(end - start)).TrimEnd();
    }

    [GeneratedRegex(@"^(?<indent> *)(?:[^`]*[^`\s][^`]*)?(?<ticks>`{3,})[ \t]*(?<language>[\w+#.-]*)[^`]*$")]
    private static partial Regex OpeningFence();

    [GeneratedRegex("\"\"\"|'''")]
    private static partial Regex TripleQuote();

    /// <summary>A line at column 0 that hardly is anything but Python.</summary>
    [GeneratedRegex(@"^(?:(?:async\s+)?def\s+\w+\s*\(|class\s+\w+\s*[:(]|import\s+\w|from\s+[\w.]+\s+import\s|@\w|#|""""""|'''|(?:if|elif|for|while|with|try|else|except|finally)\b.*:\s*(?:#.*)?$|[A-Za-z_][\w.]*(?:\[[^\]]*\])?(?:\s*,\s*\w+)*\s*(?::\s*[\w\[\], .|]+)?\s*(?:[-+*/%&|^]|//|\*\*|>>|<<)?=[^=]|[A-Za-z_][\w.]*\(.*\)\s*$)")]
    private static partial Regex CodeLine();

    /// <summary>A line at column 0 that reads like a sentence: at least three words, or a few that end in a colon.</summary>
    [GeneratedRegex(@"^(?:(?:[-*]|\d+[.)]|#{2,})\s+)?[A-Z][\w'’-]*(?:[,:;]?\s+[\w'’""`(*-][\w'’""`()*.,;:/-]*){2,}.*$|^[A-Z][\w'’-]*(?:\s+[\w'’]+)*\s*[:.!]$")]
    private static partial Regex Prose();
}
