using System.Text.RegularExpressions;
using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>A reference and test code, taken out of one answer.</summary>
/// <param name="Program">The reference; empty for none.</param>
/// <param name="Tests">What is put behind a program; empty for none.</param>
internal sealed partial record TestCodeAnswer(string Program, string Tests)
{
    private const int MostText = 40_000;

    /// <summary>Takes an answer apart: of its fenced blocks the last with assertions is the test, the last other one with the function the reference.</summary>
    /// <param name="text">What the teacher wrote.</param>
    /// <param name="entryPoint">The function.</param>
    /// <param name="language">The language.</param>
    public static TestCodeAnswer Read(string text, string entryPoint, Language language)
    {
        string whole = text.ReplaceLineEndings("\n");
        string[] blocks = [.. Block().Matches(whole[..Math.Min(whole.Length, MostText)]).Select(block => block.Groups["code"].Value.Trim())];
        if (blocks.Length == 0) return new("", "");
        int test = Array.FindLastIndex(blocks, Asserts);
        int program = Array.FindLastIndex(blocks, block => !Asserts(block) && block.Contains(entryPoint, StringComparison.Ordinal));
        if (test < 0 || program >= 0) return new(program < 0 ? "" : blocks[program], test < 0 ? "" : blocks[test]);
        // One block holds both: its tests begin with the first line that asserts, or with what it needs to.
        string[] lines = blocks[test].Split('\n');
        int first = Array.FindIndex(lines, Asserts);
        while (first > 0 && lines[first - 1].Contains("assert", StringComparison.Ordinal)) first--;
        return first < 0 ? new("", "") : new(string.Join('\n', lines[..first]).Trim(), string.Join('\n', lines[first..]));

        bool Asserts(string code) => language.Asserts.Separate(code).Expected.Count > 0;
    }

    [GeneratedRegex(@"^[ \t]*```[^`\n]*\n(?<code>.*?)^[ \t]*```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
