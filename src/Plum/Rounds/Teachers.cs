using System.Security.Cryptography;
using System.Text;
using Plum.Models;

namespace Plum.Rounds;

/// <summary>
/// A recipe's teachers, opened as one model. What endpoints are asked and answer is always kept on record, beside the suites
/// unless the recipe says where; what checkpoints answer only where the recipe names a record, since they cost nothing but time.
/// </summary>
internal sealed class Teachers : IDisposable
{
    private readonly ModelRecord? record;
    private readonly ModelTally tally;
    private readonly string counts;

    private Teachers(ILanguageModel model, ModelRecord? record, ModelTally tally, string counts) =>
        (Model, this.record, this.tally, this.counts) = (model, record, tally, counts);

    /// <summary>The teachers.</summary>
    public ILanguageModel Model { get; }

    /// <summary>Opens a recipe's teachers.</summary>
    /// <param name="suites">The file of suites.</param>
    /// <param name="options">The recipe, with paths of this machine.</param>
    /// <param name="askFailedAgain">Whether requests whose failure is on record are asked again.</param>
    /// <param name="open">Opens a checkpoint folder.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Stops reading the record.</param>
    /// <exception cref="InputException">A folder, an endpoint's options or the record cannot be used.</exception>
    public static async Task<Teachers> OpenAsync(
        string suites, RunOptions options, bool askFailedAgain, Func<string, ILanguageModel> open, TimeProvider time, CancellationToken cancellation)
    {
        IReadOnlyList<TeacherOptions> all = options.AllTeachers;
        string counts = Beside(suites, "json");
        ModelTally tally = new(RunDirectory.Read<ModelFigures>(counts));
        if (!OnRecord(options)) return new(Together(all, one => new CountedModel(open(one.Policy!), tally)), null, tally, counts);
        ModelRecord record = await ModelRecord.OpenAsync(
            RecordOf(suites, options), new(options.TeacherRecord is { ReplayOnly: true }, askFailedAgain, options.TeacherBudget), cancellation).ConfigureAwait(false);
        return new(Together(all, one => one.Endpoint is { } endpoint
            ? new RecordedModel(new ChatEndpoint(endpoint, time), endpoint.Model, record, (endpoint.PromptPrice, endpoint.CompletionPrice), time)
            : new RecordedModel(open(one.Policy!), NameOf(one.Policy!), record, default, time)), record, tally, counts);
    }

    /// <summary>What the teachers of a file of suites have taken so far; null where nobody counted.</summary>
    /// <param name="suites">The file of suites.</param>
    /// <param name="options">The recipe, with paths of this machine.</param>
    /// <param name="cancellation">Stops reading the record.</param>
    public static async Task<ModelFigures?> FiguresAsync(string suites, RunOptions options, CancellationToken cancellation)
    {
        if (!OnRecord(options)) return RunDirectory.Read<ModelFigures>(Beside(suites, "json"));
        string file = RecordOf(suites, options);
        if (!File.Exists(file)) return null;
        using ModelRecord record = await ModelRecord.OpenAsync(file, new(ReplayOnly: true), cancellation).ConfigureAwait(false);
        return record.Figures;
    }

    /// <summary>Closes the teachers; where there is no record their counts are written, so that a stage that was stopped adds to them.</summary>
    public void Dispose()
    {
        (Model as IDisposable)?.Dispose();
        record?.Dispose();
        if (record is null) RunDirectory.Write(counts, tally.Figures);
    }

    private static bool OnRecord(RunOptions options) => options.TeacherRecord is not null || options.AllTeachers.Any(one => one.Endpoint is not null);

    private static string RecordOf(string suites, RunOptions options) => options.TeacherRecord?.File ?? Beside(suites, "jsonl");

    // suites.jsonl is a run's and has teacher.jsonl beside it; another name keeps its own.
    private static string Beside(string suites, string ending)
    {
        string stem = Path.GetFileNameWithoutExtension(suites);
        return Path.Combine(Path.GetDirectoryName(Path.GetFullPath(suites))!, $"{(stem == "suites" ? "" : stem + ".")}teacher.{ending}");
    }

    private static ILanguageModel Together(IReadOnlyList<TeacherOptions> all, Func<TeacherOptions, ILanguageModel> openOne) =>
        all.Count == 1 ? openOne(all[0]) : new WeightedModels([.. all.Select(one => new WeightedModel(one.Endpoint?.Model ?? NameOf(one.Policy!), openOne(one), one.Weight))]);

    // The folder's name, and what tells its content from another's without reading gigabytes: the small files and the weights' lengths.
    private static string NameOf(string folder)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Name} {file.Length}\n"));
            if (file.Extension is ".json" or ".jinja") hash.AppendData(File.ReadAllBytes(file.FullName));
        }

        return $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))}-{Convert.ToHexStringLower(hash.GetHashAndReset())[..8]}";
    }
}
