using System.Text;
using System.Text.RegularExpressions;

namespace Plum.Sandboxes.Languages;

/// <summary>JavaScript by node. The word is written by the last statement of the file.</summary>
internal static partial class JavaScript
{
    public static Language Row { get; } = new(
        "javascript", "node", "Install Node.js (Debian, Ubuntu: apt install nodejs).",
        (program, test, word) => [new("program.js", Encoding.UTF8.GetBytes($"{program}\n{test}\n;plum_write('\\n{word}\\n');\n{Writer.Replace("WORD", word, StringComparison.Ordinal)}"))],
        node => [[node, "--max-old-space-size=512", "--stack-size=4000", "program.js"]],
        new(
            Opening(), Comma(), null, "plum_answer($)",
            values => ("", string.Concat(values.Select(value => $"plum_answer({value});\n"))), CharacterQuote: false),
        MemoryMegabytes: 1_024);

    private const string Writer = """
        function plum_write(line) {
          for (let rest = Buffer.from(line); rest.length > 0;)
            try { rest = rest.subarray(require('fs').writeSync(1, rest)); } catch (error) { if (error.code !== 'EAGAIN') throw error; }
        }
        function plum_answer(value) {
          const text = (v) => v === undefined || v === null ? 'null'
            : Array.isArray(v) ? '[' + v.map(text).join() + ']'
            : v instanceof Map || v instanceof Set ? v.constructor.name + text([...v])
            : typeof v === 'object' ? '{' + Object.keys(v).sort().map((k) => JSON.stringify(k) + ':' + text(v[k])).join() + '}'
            : typeof v === 'number' || typeof v === 'bigint' ? String(v)
            : JSON.stringify(v) ?? 'opaque';
          plum_write('\nWORD=' + text(value) + '\n');
        }

        """;

    [GeneratedRegex(@"(?:\bassert|\brequire\((['""])(?:node:)?assert\1\))\.(?:deepEqual|deepStrictEqual|equal|strictEqual)\s*\(")]
    private static partial Regex Opening();

    [GeneratedRegex(",")]
    private static partial Regex Comma();
}
