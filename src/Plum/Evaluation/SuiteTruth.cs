using Plum.Text;
using Plum.Verdicts;

namespace Plum.Evaluation;

/// <summary>
/// How far suites can be believed, where hidden tests say what their instructions really ask for. A program is right where it
/// passes all hidden tests.
/// </summary>
/// <param name="Suites">How many suites were looked at.</param>
/// <param name="Passing">Programs that pass their suite.</param>
/// <param name="FalsePasses">... that are wrong.</param>
/// <param name="Right">Programs that are right.</param>
/// <param name="FalseFails">... that fail their suite.</param>
/// <param name="SuitesThatPassWrong">Suites that a wrong program passed.</param>
/// <param name="SuitesThatFailRight">Suites that a right program failed.</param>
public sealed record SuiteTruth(int Suites, int Passing, int FalsePasses, int Right, int FalseFails, int SuitesThatPassWrong, int SuitesThatFailRight)
{
    /// <summary>The share of passing programs that are wrong; 0 where none passes.</summary>
    public double FalsePassRate => Passing > 0 ? (double)FalsePasses / Passing : 0;

    /// <summary>The share of right programs that fail; 0 where none is right.</summary>
    public double FalseFailRate => Right > 0 ? (double)FalseFails / Right : 0;

    /// <summary>Judges programs by suites and by hidden tests.</summary>
    /// <param name="verifier">Judges.</param>
    /// <param name="suites">Kept suites.</param>
    /// <param name="hidden">The hidden tests by instruction; a suite without any is left out.</param>
    /// <param name="candidates">Programs for the suites' instructions, each sample of the policy once.</param>
    /// <param name="cancellation">Stops.</param>
    public static async Task<SuiteTruth> MeasureAsync(
        ISuiteVerifier verifier, IEnumerable<TestSuite> suites, IReadOnlyDictionary<string, BenchmarkTask> hidden, ILookup<string, Candidate> candidates, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        ArgumentNullException.ThrowIfNull(suites);
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(candidates);
        SuiteTruth sum = new(0, 0, 0, 0, 0, 0, 0);
        await foreach (SuiteTruth one in suites.Where(suite => hidden.ContainsKey(suite.InstructionId))
            .SelectParallel(Math.Max(1, verifier.Parallelism), JudgeAsync, cancellation).ConfigureAwait(false))
        {
            sum = new(
                sum.Suites + 1, sum.Passing + one.Passing, sum.FalsePasses + one.FalsePasses, sum.Right + one.Right, sum.FalseFails + one.FalseFails,
                sum.SuitesThatPassWrong + Math.Sign(one.FalsePasses), sum.SuitesThatFailRight + Math.Sign(one.FalseFails));
        }

        return sum;

        async Task<SuiteTruth> JudgeAsync(TestSuite suite, CancellationToken stop)
        {
            Candidate[] programs = [.. candidates[suite.InstructionId]];
            IReadOnlyList<Verdict> bySuite = await verifier.VerifyAsync(suite, programs, stop).ConfigureAwait(false);
            IReadOnlyList<Verdict> byTruth = await verifier.VerifyAsync(hidden[suite.InstructionId].Suite, programs, stop).ConfigureAwait(false);
            (Verdict Suite, Verdict Truth)[] decided = [.. bySuite.Zip(byTruth).Where(pair => !pair.First.Undecided && !pair.Second.Undecided)];
            return new(
                1, decided.Count(pair => pair.Suite.Passed), decided.Count(pair => pair.Suite.Passed && !pair.Truth.Passed),
                decided.Count(pair => pair.Truth.Passed), decided.Count(pair => pair.Truth.Passed && !pair.Suite.Passed), 0, 0);
        }
    }
}
