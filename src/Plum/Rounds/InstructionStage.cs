using Plum.Instructions;
using Plum.Text;

namespace Plum.Rounds;

/// <summary>Before stage 1: which instructions a run learns from, and in which order.</summary>
public static class InstructionStage
{
    /// <summary>Draws the instructions of all rounds, or reads those drawn before.</summary>
    /// <param name="file">Where they are kept.</param>
    /// <param name="options">The recipe.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">A line is malformed, or the rounds need more than there are.</exception>
    public static async Task<IReadOnlyList<Instruction>> RunAsync(string file, RunOptions options, CancellationToken cancellation)
    {
        if (!File.Exists(file)) JsonLines.WriteAll(file, await DrawAsync(options, cancellation).ConfigureAwait(false));
        return await JsonLines.ReadAllAsync<Instruction>(file, cancellation).ConfigureAwait(false);
    }

    /// <summary>Draws the instructions of all rounds.</summary>
    /// <param name="options">The recipe.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">A line is malformed, or the rounds need more than there are.</exception>
    public static async Task<IReadOnlyList<Instruction>> DrawAsync(RunOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        Instruction[] all = [.. await InstructionFile.ReadAsync(options.Instructions, cancellation).ConfigureAwait(false)];
        if (all.Length == 0)
            throw new InputException($"{options.Instructions}: there are no instructions in it: give one JSON object a line");
        new DrawKey(options.Seed, 0, "instructions").Open().Shuffle<Instruction>(all);
        int needed = options.InstructionsPerRound == 0 ? all.Length : options.InstructionsPerRound * options.Rounds;
        return needed <= all.Length ? [.. all.Take(needed)] : throw new InputException(
            $"{options.Instructions}: {options.Rounds} rounds of {options.InstructionsPerRound} instructions need {needed}, the file has {all.Length}: lower rounds or instructions_per_round");
    }

    /// <summary>The instructions of one round.</summary>
    /// <param name="instructions">Those of all rounds.</param>
    /// <param name="options">The recipe.</param>
    /// <param name="round">From 1.</param>
    public static IReadOnlyList<Instruction> Share(IReadOnlyList<Instruction> instructions, RunOptions options, int round)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.InstructionsPerRound == 0
            ? instructions
            : [.. instructions.Skip((round - 1) * options.InstructionsPerRound).Take(options.InstructionsPerRound)];
    }

    /// <summary>Those of some instructions that have a suite: only they are sampled.</summary>
    /// <param name="instructions">The instructions.</param>
    /// <param name="suites">The suites by instruction, dropped ones included.</param>
    /// <exception cref="InputException">An instruction has no line in the suites.</exception>
    public static Instruction[] Judgeable(IReadOnlyList<Instruction> instructions, IReadOnlyDictionary<string, TestSuite> suites) =>
        [.. instructions.Where(instruction => suites.TryGetValue(instruction.Id, out TestSuite? suite)
            ? suite.DropReason is null
            : throw new InputException($"instruction '{instruction.Id}' has no line in the suites: build the suites of all instructions first (plum suites)"))];
}
