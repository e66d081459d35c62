using Plum.Candidates;
using Plum.Evaluation;
using Plum.Models;
using Plum.Verdicts;

namespace Plum.Rounds;

/// <summary>
/// Keeps a round from breaking the policy: after training, the new policy answers some of the round's own instructions.
/// Where far fewer of its programs pass, or far more do not even parse, than of the policy that was sampled, the training
/// is thrown away. Training figures cannot tell: preference accuracy reads 0.9 for a policy that has forgotten how to write.
/// The held-out tasks have no say in it.
/// </summary>
/// <param name="options">The recipe; <see cref="TrainingOptions.ProbeInstructions"/> says on how many instructions.</param>
/// <param name="open">Opens a checkpoint folder as a language model.</param>
/// <param name="verifier">Judges.</param>
public sealed class PolicyProbe(RunOptions options, Func<string, ILanguageModel> open, Verifier verifier)
{
    /// <summary>How much of a share may be lost: three standard errors of 250 programs of which a third passes.</summary>
    private const double Tolerance = 0.1;

    /// <summary>Samples the trained policy and compares.</summary>
    /// <param name="trained">The checkpoint folder that training wrote.</param>
    /// <param name="instructions">The round's instructions that have a suite.</param>
    /// <param name="suites">Their suites.</param>
    /// <param name="candidates">What the policy before wrote for them.</param>
    /// <param name="verdicts">The verdicts on that.</param>
    /// <param name="round">From 1.</param>
    /// <param name="cancellation">Stops.</param>
    public async Task<ProbeFigures> RunAsync(
        string trained, IReadOnlyList<Instruction> instructions, IReadOnlyDictionary<string, TestSuite> suites,
        IReadOnlyList<Candidate> candidates, IReadOnlyList<Verdict> verdicts, int round, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(instructions);
        ArgumentNullException.ThrowIfNull(suites);
        ArgumentNullException.ThrowIfNull(candidates);
        Instruction[] asked = [.. instructions.Take((options.Training ?? new()).ProbeInstructions)];
        HashSet<string> ids = [.. asked.Select(instruction => instruction.Id)];
        (double passedBefore, double unparsedBefore) = Shares(candidates.Zip(verdicts).Where(one => ids.Contains(one.First.TaskId)));
        List<(Candidate, Verdict)> answers = [];
        ILanguageModel model = open(trained);
        using (model as IDisposable)
        {
            Sampler sampler = new(model, options.SamplerOptions with { Samples = 1 });
            await foreach (Candidate candidate in sampler.SampleAsync(asked, new DrawKey(options.Seed, round, "probe"), round, 0, cancellation).ConfigureAwait(false))
                answers.Add((candidate, await verifier.VerifyAsync(suites[candidate.TaskId], candidate, cancellation).ConfigureAwait(false)));
        }

        (double passed, double unparsed) = Shares(answers);
        string? broken = passed < passedBefore - Tolerance ? $"only {passed:P0} of the probe's programs pass, {passedBefore:P0} did before"
            : unparsed > unparsedBefore + Tolerance ? $"{unparsed:P0} of the probe's programs do not parse, {unparsedBefore:P0} did not before"
            : null;
        return new(asked.Length, passedBefore, passed, unparsedBefore, unparsed, broken is null ? null : "undone: " + broken);
    }

    private static (double Passed, double Unparsed) Shares(IEnumerable<(Candidate Candidate, Verdict Verdict)> judged)
    {
        (Candidate Candidate, Verdict Verdict)[] decided = [.. judged.Where(one => !one.Verdict.Undecided)];
        int unparsed = decided.Count(one => FailureKind.Of(one.Candidate, one.Verdict) is FailureKind.Syntax or FailureKind.NoProgram);
        return (decided.Count(one => one.Verdict.Passed) / (double)Math.Max(1, decided.Length), unparsed / (double)Math.Max(1, decided.Length));
    }
}

/// <summary>What a trained policy did on some of its round's instructions, beside the policy that was sampled.</summary>
/// <param name="Instructions">How many instructions.</param>
/// <param name="PassRateBefore">The share of the sampled programs that pass.</param>
/// <param name="PassRate">The same of the trained policy's.</param>
/// <param name="UnparsedBefore">The share of the sampled programs that do not parse.</param>
/// <param name="Unparsed">The same of the trained policy's.</param>
/// <param name="Broken">Why the training was thrown away; null where it was kept.</param>
public sealed record ProbeFigures(int Instructions, double PassRateBefore, double PassRate, double UnparsedBefore, double Unparsed, string? Broken);
