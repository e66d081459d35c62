using Plum.Rounds;

namespace Plum.Cli.Runs;

/// <summary>What a run is made of: <c>run.json</c>, written at its first start and never after.</summary>
/// <param name="Recipe">The resolved recipe.</param>
/// <param name="Seed">The recipe's seed, where people look for it.</param>
/// <param name="Versions">The versions that the results depend on.</param>
/// <param name="Sandbox">Which layers of isolation were on.</param>
/// <param name="Precision">The number type of matrix products.</param>
/// <param name="Compute">What computed.</param>
/// <param name="Machine">The machine of the first start.</param>
/// <param name="Inputs">The files that the run reads, by the recipe's key and the file's name.</param>
/// <param name="Prompts">The versions of what the teacher is asked, by their names; null in runs that were begun before they were kept.</param>
internal sealed record RunRecord(
    RunOptions Recipe,
    ulong Seed,
    Versions Versions,
    string Sandbox,
    string Precision,
    Compute Compute,
    Machine Machine,
    IReadOnlyDictionary<string, Fingerprint> Inputs,
    IReadOnlyDictionary<string, string>? Prompts = null)
{
    private static readonly string[] ModelFiles = ["config.json", "model.safetensors", "model.safetensors.index.json", "tokenizer.json"];

    /// <summary>The fingerprints of the files that a recipe names.</summary>
    /// <param name="located">The recipe with paths of this machine.</param>
    public static SortedDictionary<string, Fingerprint> InputsOf(RunOptions located)
    {
        SortedDictionary<string, Fingerprint> inputs = new(StringComparer.Ordinal)
        {
            ["instructions"] = Fingerprint.Of(located.Instructions),
            ["held_out"] = Fingerprint.Of(located.HeldOut),
        };
        if (located.Sft is not null) inputs["sft"] = Fingerprint.Of(located.Sft);
        Add("policy", located.Policy);
        string[] teachers = [.. located.AllTeachers.Select(one => one.Policy).OfType<string>().Where(folder => folder != located.Policy).Distinct()];
        for (int i = 0; i < teachers.Length; i++) Add(i == 0 ? "teacher" : $"teacher-{i + 1}", teachers[i]);
        return inputs;

        void Add(string key, string folder)
        {
            foreach (string file in ModelFiles.Where(name => File.Exists(Path.Combine(folder, name))))
                inputs[$"{key}/{file}"] = Fingerprint.Of(Path.Combine(folder, file));
        }
    }
}
