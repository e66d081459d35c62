namespace Plum.Instructions;

/// <summary>By what names the files of public benchmarks are published.</summary>
public static class BenchmarkFiles
{
    private static readonly (string Benchmark, string[] Patterns)[] Published =
    [
        ("humaneval", ["HumanEval.jsonl", "HumanEval.jsonl.gz"]),
        ("humaneval+", ["HumanEvalPlus*.jsonl", "HumanEvalPlus*.jsonl.gz"]),
        ("mbpp", ["mbpp.jsonl", "sanitized-mbpp.json"]),
        ("mbpp+", ["MbppPlus*.jsonl", "MbppPlus*.jsonl.gz"]),
        ("leetcode", ["*20240121-Jul.jsonl", "*test_leetcode.json"]),
        ("livecodebench", ["*live_code_bench*.jsonl", "*livecodebench*.jsonl"]),
        ("codeforces", ["*test_codeforces.json"]),
        ("code_contests", ["*code_contests.json", "*code_contests.jsonl"]),
    ];

    /// <summary>The benchmarks that are known by name.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Published.Select(row => row.Benchmark)];

    /// <summary>A benchmark's files.</summary>
    /// <param name="benchmark">Its name; or <c>name=FILE</c>; or a file, which is called by its name.</param>
    /// <param name="folder">Where to look for published files, at any depth; null where no folder is known.</param>
    /// <exception cref="InputException">It is neither a known benchmark with a file there nor a file.</exception>
    public static (string Name, IReadOnlyList<string> Files) Find(string benchmark, string? folder)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        if (Published.FirstOrDefault(row => row.Benchmark.Equals(benchmark, StringComparison.OrdinalIgnoreCase)) is { Benchmark: { } name, Patterns: { } patterns })
        {
            string remedy = $"give --benchmark-data DIR (or set PLUM_DATA), or name the file: --decontaminate {name}=FILE";
            if (folder is null) throw new InputException($"--decontaminate {name}: it is not said where its data are: {remedy}");
            if (!Directory.Exists(folder)) throw new InputException($"{folder}: there is no such folder: {remedy}");
            string[] files = [.. patterns.SelectMany(pattern => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories)).Distinct().Order(StringComparer.Ordinal)];
            return files.Length > 0 ? (name, files) : throw new InputException($"--decontaminate {name}: there is no {string.Join(" or ", patterns)} below {folder}: {remedy}");
        }

        int equals = benchmark.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0) return (benchmark[..equals], [benchmark[(equals + 1)..]]);
        if (File.Exists(benchmark)) return (Path.GetFileName(benchmark), [benchmark]);
        string meant = Text.Spelling.Closest(benchmark, Names) is { } close ? $", did you mean {close}?" : "";
        throw new InputException($"--decontaminate {benchmark}: neither a benchmark nor a file{meant}: the benchmarks are {string.Join(", ", Names)}; a file of tasks can be given as it is or as NAME=FILE");
    }
}
