using System.Runtime.InteropServices;

namespace Plum.Preferences;

/// <summary>
/// Stage 2c, the paper's rule: a program that passes all tests is better than one that fails any; or, for pairs, one that passes
/// more of them by a margin. Ties and undecided verdicts give nothing. Pure and deterministic: the choices are keyed draws, an instruction's own whatever the others are.
/// </summary>
/// <param name="options">Caps and shares.</param>
/// <exception cref="InputException">An option is out of its range.</exception>
public sealed class PreferenceBuilder(PreferenceOptions options)
{
    private readonly PreferenceOptions options = options.Checked();

    /// <summary>Builds all views of a round's verdicts.</summary>
    /// <param name="candidates">The round's candidates, those of an instruction in sample order.</param>
    /// <param name="verdicts">Their verdicts, in any order.</param>
    /// <param name="promptOf">The rendered prompt of an instruction, by its id.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="round">The round.</param>
    /// <exception cref="InputException">A candidate has two verdicts.</exception>
    public PreferenceSet Build(
        IReadOnlyList<Candidate> candidates, IEnumerable<Verdict> verdicts, Func<string, string> promptOf, ulong seed, int round)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(promptOf);
        Tally dropped = new();
        List<(Candidate Candidate, Verdict Verdict)> judged = Join(candidates, verdicts, dropped);
        List<InstructionPrograms> instructions = [];
        foreach (var ofInstruction in judged.GroupBy(one => one.Candidate.TaskId))
        {
            List<DistinctProgram> programs = DistinctProgram.Of([.. ofInstruction], options, dropped);
            if (programs.Count == 0) continue;
            instructions.Add(new(ofInstruction.Key, promptOf(ofInstruction.Key), programs.FindAll(one => one.Passed), programs.FindAll(one => !one.Passed)));
        }

