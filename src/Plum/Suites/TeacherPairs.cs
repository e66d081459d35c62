using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>How far several teachers agree about an instruction: each has the answer that most of its references give.</summary>
internal static class TeacherPairs
{
    /// <summary>Compares the teachers two by two.</summary>
    /// <param name="programs">The programs, with their authors.</param>
    /// <param name="runs">What they did on all inputs.</param>
    /// <param name="inputs">How many inputs there are.</param>
    /// <returns>Pairs in the order of the names, those that have answered an input both; null where there is no pair.</returns>
    public static IReadOnlyList<TeacherAgreement>? Of(IReadOnlyList<ProposedProgram> programs, IReadOnlyList<ReferenceRun> runs, int inputs)
    {
        ProposedProgram[] references = [.. programs.Where(program => program.Role == ReferenceRole.Reference)];
        string[] authors = [.. references.SelectMany(program => program.Authors).Distinct().Order(StringComparer.Ordinal)];
        if (authors.Length < 2) return null;
        Dictionary<string, ReferenceRun> byProgram = runs.Where(run => run.Role == ReferenceRole.Reference && run.Votes).ToDictionary(run => run.Program);
        TypedValue?[][] answers = [.. authors.Select(author => Answers(author, references, byProgram, inputs))];
        TeacherAgreement[] pairs =
        [
            .. from first in Enumerable.Range(0, authors.Length)
               from second in Enumerable.Range(first + 1, authors.Length - first - 1)
               let both = answers[first].Zip(answers[second]).Where(pair => pair.First is not null && pair.Second is not null).ToArray()
               where both.Length > 0
               select new TeacherAgreement(authors[first], authors[second], both.Length, both.Count(pair => pair.First!.Equals(pair.Second))),
        ];
        return pairs.Length > 0 ? pairs : null;
    }

    private static TypedValue?[] Answers(string author, ProposedProgram[] references, Dictionary<string, ReferenceRun> runs, int inputs)
    {
        (ReferenceRun Run, int Samples)[] own =
        [
            .. from program in references
               let samples = program.Authors.Count(one => one == author)
               where samples > 0 && runs.ContainsKey(program.Text)
               select (runs[program.Text], samples),
        ];
        return [.. Enumerable.Range(0, inputs).Select(input => own
            .Where(one => one.Run.Answer(input) is not null)
            .GroupBy(one => one.Run.Answer(input)!)
            .MaxBy(answer => answer.Sum(one => one.Samples))?.Key)];
    }
}
