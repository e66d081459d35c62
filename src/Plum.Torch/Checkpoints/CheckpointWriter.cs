using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Checkpoints;

/// <summary>
/// Writes checkpoint folders that transformers, vLLM and Plum load: the family's own tensor names, config.json as it was
/// read with its type updated, tokenizer and generation files byte for byte. The folder is built beside its place and
/// renamed, so that it is there as a whole or not at all.
/// </summary>
public static class CheckpointWriter
{
    /// <summary>The size a shard may have unless told: 5 GB, as transformers does.</summary>
    public const long DefaultShardBytes = 5_000_000_000;

    private static readonly string[] CopiedFiles =
    [
        "generation_config.json", "tokenizer.json", "tokenizer_config.json", "tokenizer.model", "special_tokens_map.json", "added_tokens.json",
        "vocab.json", "merges.txt", "vocab.txt", "chat_template.jinja", "chat_template.json", "LICENSE", "LICENSE.txt", "NOTICE",
    ];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a complete folder.</summary>
    /// <param name="path">Where it is to appear; what is there is replaced.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="parameters">Every parameter once, by canonical name, in any order; on any device, of any floating type.</param>
    /// <param name="storage">The type written.</param>
    /// <param name="source">The folder from which config.json, tokenizer and generation files are taken.</param>
    /// <param name="shardBytes">A file with more tensor bytes than this is split; 5 GB unless told.</param>
    /// <exception cref="ArgumentException">A parameter is unknown, missing, repeated or mis-shaped.</exception>
    /// <exception cref="InputException">The source has no config.json.</exception>
    public static void Save(string path, ModelConfig config, IEnumerable<(string Name, Tensor Value)> parameters, StorageType storage, string source, long shardBytes = DefaultShardBytes)
    {
        FolderSwap.Write(path, building =>
        {
            WriteConfig(Path.Combine(source, "config.json"), Path.Combine(building, "config.json"), storage);
            foreach (string name in CopiedFiles)
            {
                string from = Path.Combine(source, name);
                if (File.Exists(from)) File.Copy(from, Path.Combine(building, name));
            }

            string templates = Path.Combine(source, ChatTemplate.AdditionalFolder), copied = Path.Combine(building, ChatTemplate.AdditionalFolder);
            if (Directory.Exists(templates)) Directory.CreateDirectory(copied);
            foreach (string template in Directory.Exists(templates) ? Directory.GetFiles(templates, "*.jinja") : [])
                File.Copy(template, Path.Combine(copied, Path.GetFileName(template)));
            WriteWeights(building, TensorLayout.For(config), parameters, TypeOf(storage), shardBytes);
        });
    }

    /// <summary>The tensor type of a storage type.</summary>
    /// <param name="storage">float32, float16 or bfloat16.</param>
    public static ScalarType TypeOf(StorageType storage) => storage switch
    {
        StorageType.Float16 => ScalarType.Float16,
        StorageType.BFloat16 => ScalarType.BFloat16,
        _ => ScalarType.Float32,
    };

    private static void WriteConfig(string from, string to, StorageType storage)
    {
        JsonObject config = JsonNode.Parse(JsonSettings.Read(from).Element.GetRawText())!.AsObject();
        string key = config.ContainsKey("dtype") && !config.ContainsKey("torch_dtype") ? "dtype" : "torch_dtype";
        config[key] = storage switch { StorageType.Float16 => "float16", StorageType.BFloat16 => "bfloat16", _ => "float32" };
        File.WriteAllText(to, config.ToJsonString(Indented) + "\n");
    }

    private static void WriteWeights(string folder, TensorLayout layout, IEnumerable<(string Name, Tensor Value)> parameters, ScalarType type, long shardBytes)
    {
        List<List<string>> shards = Plan(layout, type.ElementSize(), shardBytes);
        Dictionary<string, SafetensorsWriter> writers = [];
        SafetensorsWriter[] all = [.. shards.Select((names, index) => Open(layout, names, type, Path.Combine(folder, FileName(index, shards.Count)), writers))];
        try
        {
            WriteAll(layout, parameters, writers);
            foreach (SafetensorsWriter writer in all) writer.Commit();
        }
        finally
        {
            foreach (SafetensorsWriter writer in all) writer.Dispose();
        }

        if (shards.Count > 1) WriteIndex(folder, layout, shards, type.ElementSize());
    }

