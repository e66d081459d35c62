using System.Text;
using System.Text.RegularExpressions;

namespace Plum.Sandboxes.Languages;

/// <summary>Rust by rustc. The test's main is renamed, and one that writes the word after it calls it.</summary>
internal static partial class Rust
{
    public static Language Row { get; } = new(
        "rust", "rustc", "Install Rust (https://rustup.rs, or apt install rustc).",
        (program, test, word) =>
        [
            new("program.rs", Encoding.UTF8.GetBytes((program + "\n" + test).Replace("fn main()", "fn plum_test_main()", StringComparison.Ordinal)
                + Main.Replace("WORD", word, StringComparison.Ordinal))),
        ],
        compiler => [[compiler, "--edition=2021", "-Cdebug-assertions=yes", "-Awarnings", "-o", "program", "program.rs"], ["/tmp/plum/program"]],
        new(
            Opening(), Comma(), Untyped(), "plum_answer(&($))",
            values => ("#[allow(unused)] use std::collections::*;", $"fn main() {{\n{string.Concat(values.Select(value => $"plum_answer(&({value}));\n"))}}}")));

    private const string Main = """

        fn plum_answer<T: std::fmt::Debug>(value: &T) { plum_write(format!("\nWORD={:?}\n", value)); }
        fn plum_write(line: String) { use std::io::Write; let mut out = std::io::stdout(); out.write_all(line.as_bytes()).unwrap(); out.flush().unwrap(); }
        fn main() { plum_test_main(); plum_write(String::from("\nWORD\n")); }

        """;

    [GeneratedRegex(@"\bassert_eq!\s*\(")]
    private static partial Regex Opening();

    [GeneratedRegex(",")]
    private static partial Regex Comma();

    // What Debug writes in no order, and literals whose type only the program's value tells.
    [GeneratedRegex(@"HashMap|HashSet|\bNone\b|vec!\[\s*\]|(?<!>)::new\(\)")]
    private static partial Regex Untyped();
}
