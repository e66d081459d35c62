using System.Text.Json;
using Plum.Evaluation.Benchmarks;
using Plum.Text;

namespace Plum.Evaluation;

/// <summary>A task of which a training file holds a piece.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="File">The training file.</param>
/// <param name="Line">The line where the first piece ends, from 1.</param>
/// <param name="Shared">The share of the task's runs of words that the file holds.</param>
/// <param name="Piece">The first run of words that both hold.</param>
public sealed record Contaminated(string TaskId, string File, int Line, double Shared, string Piece);

/// <summary>
/// Looks for benchmark tasks in training files: runs of thirteen words (Brown et al., arXiv 2005.14165, appendix C) of a task's
/// prompt or canonical solution that stand in a line of JSON, or anywhere in a file of text. Runs that several tasks share, and runs of
/// figures, are nobody's. Reworded tasks are not found.
/// </summary>
public static class Contamination
{
    private const int RunWords = 13;

    /// <summary>Finds tasks.</summary>
    /// <param name="tasks">The benchmark's tasks.</param>
    /// <param name="files">Training files: JSON Lines, prose or code.</param>
    /// <exception cref="InputException">A file cannot be read.</exception>
    public static IReadOnlyList<Contaminated> Find(IReadOnlyList<PublicTask> tasks, IReadOnlyList<string> files)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentNullException.ThrowIfNull(files);
        RunIndex index = new(RunWords);
        foreach (PublicTask task in tasks)
        {
            index.Add(task.Id, Words.Of(task.Prompt));
            index.Add(task.Id, Words.Of(task.Canonical ?? ""));
        }

        List<Contaminated> found = [];
        foreach (string file in files)
        {
            if (!File.Exists(file)) throw new InputException($"{file}: there is no such file: check the name");
            Dictionary<string, (int Line, string Piece, HashSet<string> Runs)> hits = [];
            int line = 0;
            IReadOnlyList<string> before = [];
            foreach (string text in File.ReadLines(file))
            {
                line++;
                if (text.Contains('\0', StringComparison.Ordinal)) throw new InputException($"{file}, line {line}: this is no text: unpack it, and give JSON Lines, prose or code");
                // An object is a text of its own; lines of prose or code go on from one to the next.
                string? strings = StringsOf(text);
                IReadOnlyList<string> words = strings is null ? [.. before, .. Words.Of(text)] : Words.Of(strings);
                before = strings is null ? [.. words.TakeLast(RunWords - 1)] : [];
                foreach ((string task, string run) in index.Find(words))
                {
                    if (!hits.TryGetValue(task, out (int, string, HashSet<string> Runs) hit)) hits[task] = hit = (line, run, []);
                    hit.Runs.Add(run);
                }
            }

            found.AddRange(hits.Select(hit => new Contaminated(hit.Key, file, hit.Value.Line, (double)hit.Value.Runs.Count / index.Count(hit.Key), hit.Value.Piece)));
        }

        return found;
    }

    /// <summary>The texts in a line of JSON, one below the other; null where it is none.</summary>
    private static string? StringsOf(string line)
    {
        if (!line.StartsWith('{')) return null;
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            return string.Join('\n', Strings(json.RootElement));
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Strings(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => [json.GetString()!],
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Strings),
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member => Strings(member.Value)),
        _ => [],
    };
}
