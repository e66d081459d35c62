namespace Plum.Instructions;

/// <summary>What of a file of instructions is taken.</summary>
/// <param name="Language">The program language; null for any.</param>
/// <param name="MaxCharacters">The longest text.</param>
/// <param name="Similarity">Jaccard similarity from which two texts are near-duplicates; above 1 for none.</param>
/// <param name="ShingleWords">Words of a shingle.</param>
/// <param name="Bands">Bands of the MinHash signature.</param>
/// <param name="Rows">Hashes of a band: texts of similarity s meet with probability 1 - (1 - s^rows)^bands.</param>
/// <param name="RunWords">Words of a run that a text must not share with a benchmark's task.</param>
/// <param name="Layout">The layout's name; null to go by the keys.</param>
/// <param name="Columns">Columns over the layout's, each <c>name=path</c>; null for none.</param>
/// <param name="SkipMalformed">Whether rows that cannot be read are counted rather than an error.</param>
public sealed record InstructionOptions(
    string? Language = "python",
    int MaxCharacters = 8000,
    double Similarity = 0.85,
    int ShingleWords = 3,
    int Bands = 32,
    int Rows = 4,
    int RunWords = 10,
    string? Layout = null,
    IReadOnlyList<string>? Columns = null,
    bool SkipMalformed = false)
{
    /// <summary>These options, with the language by its usual name.</summary>
    /// <exception cref="InputException">One is out of its range.</exception>
    public InstructionOptions Checked()
    {
        if (MaxCharacters < 1) throw new InputException($"max_characters {MaxCharacters}: it has to be at least 1");
        if (Similarity <= 0) throw new InputException($"similarity {Similarity}: it has to be above 0; above 1 nothing is a near-duplicate");
        if (ShingleWords < 1 || Bands < 1 || Rows < 1) throw new InputException($"shingle_words {ShingleWords}, bands {Bands}, rows {Rows}: each has to be at least 1");
        if (RunWords < 3) throw new InputException($"run_words {RunWords}: it has to be at least 3, or every text shares a run with every benchmark");
        foreach (string column in Columns ?? []) _ = Instructions.Columns.Of("instruction").With(column);
        return this with { Language = Language is null ? null : ProgramLanguages.Named(Language) ?? throw new InputException($"language '{Language}': it is not known: name a program language such as python, or any") };
    }
}
