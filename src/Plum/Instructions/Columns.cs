namespace Plum.Instructions;

/// <summary>Where in a layout's objects the parts of an instruction stand. Of several paths the first counts that leads somewhere.</summary>
/// <param name="Instruction">What is asked for.</param>
/// <param name="Input">What belongs to it besides: data or code that it speaks of.</param>
/// <param name="Answer">A reference answer. Nothing is taken from it but a function's name and signature.</param>
/// <param name="EntryPoint">The function's name.</param>
/// <param name="Starter">Code that the answer is to begin with.</param>
/// <param name="Language">The program language.</param>
/// <param name="Id">The source's own name for the row.</param>
/// <param name="Family">A group for tables.</param>
internal sealed record Columns(
    IReadOnlyList<ColumnPath> Instruction,
    IReadOnlyList<ColumnPath> Input,
    IReadOnlyList<ColumnPath> Answer,
    IReadOnlyList<ColumnPath> EntryPoint,
    IReadOnlyList<ColumnPath> Starter,
    IReadOnlyList<ColumnPath> Language,
    IReadOnlyList<ColumnPath> Id,
    IReadOnlyList<ColumnPath> Family)
{
    /// <summary>The names by which <c>--column</c> knows the parts.</summary>
    public static IReadOnlyList<string> Names { get; } = ["instruction", "input", "answer", "entry_point", "starter", "language", "id", "family"];

    /// <summary>Columns of paths as text, several with a bar between them.</summary>
    public static Columns Of(string instruction, string input = "", string answer = "", string entryPoint = "", string starter = "", string language = "", string id = "id|task_id", string family = "") =>
        new(Paths(instruction), Paths(input), Paths(answer), Paths(entryPoint), Paths(starter), Paths(language), Paths(id), Paths(family));

    /// <summary>These columns with one changed.</summary>
    /// <param name="mapping">As <c>--column</c> gives it: <c>name=path</c>.</param>
    /// <exception cref="InputException">The name is unknown, or the path is none.</exception>
    public Columns With(string mapping)
    {
        int equals = mapping.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? mapping : mapping[..equals];
        if (equals < 0 || !Names.Contains(name))
        {
            string meant = Text.Spelling.Closest(name, Names) is { } close ? $", did you mean {close}?" : "";
            throw new InputException($"--column {mapping}: write NAME=PATH, where NAME is one of {string.Join(", ", Names)}{(equals < 0 ? "" : meant)}");
        }

        IReadOnlyList<ColumnPath> paths = Paths(mapping[(equals + 1)..]);
        if (paths.Count == 0) throw new InputException($"--column {mapping}: the path is empty: name a key of the file's objects");
        return name switch
        {
            "instruction" => this with { Instruction = paths },
            "input" => this with { Input = paths },
            "answer" => this with { Answer = paths },
            "entry_point" => this with { EntryPoint = paths },
            "starter" => this with { Starter = paths },
            "language" => this with { Language = paths },
            "id" => this with { Id = paths },
            _ => this with { Family = paths },
        };
    }

    private static IReadOnlyList<ColumnPath> Paths(string paths) => [.. paths.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ColumnPath.Parse)];
}
