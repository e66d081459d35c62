using System.Text.Json.Serialization;
using Plum.Models;
using Plum.Sandboxes;
using Plum.Suites.Filters;

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
/// <param name="Filter">Which answers are believed: <c>agreement</c>, <c>none</c> (the first reference's), <c>codet</c> (dual execution agreement, arXiv 2207.10397)
/// or <c>pagerank</c> (mutual scores, arXiv 2410.05605).</param>
/// <param name="ClusterScore">CodeT's score of a cluster: <c>product</c>, |programs| |tests|, or <c>root</c>, sqrt(|programs|) |tests|.</param>
/// <param name="Damping">d of the mutual scores, from 0 to 1.</param>
/// <param name="Iterations">How often they are passed on.</param>
/// <param name="TestScore">A test is kept where its score is at least this share of the best one's, from 0 to 1.</param>
/// <param name="VariedInputs">Inputs that are made by varying the teacher's, beside those; 0 for none.</param>
/// <param name="Mutants">Wrong versions of the best reference that tests are chosen to catch, beside wrong references; 0 for none.</param>
/// <param name="DropFlaky">Whether good tests are run again under another hash seed and in another order, and those dropped whose answers differ.</param>
/// <param name="MinConsistency">An instruction is kept where at least this share of the teacher's references passes its whole suite, from 0 to 1.</param>
/// <param name="SlowShare">A test is dropped where it takes more than this share of the CPU limit of a call; 0 for none. What is measured differs from run to run.</param>
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
    int Survivors = 3,
    string Filter = "agreement",
    string ClusterScore = "product",
    double Damping = 0.85,
    int Iterations = 10,
    double TestScore = 0.5,
    int VariedInputs = 0,
    int Mutants = 0,
    bool DropFlaky = false,
    double MinConsistency = 0,
    double SlowShare = 0)
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
            : TestFilter.Named(Filter) is null ? $"filter is '{Filter}'; it can be {string.Join(", ", TestFilter.All.Select(filter => filter.Name))}"
            : ClusterScore is not ("product" or "root") ? $"cluster_score is '{ClusterScore}'; it can be product, root"
            : Damping is not (>= 0 and <= 1) || TestScore is not (>= 0 and <= 1) || SlowShare is not (>= 0 and <= 1) || MinConsistency is not (>= 0 and <= 1)
                ? "damping, test_score, slow_share and min_consistency are from 0 to 1"
            : Iterations < 1 || VariedInputs < 0 || Mutants < 0 ? "iterations is at least 1, and varied_inputs and mutants at least 0"
            : null;
        return fault is null ? this : throw new InputException($"suites: {fault}: correct the recipe");
    }
}
