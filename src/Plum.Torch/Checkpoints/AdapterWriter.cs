using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Checkpoints;

/// <summary>
/// Writes LoRA adapters that PEFT and vLLM load. Where the family fuses q, k and v, their separate factors become one
/// pair of the fused projection, exactly: the A's stacked, the B's on their own rows and columns, the rank the sum.
/// </summary>
public static class AdapterWriter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an adapter folder, as a whole or not at all.</summary>
    /// <param name="path">Where it is to appear; what is there is replaced.</param>
    /// <param name="config">The base model.</param>
    /// <param name="settings">Rank, alpha and the base model's name; patterns are made anew.</param>
    /// <param name="factors">A [rank, in] and B [out, rank] of each adapted weight, by canonical name; their scales are the settings'.</param>
    /// <param name="storage">The type written; float32 unless told, as PEFT keeps adapters.</param>
    /// <exception cref="ArgumentException">A name is no projection of the model, or a shape does not fit.</exception>
    public static void Save(string path, ModelConfig config, LoraSettings settings, IEnumerable<(string Name, Tensor A, Tensor B)> factors, StorageType storage = StorageType.Float32)
    {
        TensorLayout layout = TensorLayout.For(config);
        Dictionary<string, (Tensor A, Tensor B)> given = factors.ToDictionary(item => item.Name, item => (item.A, item.B));
        foreach ((string name, (Tensor a, Tensor b)) in given) Check(layout, name, a, b, settings.Rank);
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors = [];
        Dictionary<string, int> ranks = [];
        foreach (IGrouping<string, StoredParameter> sharers in layout.Parameters.GroupBy(parameter => parameter.StoredName))
        {
            StoredParameter[] adapted = [.. sharers.Where(parameter => given.ContainsKey(parameter.Name.ToString()))];
            if (adapted.Length == 0) continue;
            string module = AdapterFolder.Module(sharers.Key);
            (Tensor a, Tensor b) = adapted[0].Rows is null ? given[adapted[0].Name.ToString()] : Fuse([.. sharers], given, settings.Rank);
            tensors[$"{AdapterFolder.Prefix}{module}.lora_A.weight"] = a.detach().to(CheckpointWriter.TypeOf(storage)).contiguous();
            tensors[$"{AdapterFolder.Prefix}{module}.lora_B.weight"] = b.detach().to(CheckpointWriter.TypeOf(storage)).contiguous();
            ranks[module] = (int)a.shape[0];
        }

        FolderSwap.Write(path, building =>
        {
            SafetensorsWriter.Write(Path.Combine(building, AdapterFolder.WeightFile), tensors);
            File.WriteAllText(Path.Combine(building, AdapterFolder.ConfigFile), Config(config, settings, ranks).ToJsonString(Indented) + "\n");
        });
    }

    private static void Check(TensorLayout layout, string name, Tensor a, Tensor b, int rank)
    {
        if (!layout.Shapes.TryGetValue(name, out Shape? shape) || !layout[name].Name.IsLinearWeight)
            throw new ArgumentException($"'{name}' is no projection of the model.", nameof(name));
        if (!new Shape(a.shape).Equals(new Shape(rank, shape[1])) || !new Shape(b.shape).Equals(new Shape(shape[0], rank)))
            throw new ArgumentException($"The factors of '{name}' have shapes {new Shape(a.shape)} and {new Shape(b.shape)}; rank {rank} asks for {new Shape(rank, shape[1])} and {new Shape(shape[0], rank)}.", nameof(a));
    }

    private static (Tensor A, Tensor B) Fuse(StoredParameter[] sharers, Dictionary<string, (Tensor A, Tensor B)> given, int rank)
    {
        StoredParameter[] adapted = [.. sharers.Where(parameter => given.ContainsKey(parameter.Name.ToString()))];
        Tensor a = cat([.. adapted.Select(parameter => given[parameter.Name.ToString()].A.detach())]);
        Tensor b = zeros(sharers.Sum(parameter => parameter.Shape[0]), rank * adapted.Length, dtype: a.dtype);
        for (int i = 0; i < adapted.Length; i++)
        {
            Tensor own = given[adapted[i].Name.ToString()].B.detach();
            long taken = 0;
            foreach (RowRange range in adapted[i].Rows!)
            {
                b.narrow(0, range.Start, range.Length).narrow(1, i * rank, rank).copy_(own.narrow(0, taken, range.Length));
                taken += range.Length;
            }
        }

        return (a, b);
    }

    private static JsonObject Config(ModelConfig config, LoraSettings settings, Dictionary<string, int> ranks)
    {
        // A fused projection has a multiple of the rank; its alpha grows so that the scale stays.
        JsonObject rankPattern = [], alphaPattern = [];
        foreach ((string module, int rank) in ranks)
        {
            if (rank == settings.Rank) continue;
            rankPattern[module] = rank;
            alphaPattern[module] = settings.Scale * (settings.RankStabilized ? Math.Sqrt(rank) : rank);
        }

        return new JsonObject
        {
            ["alpha_pattern"] = alphaPattern,
            ["auto_mapping"] = null,
            ["base_model_name_or_path"] = settings.BaseModel,
            ["bias"] = "none",
            ["fan_in_fan_out"] = config.Family == ModelFamily.Gpt2,
            ["inference_mode"] = true,
            ["init_lora_weights"] = true,
            ["layers_pattern"] = null,
            ["layers_to_transform"] = null,
            ["lora_alpha"] = settings.Alpha,
            ["lora_dropout"] = settings.Dropout,
            ["modules_to_save"] = null,
            ["peft_type"] = "LORA",
            ["r"] = settings.Rank,
            ["rank_pattern"] = rankPattern,
            ["revision"] = null,
            ["target_modules"] = new JsonArray([.. TargetNames(ranks.Keys).Select(name => (JsonNode)name)]),
            ["task_type"] = "CAUSAL_LM",
            ["use_dora"] = false,
            ["use_rslora"] = settings.RankStabilized,
        };
    }

    /// <summary>The shortest names that mean these modules: PEFT takes every module that ends in one.</summary>
    private static IEnumerable<string> TargetNames(IEnumerable<string> modules) =>
        modules.Select(module => string.Join('.', module.Split('.')[^(module.Contains("c_proj", StringComparison.Ordinal) ? 2 : 1)..])).Distinct().Order(StringComparer.Ordinal);
}
