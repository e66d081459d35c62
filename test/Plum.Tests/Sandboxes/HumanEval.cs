using System.IO.Compression;
using System.Text.Json;
using Xunit;

namespace Plum.Tests.Sandboxes;

/// <summary>HumanEval's tasks, from the folder that PLUM_DATA names or one beside the repository.</summary>
internal static class HumanEval
{
    public sealed record Task(string TaskId, string Prompt, string EntryPoint, string CanonicalSolution, string Test)
    {
        public string Program => Prompt + CanonicalSolution;

        /// <summary>The canonical solution with every value that it returns changed.</summary>
        public string Broken => Program + $"""


            _right = {EntryPoint}
            def {EntryPoint}(*positional, **keywords):
                value = _right(*positional, **keywords)
                if value is None or isinstance(value, bool): return not value
                if isinstance(value, (int, float)): return value + 1
                if isinstance(value, str): return value + "?"
                if isinstance(value, list): return value + [None]
                if isinstance(value, tuple): return value + (None,)
                if isinstance(value, dict): return dict(value, plum=1)
                return [value]
            """;
    }

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static IReadOnlyList<Task> Load()
    {
        string? path = Find("humaneval/HumanEval.jsonl.gz");
        Assert.SkipWhen(path is null, "HumanEval is not there: set PLUM_DATA to the folder that holds humaneval/HumanEval.jsonl.gz");
        using StreamReader reader = new(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        List<Task> tasks = [];
        while (reader.ReadLine() is { } line)
            if (line.Length > 0)
                tasks.Add(JsonSerializer.Deserialize<Task>(line, Options)!);
        return tasks;
    }

    public static string? Find(string file)
    {
        List<string> places = [Environment.GetEnvironmentVariable("PLUM_DATA") ?? ""];
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Plum.slnx")))
                places.Add(Path.Combine(folder.FullName, "..", "shared", "data"));
        return places.Where(place => place.Length > 0).Select(place => Path.Combine(place, file)).FirstOrDefault(File.Exists);
    }
}
