using System.Text.RegularExpressions;
using Plum.Text;

namespace Plum.Instructions;

/// <summary>
/// Benchmark tasks by the name of their function: who asks for <c>similar_elements</c> in words of which a fifth are a task's asks for that
/// task, reworded. A name of one word is anybody's. It finds most of MBPP's tasks that MBPP+ words otherwise (docs/instructions.md).
/// </summary>
internal sealed partial class SharedNames
{
    private const double LeastShared = 0.2;

    private static readonly HashSet<string> Common =
        ["a", "all", "an", "and", "are", "as", "at", "be", "by", "each", "find", "for", "from", "function", "given", "has", "if", "in", "is", "it", "number", "of", "on", "or",
         "python", "return", "returns", "takes", "that", "the", "then", "this", "to", "using", "whether", "which", "with", "write"];

    private readonly Dictionary<string, List<(string Benchmark, string Task, HashSet<string> Words)>> tasks = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds a task.</summary>
    /// <param name="benchmark">Its benchmark.</param>
    /// <param name="task">Its id.</param>
    /// <param name="name">The function that it asks for.</param>
    /// <param name="text">What it says.</param>
    public void Add(string benchmark, string task, string name, string text)
    {
        if (Parts().Count(name) < 2) return;
        if (!tasks.TryGetValue(name, out List<(string, string, HashSet<string>)>? known)) tasks[name] = known = [];
        known.Add((benchmark, task, WordsOf(text)));
    }

    /// <summary>The task that an instruction asks for; null where it is none.</summary>
    /// <param name="name">The function that the instruction asks for.</param>
    /// <param name="text">What it says.</param>
    public (string Benchmark, string Task)? Find(string name, string text)
    {
        if (!tasks.TryGetValue(name, out List<(string Benchmark, string Task, HashSet<string> Words)>? known)) return null;
        HashSet<string> words = WordsOf(text);
        foreach ((string benchmark, string task, HashSet<string> theirs) in known)
        {
            int shared = words.Count(theirs.Contains);
            if (shared > 0 && shared >= LeastShared * (words.Count + theirs.Count - shared)) return (benchmark, task);
        }

        return null;
    }

    private static HashSet<string> WordsOf(string text) => [.. Words.Of(text).Where(word => !Common.Contains(word))];

    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")]
    private static partial Regex Parts();
}
