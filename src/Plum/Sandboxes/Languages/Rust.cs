using System.Text;

namespace Plum.Sandboxes.Languages;

/// <summary>Rust by rustc. The test's main is renamed, and one that writes the nonce after it calls it.</summary>
internal static class Rust
{
    public static Language Row { get; } = new(
        "rust", "rustc", "Install Rust (https://rustup.rs, or apt install rustc).",
        (program, test, nonce) =>
        [
            new("program.rs", Encoding.UTF8.GetBytes((program + "\n" + test).Replace("fn main()", "fn plum_test_main()", StringComparison.Ordinal)
                + $"\nfn main() {{ plum_test_main(); println!(\"\\n{nonce}\"); }}\n")),
        ],
        compiler => [[compiler, "--edition=2021", "-Cdebug-assertions=yes", "-Awarnings", "-o", "program", "program.rs"], ["/tmp/plum/program"]]);
}
