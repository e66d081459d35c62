using System.Runtime.CompilerServices;
using Plum.Instructions.Readers;

namespace Plum.Instructions;

/// <summary>The rows of a file by its layout.</summary>
internal static class Sources
{
    private const int KeysShown = 12;

    /// <summary>Reads a file. Its layout is that of its first row that can be read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="layoutFound">Told the layout.</param>
    /// <param name="options">The layout's name, columns over it, and whether malformed rows are an error.</param>
    /// <param name="malformed">Told what is wrong with a row that is left out.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <returns>What each row says, null where it has no instruction, and where it stands.</returns>
    /// <exception cref="InputException">The file is missing or of no known layout, or a row is malformed.</exception>
    public static async IAsyncEnumerable<(Source? Source, string Where)> ReadAsync(
        string path, Action<string>? layoutFound, InstructionOptions options, Action<InputException>? malformed, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Layout? layout = null;
        bool instructions = false;
        await foreach (SourceRow row in RowFile.ReadAsync(path, malformed, cancellation).ConfigureAwait(false))
        {
            if (layout is null)
            {
                layout = Choose(row, options);
                layoutFound?.Invoke(layout.Name);
            }

            Source? source;
            try
            {
                source = layout.Read(row);
            }
            catch (InputException fault) when (malformed is not null)
            {
                malformed(fault);
                continue;
            }

            instructions |= source is not null;
            yield return (source, row.Where);
        }

        if (layout is not null && !instructions)
            throw new InputException($"{path}: no row has '{string.Join("' or '", layout.Columns.Instruction)}', where layout {layout.Name} has its instruction: check --layout and --column");
    }

    private static Layout Choose(SourceRow row, InstructionOptions options)
    {
        IReadOnlyList<string> changes = options.Columns ?? [];
        Layout? layout = options.Layout is { } name ? Layout.Named(name, row.Json) : Layout.Of(row.Json);
        // A column that names the instruction is enough where no layout is known.
        layout ??= changes.Any(change => change.StartsWith("instruction=", StringComparison.Ordinal)) ? new("columns", [], Columns.Of("instruction")) : null;
        if (layout is null)
        {
            string keys = string.Join(", ", row.Json.EnumerateObject().Take(KeysShown).Select(key => key.Name));
            throw new InputException($"{row.Where}: no known layout has the keys {keys}: name the columns, as in --column instruction=KEY --column answer=KEY; known are {string.Join(", ", Layout.All.Select(one => one.Name).Distinct())}");
        }

        return layout with { Columns = changes.Aggregate(layout.Columns, (all, change) => all.With(change)) };
    }
}
