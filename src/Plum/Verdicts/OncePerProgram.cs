namespace Plum.Verdicts;

/// <summary>Judges candidates so that equal programs are run once.</summary>
internal static class OncePerProgram
{
    /// <summary>A verdict per candidate, in order.</summary>
    /// <param name="candidates">The candidates of one suite.</param>
    /// <param name="form">What equal programs have in common.</param>
    /// <param name="judge">Judges one program.</param>
    /// <param name="level">Which layers of isolation are on.</param>
    public static async Task<IReadOnlyList<Verdict>> JudgeAsync(
        IReadOnlyList<Candidate> candidates, Func<string, string> form, Func<string, Task<Judgement>> judge, string level)
    {
        Dictionary<string, Task<Judgement>> running = [];
        Task<Judgement>[] judgements = new Task<Judgement>[candidates.Count];
        for (int at = 0; at < judgements.Length; at++)
        {
            string key = form(candidates[at].Program);
            if (!running.TryGetValue(key, out Task<Judgement>? judgement))
                running[key] = judgement = judge(candidates[at].Program);
            judgements[at] = judgement;
        }
        await Task.WhenAll(running.Values).ConfigureAwait(false);
        Verdict[] verdicts = new Verdict[judgements.Length];
        for (int at = 0; at < verdicts.Length; at++)
            verdicts[at] = (await judgements[at].ConfigureAwait(false)).For(candidates[at], level);
        return verdicts;
    }
}
