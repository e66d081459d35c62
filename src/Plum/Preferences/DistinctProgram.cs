namespace Plum.Preferences;

/// <summary>One program of an instruction and the samples that were it.</summary>
/// <param name="Candidate">The first of the samples, which stands for all.</param>
/// <param name="Passed">Whether it passed every test.</param>
/// <param name="Parses">Whether there is a program that parses at all.</param>
/// <param name="Count">How many samples were it.</param>
/// <param name="Fraction">The share of the tests that it passed, in [0, 1].</param>
internal sealed record DistinctProgram(Candidate Candidate, bool Passed, bool Parses, int Count, double Fraction)
{
    /// <summary>Its emitted tokens; null where the model did not tell.</summary>
    public IReadOnlyList<int>? Tokens => Candidate.TokenIds.Count > 0 ? Candidate.TokenIds : null;

    /// <summary>The instruction's distinct programs in the order of their first samples; what falls out is counted.</summary>
    /// <param name="judged">The candidates of one instruction with their verdicts, none undecided.</param>
    /// <param name="options">Whether truncated completions may teach.</param>
    /// <param name="dropped">Counts by reason, added to.</param>
    public static List<DistinctProgram> Of(
        IReadOnlyCollection<(Candidate Candidate, Verdict Verdict)> judged, PreferenceOptions options, Tally dropped)
    {
        // A verdict that stopped at its first failure tells fewer cases than there are: those untold count as not passed.
        int cases = Math.Max(1, judged.Max(one => one.Verdict.Outcomes.Count));
        List<DistinctProgram> programs = [];
        foreach (var same in judged.GroupBy(one => one.Verdict.CanonicalForm ?? $"\0{one.Candidate.Completion}"))
        {
            (Candidate Candidate, Verdict Verdict)[] samples = [.. same];
            bool passed = samples[0].Verdict.Passed;
            if (Array.Exists(samples, sample => sample.Verdict.Passed != passed))
            {
                dropped.Add(DropReasons.Contradictory, samples.Length);
                continue;
            }

            // A passing program is shown by a completion that ends; a failing one may be truncated: that is how it failed.
            Candidate? first = passed && !options.KeepTruncated
                ? Array.Find(samples, sample => sample.Candidate.FinishReason != "length").Candidate
                : samples[0].Candidate;
            if (first is null)
            {
                dropped.Add(DropReasons.Truncated, samples.Length);
                continue;
            }

            dropped.Add(DropReasons.Duplicate, samples.Length - 1);
            bool parses = samples[0].Verdict.CanonicalForm is not null && first.Program.Length > 0;
            double fraction = samples[0].Verdict.Outcomes.Count(outcome => outcome == CaseOutcome.Passed) / (double)cases;
            programs.Add(new(first, passed, parses, samples.Length, fraction));
        }

        return programs;
    }
}
