namespace Plum.Preferences;

/// <summary>An instruction's distinct programs, parted by verdict.</summary>
/// <param name="TaskId">The instruction's id.</param>
/// <param name="Prompt">Its rendered prompt.</param>
/// <param name="Passing">Those that passed every test.</param>
/// <param name="Failing">Those that failed any.</param>
internal sealed record InstructionPrograms(
    string TaskId, string Prompt, IReadOnlyList<DistinctProgram> Passing, IReadOnlyList<DistinctProgram> Failing)
{
    /// <summary>How many there are.</summary>
    public int Count => Passing.Count + Failing.Count;

    /// <summary>All of them, the passing ones first.</summary>
    public IEnumerable<DistinctProgram> All => Passing.Concat(Failing);
}
