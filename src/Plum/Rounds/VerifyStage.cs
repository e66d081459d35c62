using Plum.Text;
using Plum.Verdicts;

namespace Plum.Rounds;

/// <summary>Stage 2b on disk: a line of <c>verdicts.jsonl</c> for each candidate, in the candidates' order.</summary>
public static class VerifyStage
{
    /// <summary>Judges the candidates that the file lacks.</summary>
    /// <param name="file">Where the verdicts are kept.</param>
    /// <param name="candidates">The candidates, those of an instruction next to each other.</param>
    /// <param name="suites">The suites by instruction; each candidate's is there.</param>
    /// <param name="verifier">Judges.</param>
    /// <param name="round">The round, for progress.</param>
    /// <param name="progress">Told after each instruction.</param>
    /// <param name="cancellation">Stops; what is on disk stays.</param>
    public static async Task<IReadOnlyList<Verdict>> RunAsync(
        string file, IReadOnlyList<Candidate> candidates, IReadOnlyDictionary<string, TestSuite> suites, ISuiteVerifier verifier, int round,
        IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(verifier);
        List<Candidate[]> instructions = Groups(candidates);
        int lines = File.Exists(file) ? JsonLines.Truncate(file) : 0, done = 0, kept = 0;
        while (done < instructions.Count && kept + instructions[done].Length <= lines) kept += instructions[done++].Length;
        using (JsonLinesWriter<Verdict> verdicts = new(file, kept))
        {
            await foreach (IReadOnlyList<Verdict> ofInstruction in instructions.Skip(done)
                .SelectParallel(verifier.Parallelism, (samples, stop) => verifier.VerifyAsync(suites[samples[0].TaskId], samples, stop), cancellation)
                .ConfigureAwait(false))
            {
                verdicts.Append(ofInstruction);
                progress.Report(new StageProgress("verify", round, verdicts.Lines, candidates.Count, "candidates"));
            }
        }

        return await JsonLines.ReadAllAsync<Verdict>(file, cancellation).ConfigureAwait(false);
    }

    private static List<Candidate[]> Groups(IReadOnlyList<Candidate> candidates)
    {
        List<Candidate[]> groups = [];
        for (int from = 0, to; from < candidates.Count; from = to)
        {
            to = from + 1;
            while (to < candidates.Count && candidates[to].TaskId == candidates[from].TaskId) to++;
            groups.Add([.. candidates.Skip(from).Take(to - from)]);
        }

        return groups;
    }
}
