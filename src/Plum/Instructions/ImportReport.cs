namespace Plum.Instructions;

/// <summary>One file that was read.</summary>
/// <param name="File">The file.</param>
/// <param name="Layout">Its layout; null where it has no rows.</param>
/// <param name="Rows">How many rows could be read.</param>
/// <param name="Malformed">How many could not.</param>
/// <param name="FirstFault">What was wrong with the first of these; null where there are none.</param>
public sealed record ImportedFile(string File, string? Layout, int Rows, int Malformed, string? FirstFault);

/// <summary>A row that was removed as a benchmark's task.</summary>
/// <param name="Where">The file and the line.</param>
/// <param name="Id">The source's own name for it; null where it has none.</param>
/// <param name="Overlap">What it shares with which task.</param>
public sealed record ContaminatedRow(string Where, string? Id, Overlap Overlap);

/// <summary>A row that was removed since one before it is nearly the same.</summary>
/// <param name="Where">The file and the line.</param>
/// <param name="Id">The source's own name for it; null where it has none.</param>
/// <param name="Like">The id of the instruction that stays.</param>
/// <param name="Similarity">Jaccard similarity of their shingles.</param>
public sealed record DuplicateRow(string Where, string? Id, string Like, double Similarity);

/// <summary>A row that was left out for what it asks.</summary>
/// <param name="Where">The file and the line.</param>
/// <param name="Reason">Why.</param>
/// <param name="Beginning">The beginning of its text.</param>
public sealed record UnusableRow(string Where, DropReason Reason, string Beginning);

/// <summary>What became of the rows of some files.</summary>
/// <param name="Read">How many rows there were.</param>
/// <param name="Kept">How many instructions were written.</param>
/// <param name="Malformed">How many rows could not be read, beside those.</param>
/// <param name="Dropped">How many rows were left out, by reason.</param>
/// <param name="EntryPoints">Where the entry points of those kept come from.</param>
/// <param name="Benchmarks">How many tasks each benchmark has against which was checked.</param>
/// <param name="ContaminatedBy">How many rows were removed as a task of each.</param>
/// <param name="Files">The files.</param>
public sealed record ImportFigures(
    int Read,
    int Kept,
    int Malformed,
    IReadOnlyDictionary<DropReason, int> Dropped,
    IReadOnlyDictionary<EntryPointOrigin, int> EntryPoints,
    IReadOnlyDictionary<string, int> Benchmarks,
    IReadOnlyDictionary<string, int> ContaminatedBy,
    IReadOnlyList<ImportedFile> Files);

/// <summary>The figures, and the rows that were removed.</summary>
/// <param name="Figures">The figures.</param>
/// <param name="Options">What was asked for.</param>
/// <param name="Contaminated">Every row that is a benchmark's task.</param>
/// <param name="Duplicates">Every near-duplicate.</param>
/// <param name="Unusable">The first rows of each reason else.</param>
public sealed record ImportReport(
    ImportFigures Figures,
    InstructionOptions Options,
    IReadOnlyList<ContaminatedRow> Contaminated,
    IReadOnlyList<DuplicateRow> Duplicates,
    IReadOnlyList<UnusableRow> Unusable);