    private static void WriteAll(TensorLayout layout, IEnumerable<(string Name, Tensor Value)> parameters, Dictionary<string, SafetensorsWriter> writers)
    {
        Dictionary<string, StoredParameter[]> sharers = layout.Parameters.GroupBy(item => item.StoredName).ToDictionary(group => group.Key, group => group.ToArray());
        Dictionary<string, Tensor> waiting = [];
        HashSet<string> missing = [.. layout.Shapes.Keys];
        foreach ((string name, Tensor value) in parameters)
        {
            if (!missing.Remove(name)) throw new ArgumentException($"Parameter '{name}' is given twice or unknown to the model.", nameof(parameters));
            StoredParameter parameter = layout[name];
            if (!new Shape(value.shape).Equals(parameter.Shape))
                throw new ArgumentException($"Parameter '{name}' has shape {new Shape(value.shape)}; the model's is {parameter.Shape}.", nameof(parameters));
            StoredParameter[] together = sharers[parameter.StoredName];
            waiting.Add(name, together.Length == 1 ? value : value.detach().clone().DetachFromDisposeScope());
            if (!Array.TrueForAll(together, part => waiting.ContainsKey(part.Name.ToString()))) continue;
            using (DisposeScope scope = NewDisposeScope())
            {
                Tensor[] parts = [.. together.Select(part => waiting[part.Name.ToString()])];
                writers[parameter.StoredName].Write(parameter.StoredName, StoredParameterExtensions.Compose(together, [.. parts.Select(part => part.detach())]));
            }

            foreach (StoredParameter part in together)
            {
                if (waiting.Remove(part.Name.ToString(), out Tensor? written) && together.Length > 1) written.Dispose();
            }
        }

        foreach (Tensor unwritten in waiting.Values) unwritten.Dispose();
        if (missing.Count > 0) throw new ArgumentException($"Parameter '{missing.First()}' is not given.", nameof(parameters));
    }

    private static SafetensorsWriter Open(TensorLayout layout, List<string> names, ScalarType type, string file, Dictionary<string, SafetensorsWriter> writers)
    {
        SafetensorsWriter writer = new(file, names.Select(name => (name, type, layout.StoredShapes[name])));
        foreach (string name in names) writers.Add(name, writer);
        return writer;
    }

    private static List<List<string>> Plan(TensorLayout layout, int elementSize, long shardBytes)
    {
        List<List<string>> shards = [[]];
        long bytes = 0;
        foreach ((string name, Shape shape) in layout.StoredShapes)
        {
            long size = shape.Elements * elementSize;
            if (bytes > 0 && bytes + size > shardBytes)
            {
                shards.Add([]);
                bytes = 0;
            }

            shards[^1].Add(name);
            bytes += size;
        }

        return shards;
    }

    private static string FileName(int index, int count) => count == 1
        ? WeightFiles.SingleFile
        : string.Create(CultureInfo.InvariantCulture, $"model-{index + 1:D5}-of-{count:D5}.safetensors");

    private static void WriteIndex(string folder, TensorLayout layout, List<List<string>> shards, int elementSize)
    {
        JsonObject map = [];
        foreach ((string name, int shard) in shards.SelectMany((names, shard) => names.Select(name => (name, shard))).OrderBy(item => item.name, StringComparer.Ordinal))
            map[name] = FileName(shard, shards.Count);
        JsonObject index = new()
        {
            ["metadata"] = new JsonObject { ["total_size"] = layout.StoredShapes.Values.Sum(shape => shape.Elements) * elementSize },
            ["weight_map"] = map,
        };
        File.WriteAllText(Path.Combine(folder, WeightFiles.IndexFile), index.ToJsonString(Indented) + "\n");
    }
}
