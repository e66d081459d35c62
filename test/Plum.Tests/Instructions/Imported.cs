using System.IO.Compression;
using Plum.Instructions;
using Xunit;

namespace Plum.Tests.Instructions;

/// <summary>What became of some files.</summary>
/// <param name="Report">The report.</param>
/// <param name="Instructions">What was written.</param>
/// <param name="Bytes">The same as bytes.</param>
internal sealed record Imported(ImportReport Report, IReadOnlyList<Instruction> Instructions, byte[] Bytes)
{
    public static async Task<Imported> OfAsync(IReadOnlyList<string> files, InstructionOptions? options = null, params (string Name, string File)[] benchmarks)
    {
        using TemporaryFolder folder = new();
        Decontamination? protect = null;
        if (benchmarks.Length > 0)
        {
            protect = new((options ?? new()).RunWords);
            foreach ((string name, string file) in benchmarks) await protect.AddAsync(name, file, TestContext.Current.CancellationToken);
        }

        ImportReport report = await new InstructionImport(options ?? new(), protect).RunAsync(files, folder["out.jsonl"], null, TestContext.Current.CancellationToken);
        return new(report, await InstructionFile.ReadAsync(folder["out.jsonl"], TestContext.Current.CancellationToken), File.ReadAllBytes(folder["out.jsonl"]));
    }

    /// <summary>A file with some text in it: gzip where its name ends in .gz.</summary>
    public static async Task<Imported> OfTextAsync(string name, string text, InstructionOptions? options = null)
    {
        using TemporaryFolder folder = new();
        using (FileStream file = File.Create(folder[name]))
        using (Stream stream = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file)
        using (StreamWriter writer = new(stream)) await writer.WriteAsync(text);
        return await OfAsync([folder[name]], options);
    }

    public int Dropped(DropReason reason) => Report.Figures.Dropped.GetValueOrDefault(reason);
}
