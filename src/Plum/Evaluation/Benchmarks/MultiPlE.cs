using Plum.Sandboxes;

namespace Plum.Evaluation.Benchmarks;

/// <summary>MultiPL-E (Cassano et al., arXiv 2208.08227): HumanEval and MBPP in other languages, of which the sandbox knows five.</summary>
internal static class MultiPlE
{
    private static readonly (string Short, string Language)[] Languages = [("cs", "csharp"), ("js", "javascript"), ("go", "go"), ("cpp", "cpp"), ("rs", "rust")];

    public static IReadOnlyList<PublicBenchmark> Rows { get; } =
        [.. Languages.Select(language => new PublicBenchmark($"multipl-e-{language.Short}", $"MultiPL-E's JSON Lines of '{language.Short}'", row => Read(row, language.Short, language.Language)))];

    private static PublicTask Read(DatasetRow row, string name, string language)
    {
        string written = row.Text("language");
        if (written != name && written != $"{name}_test.go") throw row.Fault($"its language is '{written}'");
        return new(
            row.Text("name"),
            row.Text("prompt"),
            null,
            new Check.Whole(Language.Named(language), row.Text("tests")),
            new PromptStyle(PromptKind.Continuation, row.Texts("stop_tokens"), language));
    }
}
