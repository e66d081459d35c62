using System.Text;

namespace Plum.Sandboxes.Languages;

/// <summary>JavaScript by node. The nonce is written by the last statement of the file.</summary>
internal static class JavaScript
{
    public static Language Row { get; } = new(
        "javascript", "node", "Install Node.js (Debian, Ubuntu: apt install nodejs).",
        (program, test, nonce) => [new("program.js", Encoding.UTF8.GetBytes($"{program}\n{test}\n;require('fs').writeSync(1, '\\n{nonce}');\n"))],
        node => [[node, "--max-old-space-size=512", "--stack-size=4000", "program.js"]],
        MemoryMegabytes: 1_024);
}
