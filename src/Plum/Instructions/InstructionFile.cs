using Plum.Instructions.Readers;
using Plum.Text;

namespace Plum.Instructions;

/// <summary>Plum's own files of instructions, as stage 1 takes them.</summary>
public static class InstructionFile
{
    /// <summary>Reads a file of instructions that have unique ids.</summary>
    /// <param name="path">JSON Lines.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">The file is missing or malformed, or is somebody else's: the message then names the verb that reads it.</exception>
    public static async Task<IReadOnlyList<Instruction>> ReadAsync(string path, CancellationToken cancellation = default)
    {
        await CheckAsync(path, cancellation).ConfigureAwait(false);
        return await JsonLines.ReadAllAsync<Instruction>(path, instruction => instruction.Id, cancellation).ConfigureAwait(false);
    }

    private static async Task CheckAsync(string path, CancellationToken cancellation)
    {
        InputException Foreign(string what) => new($"{path}: {what}, not Plum's instructions: make them with `plum instructions {path} --out instructions.jsonl`, and give that file");
        if (ParquetLines.IsNamed(path)) throw Foreign("this is Parquet");
        if (CsvRows.IsNamed(path)) throw Foreign("this is CSV");
        if (JsonArrayRows.Begins(path)) throw Foreign("this is a JSON array");
        await foreach (SourceRow row in JsonLineRows.ReadAsync(path, _ => { }, cancellation).ConfigureAwait(false))
        {
            if (Layout.Of(row.Json) is { Name: not "plum" } layout) throw Foreign($"its first line has the layout {layout.Name}");
            return;
        }
    }
}