        List<PreferencePair> pairs = Pairs(instructions, seed, round, dropped);
        List<LabelledCompletion> labels = Labels(instructions, seed, round, dropped);
        HashSet<string> solved = [.. instructions.Where(one => options.SkipSolved && one.Failing.Count == 0).Select(one => one.TaskId)];
        List<PassingCompletion> passing = [.. labels.Where(label => label.Label && !solved.Contains(label.TaskId)).Select(label =>
            new PassingCompletion(label.Prompt, label.Completion, label.TaskId, label.Sample, label.Count, label.CompletionTokens))];
        return new(pairs, labels, passing, Figures(candidates, judged, instructions, pairs, labels, dropped));
    }

    private static List<(Candidate Candidate, Verdict Verdict)> Join(IReadOnlyList<Candidate> candidates, IEnumerable<Verdict> verdicts, Tally dropped)
    {
        Dictionary<(string, int), Verdict> byCandidate = [];
        foreach (Verdict verdict in verdicts)
        {
            if (!byCandidate.TryAdd((verdict.TaskId, verdict.Sample), verdict))
                throw new InputException($"sample {verdict.Sample} of '{verdict.TaskId}' has two verdicts: the files of two runs are mixed; judge the candidates again");
        }

        List<(Candidate, Verdict)> judged = [];
        foreach (Candidate candidate in candidates)
        {
            if (!byCandidate.TryGetValue((candidate.TaskId, candidate.Sample), out Verdict? verdict)) dropped.Add(DropReasons.NoVerdict);
            else if (verdict.Undecided) dropped.Add(DropReasons.Undecided);
            else judged.Add((candidate, verdict));
        }

        return judged;
    }

    private List<PreferencePair> Pairs(List<InstructionPrograms> instructions, ulong seed, int round, Tally dropped)
    {
        List<(InstructionPrograms Instruction, PairSelection.Pair Pair)> pairs = [];
        foreach (InstructionPrograms instruction in instructions)
        {
            RandomStream draws = new DrawKey(seed, round, "pairs", instruction.TaskId).Open();
            List<PairSelection.Pair> possible = PairSelection.Possible(instruction, options.FractionMargin, dropped), kept = PairSelection.Choose(possible, options, draws);
            dropped.Add(DropReasons.PairCap, possible.Count - kept.Count);
            pairs.AddRange(kept.Select(pair => (instruction, pair)));
        }

        pairs = SyntaxLimit.Apply(pairs, one => one.Pair.Rejected, options.SyntaxShare, new DrawKey(seed, round, "pair_syntax").Open(), out int left);
        dropped.Add(DropReasons.PairSyntaxShare, left);
        return [.. pairs.Select(one => new PreferencePair(
            one.Instruction.Prompt,
            one.Pair.Chosen.Candidate.Completion,
            one.Pair.Rejected.Candidate.Completion,
            one.Instruction.TaskId,
            one.Pair.Chosen.Candidate.Sample,
            one.Pair.Rejected.Candidate.Sample,
            one.Pair.Similarity,
            one.Pair.Chosen.Tokens,
            one.Pair.Rejected.Tokens))];
    }

    private List<LabelledCompletion> Labels(List<InstructionPrograms> instructions, ulong seed, int round, Tally dropped)
    {
        List<(InstructionPrograms Instruction, DistinctProgram Program)> labelled = [];
        foreach (InstructionPrograms instruction in instructions)
        {
            RandomStream draws = new DrawKey(seed, round, "labels", instruction.TaskId).Open();
            DistinctProgram[] kept =
            [
                .. Draw(instruction.Passing, options.PassingPerInstruction, draws),
                .. Draw(instruction.Failing, options.FailingPerInstruction, draws),
            ];
            dropped.Add(DropReasons.LabelCap, instruction.Count - kept.Length);
            labelled.AddRange(kept.Select(program => (instruction, program)));
        }

        labelled = SyntaxLimit.Apply(
            labelled, one => one.Program.Passed ? null : one.Program, options.SyntaxShare, new DrawKey(seed, round, "label_syntax").Open(), out int left);
        dropped.Add(DropReasons.LabelSyntaxShare, left);
        return [.. labelled.Select(one => new LabelledCompletion(
            one.Instruction.Prompt,
            one.Program.Candidate.Completion,
            one.Program.Passed,
            one.Instruction.TaskId,
            one.Program.Candidate.Sample,
            one.Program.Count,
            one.Program.Tokens))];
    }

    // Programs that parse before those that do not, then by lot; then in sample order again.
    private static IEnumerable<DistinctProgram> Draw(IEnumerable<DistinctProgram> programs, int most, RandomStream draws)
    {
        List<DistinctProgram> lot = [.. programs];
        draws.Shuffle(CollectionsMarshal.AsSpan(lot));
        return lot.OrderByDescending(program => program.Parses).Take(most).OrderBy(program => program.Candidate.Sample);
    }

    private static PreferenceFigures Figures(
        IReadOnlyList<Candidate> candidates,
        List<(Candidate Candidate, Verdict Verdict)> judged,
        List<InstructionPrograms> instructions,
        List<PreferencePair> pairs,
        List<LabelledCompletion> labels,
        Tally dropped)
    {
        bool tokens = candidates.All(candidate => candidate.TokenIds.Count > 0);
        double Length(string text, IReadOnlyList<int>? ids) => tokens ? ids!.Count : text.Length;
        return new(
            candidates.Count,
            Mean(judged, one => one.Verdict.Passed ? 1 : 0),
            instructions.Sum(instruction => instruction.Count),
            instructions.Count(instruction => instruction.Passing.Count > 0 && instruction.Failing.Count > 0),
            instructions.Count(instruction => instruction.Failing.Count == 0),
            instructions.Count(instruction => instruction.Passing.Count == 0),
            pairs.Count,
            labels.Count(label => label.Label),
            labels.Count(label => !label.Label),
            Mean(pairs, pair => pair.Similarity),
            tokens ? "tokens" : "characters",
            Mean(pairs, pair => Length(pair.Chosen, pair.ChosenTokens)),
            Mean(pairs, pair => Length(pair.Rejected, pair.RejectedTokens)),
            Mean(labels.Where(label => label.Label), label => Length(label.Completion, label.CompletionTokens)),
            Mean(labels.Where(label => !label.Label), label => Length(label.Completion, label.CompletionTokens)),
            dropped.Counts);
    }

    private static double Mean<T>(IEnumerable<T> items, Func<T, double> value) => items.Select(value).DefaultIfEmpty().Average();
}
