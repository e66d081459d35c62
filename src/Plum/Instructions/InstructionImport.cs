using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Plum.Text;

namespace Plum.Instructions;

/// <summary>
/// Before stage 1: files of anybody's instructions to Plum's own. Row by row, in the order of the files: screened, checked
/// against benchmarks, then against the rows before; what is left is written with a unique id and its entry point. Memory
/// holds the hashes of what was kept and the rows that the report names, no texts.
/// </summary>
/// <param name="options">What is taken.</param>
/// <param name="benchmarks">What must not be among it; null for nothing.</param>
public sealed partial class InstructionImport(InstructionOptions options, Decontamination? benchmarks = null)
{
    private const int ShownOfAReason = 20;
    private const int LettersShown = 160;
    private const int HashLetters = 12;
    private const int RowsBetweenReports = 1000;

    private readonly InstructionOptions options = options.Checked();
    private readonly Dictionary<DropReason, int> dropped = [];
    private readonly Dictionary<EntryPointOrigin, int> entryPoints = [];
    private readonly Dictionary<string, int> contaminatedBy = [];
    private readonly List<ContaminatedRow> contaminated = [];
    private readonly List<DuplicateRow> duplicates = [];
    private readonly List<UnusableRow> unusable = [];
    private readonly List<ImportedFile> files = [];
    private readonly List<string> ids = [];
    private readonly Dictionary<string, int> taken = [];

    /// <summary>Reads the files and writes the instructions.</summary>
    /// <param name="from">The files.</param>
    /// <param name="to">JSON Lines of instructions; there complete or not at all.</param>
    /// <param name="progress">Told how many files are done and how many rows were read.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="InputException">A file is missing or of no known layout, or a row is malformed.</exception>
    public async Task<ImportReport> RunAsync(IReadOnlyList<string> from, string to, Action<int, int>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(from);
        string temporary = $"{to}.{Environment.ProcessId}.tmp";
        try
        {
            using (JsonLinesWriter<Instruction> writer = new(temporary, keep: 0))
                await WriteAsync(from, writer, progress, cancellation).ConfigureAwait(false);
            File.Move(temporary, to, overwrite: true);
        }
        catch (Exception failure) when (DiskFailure.Explain(failure, to) is { } explained)
        {
            throw explained;
        }
        finally
        {
            if (File.Exists(temporary)) File.Delete(temporary);
        }

        ImportFigures figures = new(
            files.Sum(file => file.Rows), ids.Count, files.Sum(file => file.Malformed), Sorted(dropped), Sorted(entryPoints),
            benchmarks?.Tasks ?? new Dictionary<string, int>(), Sorted(contaminatedBy), files);
        return new(figures, options, contaminated, duplicates, unusable);
    }

    private async Task WriteAsync(IReadOnlyList<string> from, JsonLinesWriter<Instruction> writer, Action<int, int>? progress, CancellationToken cancellation)
    {
        Screen screen = new(options);
        NearDuplicates? before = options.Similarity > 1 ? null : new(options);
        int read = 0;
        foreach (string file in from)
        {
            string? layout = null, fault = null;
            int rows = 0, malformed = 0;
            Action<InputException>? skip = options.SkipMalformed ? found => (malformed, fault) = (malformed + 1, fault ?? found.Message) : null;
            await foreach ((Source? source, string where) in Sources.ReadAsync(file, name => layout = name, options, skip, cancellation).ConfigureAwait(false))
            {
                rows++;
                if (++read % RowsBetweenReports == 0) progress?.Invoke(files.Count, read);
                if (screen.Judge(source, out EntryPoint? entry) is { } reason) Drop(where, reason, source?.Text ?? "");
                else if (IsNew(source!, before)) writer.Append(Instruction(source!, entry!));
            }

            files.Add(new(file, layout, rows, malformed, fault));
            progress?.Invoke(files.Count, read);
        }
    }

    private void Drop(string where, DropReason reason, string text)
    {
        Count(dropped, reason);
        if (dropped[reason] <= ShownOfAReason) unusable.Add(new(where, reason, text.Length > LettersShown ? $"{text[..LettersShown]}..." : text));
    }

    private bool IsNew(Source source, NearDuplicates? before)
    {
        if (benchmarks?.Find(source) is { } overlap)
        {
            Count(dropped, DropReason.Contaminated);
            Count(contaminatedBy, overlap.Benchmark);
            contaminated.Add(new(source.Where, source.Id, overlap));
            return false;
        }

        if (before?.Add(source.Text) is { } like)
        {
            Count(dropped, DropReason.NearDuplicate);
            duplicates.Add(new(source.Where, source.Id, ids[like.Number], Math.Round(like.Similarity, 4)));
            return false;
        }

        return true;
    }

    private Instruction Instruction(Source source, EntryPoint entry)
    {
        Count(entryPoints, entry.Origin);
        string id = source.Id ?? $"{source.Layout.Name}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source.Text)))[..HashLetters]}";
        // A second row of the same id is told from the first; what it is called then could be a third row's own id.
        string unique = id;
        while (!taken.TryAdd(unique, 1)) unique = $"{id}-{++taken[id]}";
        ids.Add(unique);
        return new(unique, Asked(source, entry), entry.Name, source.Family);
    }

    /// <summary>The text, with the function's name in it.</summary>
    private static string Asked(Source source, EntryPoint entry)
    {
        string text = source.Text.ReplaceLineEndings("\n");
        if (source.Layout.Ready) return text;
        if (source.Layout.AnswerContinues || Code().IsMatch(text)) return $"Complete this Python function:\n\n```python\n{text}\n```";
        // A head of the starter code is not in the text, whose prose may speak of the function all the same.
        bool told = source.Starter.Length > 0 ? text.Contains($"def {entry.Name}", StringComparison.Ordinal) : entry.Origin == EntryPointOrigin.Text || EntryPoint.Names(text, entry.Name);
        if (told) return text;
        string result = text.Contains("return", StringComparison.OrdinalIgnoreCase) ? "" : " that returns the result";
        return $"{text}\n\nWrite a function `{entry.Signature ?? $"{entry.Name}(...)"}`{result}.";
    }

    private static void Count<T>(Dictionary<T, int> counts, T what)
        where T : notnull => counts[what] = counts.GetValueOrDefault(what) + 1;

    private static SortedDictionary<T, int> Sorted<T>(Dictionary<T, int> counts)
        where T : notnull => new(counts, typeof(T) == typeof(string) ? (IComparer<T>)(object)StringComparer.Ordinal : null);

    /// <summary>A text that is code from its first word.</summary>
    [GeneratedRegex(@"\A(?:(?:async )?def \w+\(|from [\w.]+ import |import \w+\s*\n|@\w+)")]
    private static partial Regex Code();
}
