using System.Text.Json.Serialization;
using Plum.Models;
using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>How suites are made.</summary>
/// <param name="References">R, reference solutions asked of the teacher for an instruction.</param>
/// <param name="InputCompletions">I, completions with test inputs asked of the teacher for an instruction.</param>
/// <param name="Agreement">A test is kept where at least this share of the voting references gave its answer, in (0, 1].</param>
/// <param name="MinReferences">... and at least so many reference samples returned.</param>
/// <param name="MinTests">An instruction is kept with at least so many tests.</param>
/// <param name="MaxTests">The most tests of a suite; those are chosen that tell programs apart.</param>
/// <param name="MaxInputs">The most inputs that are tried.</param>
/// <param name="MaxLength">The most characters of a test's arguments, and of its answer.</param>
/// <param name="ChunkInstructions">How many instructions go to the teacher at once: the unit of determinism.</param>
/// <param name="Prompts">What the teacher is asked; <see cref="TeacherPrompts.Default"/> where left out.</param>
/// <param name="ReferenceSampling">How references are drawn; temperature 0.8 where left out.</param>
/// <param name="InputSampling">How test inputs are drawn; temperature 1 where left out.</param>
/// <param name="Limits">What a reference may use up where most references of an instruction take long; the sandbox's defaults where left out.</param>
/// <param name="Modes">How the teacher is asked, see <see cref="SuiteModes"/>; <c>inputs</c> alone where left out.</param>
/// <param name="ClaimWeight">How many votes a teacher's own expected value has; a reference's has one. 0 for none.</param>
/// <param name="Survivors">How many wrong programs that pass all tests so far are shown to the teacher, in mode <c>killers</c>.</param>
public sealed record SuiteOptions(
    int References = 4,
    int InputCompletions = 2,
    double Agreement = 0.6,
    int MinReferences = 2,
    int MinTests = 5,
    int MaxTests = 10,
    int MaxInputs = 40,
    int MaxLength = 2_000,
    int ChunkInstructions = 32,
    [property: JsonIgnore] TeacherPrompts? Prompts = null,
    SamplingOptions? ReferenceSampling = null,
    SamplingOptions? InputSampling = null,
    Limits? Limits = null,
    IReadOnlyList<string>? Modes = null,
    double ClaimWeight = 1,
    int Survivors = 3)
{
    /// <summary>Whether the teacher is asked in this mode.</summary>
    /// <param name="mode">One of <see cref="SuiteModes"/>.</param>
    internal bool Asks(string mode) => Modes is null ? mode == SuiteModes.Inputs : Modes.Contains(mode);

    /// <summary>These options, if they can be used.</summary>
    /// <exception cref="InputException">One is out of its range; the message names it.</exception>
    internal SuiteOptions Checked()
    {
        string? fault =
            References < 1 || InputCompletions < 1 ? "references and input_completions are at least 1"
            : Agreement is not (> 0 and <= 1) ? "agreement is above 0 and at most 1"
            : MinReferences < 1 || MinReferences > References ? "min_references is at least 1 and at most references"
            : MinTests < 1 || MaxTests < MinTests || MaxInputs < MinTests ? "min_tests is at least 1, and max_tests and max_inputs no smaller"
            : Modes?.FirstOrDefault(mode => !SuiteModes.All.Contains(mode)) is { } unknown ? $"modes has '{unknown}'; there are {string.Join(", ", SuiteModes.All)}"
            : !Asks(SuiteModes.Inputs) && !Asks(SuiteModes.Paper) ? "modes needs inputs or paper, which ask for references"
            : !(ClaimWeight >= 0 && double.IsFinite(ClaimWeight)) || Survivors < 1 ? "claim_weight is at least 0 and survivors at least 1"
            : MaxLength < 1 || ChunkInstructions < 1 ? "max_length and chunk_instructions are at least 1"
            : null;
        return fault is null ? this : throw new InputException($"suites: {fault}: correct the recipe");
    }
}
