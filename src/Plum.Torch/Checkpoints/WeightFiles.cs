using System.Text.Json;
using static TorchSharp.torch;

namespace Plum.Torch.Checkpoints;

/// <summary>The tensors of a folder, whether they lie in one model.safetensors or in the shards that an index names.</summary>
internal sealed class WeightFiles : IDisposable
{
    public const string SingleFile = "model.safetensors";
    public const string IndexFile = "model.safetensors.index.json";

    private readonly Dictionary<string, SafetensorsReader> readers = [];

    private WeightFiles(string description) => Description = description;

    /// <summary>The file to name when a tensor is missing: the single file or the index.</summary>
    public string Description { get; }

    public IEnumerable<string> Names => readers.Keys;

    public SafetensorsEntry Entry(string name) => readers[name].Entries[name];

    public string FileOf(string name) => readers[name].File;

    public bool Contains(string name) => readers.ContainsKey(name);

    public Tensor Load(string name) => readers[name].Load(name);

    public static WeightFiles Open(string folder)
    {
        string single = Path.Combine(folder, SingleFile), index = Path.Combine(folder, IndexFile);
        WeightFiles files = new(File.Exists(single) ? single : index);
        try
        {
            if (File.Exists(single)) files.AddAll(SafetensorsReader.Open(single));
            else if (File.Exists(index)) files.AddShards(folder, JsonSettings.Read(index));
            else throw NoWeights(folder);
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    private void AddAll(SafetensorsReader reader)
    {
        foreach (string name in reader.Entries.Keys) readers.Add(name, reader);
    }

    private void AddShards(string folder, JsonSettings index)
    {
        JsonSettings map = index.Section("weight_map") ?? throw new InputException($"{index.File}: weight_map is missing.");
        Dictionary<string, SafetensorsReader> shards = [];
        foreach (JsonProperty property in map.Element.EnumerateObject())
        {
            string shard = map.TextOrNull(property.Name) ?? "";
            if (shard != Path.GetFileName(shard) || shard.Length == 0)
                throw new InputException($"{index.File}: tensor '{property.Name}' is said to be in '{shard}', which is not a file of this folder.");
            if (!shards.TryGetValue(shard, out SafetensorsReader? reader))
                shards.Add(shard, reader = SafetensorsReader.Open(Path.Combine(folder, shard)));
            readers[property.Name] = reader;
            if (!reader.Entries.ContainsKey(property.Name))
                throw new InputException($"{reader.File} has no tensor '{property.Name}', although {IndexFile} says so. Fetch both again.");
        }
    }

    private static InputException NoWeights(string folder)
    {
        bool pickled = Directory.EnumerateFiles(folder, "pytorch_model*.bin").Any();
        return new InputException($"{folder} has neither {SingleFile} nor {IndexFile}" + (pickled
            ? "; its pytorch_model.bin is a pickle, which is never loaded. Convert it with transformers' save_pretrained(safe_serialization=True)."
            : "; a checkpoint folder needs one of them."));
    }

    public void Dispose()
    {
        foreach (SafetensorsReader reader in readers.Values.Distinct()) reader.Dispose();
    }
}
