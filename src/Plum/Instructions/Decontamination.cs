using System.Text.RegularExpressions;
using Plum.Text;

namespace Plum.Instructions;

/// <summary>
/// Tells instructions that are a benchmark's task: the same text; a run of ten words in common, the rule of DeepSeek-Coder
/// (arXiv 2401.14196, 2.2; GPT-3's thirteen are an option), whose exact match for texts below ten words is taken a line at a
/// time; the canonical solution's function in the text or the answer, exactly or up to the names; or the name of the function that is
/// asked for, with some of the words. Runs of words that several tasks of a benchmark share are nobody's, and "write a function to" counts for
/// nothing. Reworded tasks with a name and a solution of their own are not found.
/// </summary>
/// <param name="runWords">Words of a run.</param>
public sealed partial class Decontamination(int runWords = 10)
{
    // Two sums over a list are the same program up to names; a dozen lines seldom are by chance.
    private const int FewestRenamedTokens = 25;
    private const int FewestWords = 3;

    private readonly Dictionary<string, RunIndex> runs = [];
    private readonly Dictionary<string, (string Benchmark, string Task)> texts = [], exact = [], renamed = [];
    private readonly SharedNames names = new();
    private readonly SortedDictionary<string, HashSet<string>> tasks = new(StringComparer.Ordinal);

    /// <summary>How many tasks each benchmark has.</summary>
    public IReadOnlyDictionary<string, int> Tasks => tasks.ToDictionary(benchmark => benchmark.Key, benchmark => benchmark.Value.Count);

    /// <summary>Adds the tasks of a file of any layout that instructions may have.</summary>
    /// <param name="benchmark">What the benchmark is called. Tasks of one name, in several files, are one.</param>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">The file is missing, or a line is malformed or of no known layout.</exception>
    public async Task AddAsync(string benchmark, string path, CancellationToken cancellation)
    {
        bool any = false;
        await foreach ((Source? source, string where) in Sources.ReadAsync(path, null, new(), null, cancellation).ConfigureAwait(false))
        {
            if (source is null) throw new InputException($"{where}: there is no task in it: give the benchmark's data as published");
            Add(benchmark, source.Id ?? Path.GetFileName(where), source);
            any = true;
        }

        if (!any) throw new InputException($"{path}: there are no tasks in it: give the benchmark's data as published");
    }

    /// <summary>What an instruction shares with a task; null where it is none.</summary>
    /// <param name="source">The row.</param>
    internal Overlap? Find(Source source)
    {
        if (tasks.Count == 0) return null;
        foreach (string statement in Statements(source.Text).Concat(source.Text.Split('\n')))
        {
            IReadOnlyList<string> words = WordsOf(statement);
            if (words.Count >= FewestWords && texts.TryGetValue(string.Join(' ', words), out (string Benchmark, string Task) task))
                return new(task.Benchmark, task.Task, OverlapKind.SameText, string.Join(' ', words));
        }

        IReadOnlyList<string> all = WordsOf(source.Text);
        foreach ((string benchmark, RunIndex index) in runs)
        {
            foreach ((string task, string run) in index.Find(all)) return new(benchmark, task, OverlapKind.Words, run);
        }

        (PythonFunction Function, FunctionForm Form)[] functions =
            [.. PythonFunction.In(source.Text).Concat(PythonFunction.In(source.Answer)).Where(function => function.HasBody).Select(function => (function, FunctionForm.Of(function)))];
        foreach ((PythonFunction function, FunctionForm form) in functions)
        {
            if (exact.TryGetValue(form.Exact, out (string Benchmark, string Task) task)) return new(task.Benchmark, task.Task, OverlapKind.Code, function.Source);
        }

        foreach ((PythonFunction function, FunctionForm form) in functions)
        {
            if (renamed.TryGetValue(form.Renamed, out (string Benchmark, string Task) task)) return new(task.Benchmark, task.Task, OverlapKind.RenamedCode, function.Source);
        }

        return NameOf(EntryPoint.Of(source, out _)) is { } name && names.Find(name, Saying(source.Text)) is { } reworded ? new(reworded.Benchmark, reworded.Task, OverlapKind.Name, name) : null;
    }

    private void Add(string benchmark, string task, Source source)
    {
        if (!tasks.TryGetValue(benchmark, out HashSet<string>? all)) tasks[benchmark] = all = [];
        all.Add(task);
        if (!runs.TryGetValue(benchmark, out RunIndex? index)) runs[benchmark] = index = new(runWords);
        index.Add(task, WordsOf(source.Text));
        foreach (string statement in Statements(source.Text))
        {
            IReadOnlyList<string> words = WordsOf(statement);
            if (words.Count >= FewestWords) texts.TryAdd(string.Join(' ', words), (benchmark, task));
        }

        // Helpers beside the function that is asked for are too common to tell a task.
        PythonFunction[] functions = [.. PythonFunction.In(source.Answer).Where(function => function.HasBody)];
        EntryPoint? entry = EntryPoint.Of(source, out _);
        if (NameOf(entry) is { } name) names.Add(benchmark, task, name, Saying(source.Text));
        foreach (FunctionForm form in functions.Where(function => function.Name == entry?.Name).Select(FunctionForm.Of))
        {
            exact.TryAdd(form.Exact, (benchmark, task));
            if (form.Tokens >= FewestRenamedTokens) renamed.TryAdd(form.Renamed, (benchmark, task));
        }
    }

    /// <summary>The name that a row gives the function it asks for; null where it was made of the text's words.</summary>
    private static string? NameOf(EntryPoint? entry) => entry is { Origin: not EntryPointOrigin.Derived } ? entry.Name : null;

    /// <summary>What a text says in words: its docstring where it has one, and no examples.</summary>
    private static string Saying(string text) => Statements(text).Skip(1).FirstOrDefault() ?? Examples().Replace(text, "");

    /// <summary>A text, and what it says where it is code or bears tests: a docstring without its examples.</summary>
    private static IEnumerable<string> Statements(string text)
    {
        yield return text;
        foreach (Match quoted in Docstring().Matches(text)) yield return Examples().Replace(quoted.Groups[1].Value, "");
    }

    private static IReadOnlyList<string> WordsOf(string text) => Words.Of(Asking().Replace(text, " "));

    [GeneratedRegex(@"\b(?:please\s+)?(?:write|create|implement|develop|define|make|generate|complete|design|build)\s+(?:me\s+)?(?:a|an|the)\s+(?:[\w+#-]+\s+){0,2}?(?:function|method|program|script|code|algorithm)\s+(?:to|that|which|for)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Asking();

    [GeneratedRegex("(?:\"\"\"|''')(.*?)(?:\"\"\"|''')", RegexOptions.Singleline)]
    private static partial Regex Docstring();

    /// <summary>Asserts, and prompts of Python's with their answers.</summary>
    [GeneratedRegex(@"^[ \t]*(?:>>>.*(?:\n(?![ \t]*(?:>>>|$)).*)*|assert\b.*)$\n?", RegexOptions.Multiline)]
    private static partial Regex Examples();
}
