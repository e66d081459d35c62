using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Checkpoints;

/// <summary>The two factors of one weight's update: W + Scale * B A.</summary>
/// <param name="Name">The canonical weight, for instance <c>layers.3.q.weight</c>.</param>
/// <param name="A">[rank, in].</param>
/// <param name="B">[out, rank].</param>
/// <param name="Scale">What the product is multiplied by.</param>
public sealed record LoraFactors(string Name, Tensor A, Tensor B, double Scale);

/// <summary>
/// A LoRA adapter as PEFT writes it: adapter_config.json and adapter_model.safetensors, asked for by canonical name.
/// On a fused projection (GPT-2's c_attn) q, k and v each get the shared A and their rows of B.
/// </summary>
public sealed class AdapterFolder : IDisposable
{
    internal const string ConfigFile = "adapter_config.json";
    internal const string WeightFile = "adapter_model.safetensors";
    internal const string Prefix = "base_model.model.";

    private readonly SafetensorsReader reader;
    private readonly Dictionary<string, (string A, string B)> modules;
    private readonly TensorLayout layout;

    private AdapterFolder(LoraSettings settings, SafetensorsReader reader, TensorLayout layout)
    {
        Settings = settings;
        this.reader = reader;
        this.layout = layout;
        modules = FindModules();
        Parameters = [.. layout.Parameters.Where(parameter => modules.ContainsKey(parameter.StoredName)).Select(parameter => parameter.Name.ToString())];
    }

    /// <summary>Rank, scale and what else adapter_config.json says.</summary>
    public LoraSettings Settings { get; }

    /// <summary>The canonical weights that the adapter changes, in the order of the forward pass.</summary>
    public IReadOnlyList<string> Parameters { get; }

    /// <summary>Opens an adapter and checks every tensor against the model it is for.</summary>
    /// <param name="path">The adapter's folder.</param>
    /// <param name="config">The base model.</param>
    /// <exception cref="InputException">A file is absent or malformed, a feature unsupported, or a tensor does not fit the model; the message names it.</exception>
    public static AdapterFolder Open(string path, ModelConfig config)
    {
        LoraSettings settings = LoraSettings.Read(JsonSettings.Read(Path.Combine(path, ConfigFile)));
        SafetensorsReader reader = SafetensorsReader.Open(Path.Combine(path, WeightFile));
        try
        {
            return new AdapterFolder(settings, reader, TensorLayout.For(config));
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Loads the factors of one weight.</summary>
    /// <param name="canonicalName">One of <see cref="Parameters"/>.</param>
    /// <param name="type">The type wanted; null for the one stored.</param>
    /// <returns>Tensors of their own memory, belonging to the caller's dispose scope.</returns>
    /// <exception cref="KeyNotFoundException">The adapter does not change this weight.</exception>
    public LoraFactors LoadFactors(string canonicalName, ScalarType? type = null)
    {
        StoredParameter parameter = layout[canonicalName];
        if (!modules.TryGetValue(parameter.StoredName, out (string A, string B) names))
            throw new KeyNotFoundException($"The adapter does not change '{canonicalName}'.");
        using DisposeScope scope = NewDisposeScope();
        Tensor a = reader.Load(names.A), b = reader.Load(names.B);
        if (parameter.Rows is { } rows) b = cat([.. rows.Select(range => b.narrow(0, range.Start, range.Length))]);
        if (type is { } wanted) (a, b) = (a.to(wanted), b.to(wanted));
        return new LoraFactors(canonicalName, a.MoveToOuterDisposeScope(), b.contiguous().MoveToOuterDisposeScope(), Settings.ScaleFor(Module(parameter.StoredName)));
    }

    /// <summary>The whole update of one weight, Scale * B A, in float32.</summary>
    /// <param name="canonicalName">One of <see cref="Parameters"/>.</param>
    public Tensor LoadDelta(string canonicalName)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        LoraFactors factors = LoadFactors(canonicalName, ScalarType.Float32);
        return mm(factors.B, factors.A).mul_(factors.Scale).MoveToOuterDisposeScope();
    }

    /// <summary>Adds an adapter into its base model and writes the result as a complete folder.</summary>
    /// <param name="basePath">The base model's folder.</param>
    /// <param name="adapterPath">The adapter's folder.</param>
    /// <param name="path">Where the merged folder is to appear.</param>
    /// <param name="storage">The type written; the base model's unless told. Sums are done in float32.</param>
    /// <exception cref="InputException">Either folder cannot be used.</exception>
    public static void Merge(string basePath, string adapterPath, string path, StorageType? storage = null)
    {
        using CheckpointFolder model = CheckpointFolder.Open(basePath);
        using AdapterFolder adapter = Open(adapterPath, model.Config);
        HashSet<string> changed = [.. adapter.Parameters];
        CheckpointFolder.Save(path, model.Config, MergedParameters(), storage ?? model.Config.StorageType, basePath);

        IEnumerable<(string Name, Tensor Value)> MergedParameters()
        {
            foreach (string name in model.Shapes.Keys)
            {
                using Tensor weight = changed.Contains(name) ? model.LoadTensor(name, ScalarType.Float32) : model.LoadTensor(name);
                if (changed.Contains(name))
                {
                    using Tensor delta = adapter.LoadDelta(name);
                    weight.add_(delta);
                }

                yield return (name, weight);
            }
        }
    }

    /// <summary>Releases the mapping; loaded tensors stay.</summary>
    public void Dispose() => reader.Dispose();

    internal static string Module(string storedName) => storedName[..^".weight".Length];

    private Dictionary<string, (string A, string B)> FindModules()
    {
        Dictionary<string, (string A, string B)> found = [];
        HashSet<string> linear = [.. layout.Parameters.Where(parameter => parameter.Name.IsLinearWeight).Select(parameter => parameter.StoredName)];
        foreach (string name in reader.Entries.Keys)
        {
            string plain = name.Replace(".default.weight", ".weight", StringComparison.Ordinal);
            string? end = ((string[])[".lora_A.weight", ".lora_B.weight"]).FirstOrDefault(suffix => plain.EndsWith(suffix, StringComparison.Ordinal));
            string stored = end is null || !plain.StartsWith(Prefix, StringComparison.Ordinal) ? "" : plain[Prefix.Length..^end.Length] + ".weight";
            if (!linear.Contains(stored))
                throw new InputException($"{reader.File}: tensor '{name}' is not the lora_A or lora_B of a projection that this model has.");
            (string A, string B) names = found.GetValueOrDefault(stored, ("", ""));
            found[stored] = end == ".lora_A.weight" ? (name, names.B) : (names.A, name);
        }

        foreach ((string stored, (string a, string b)) in found)
        {
            if (a.Length == 0 || b.Length == 0) throw new InputException($"{reader.File}: {Module(stored)} has only one of lora_A and lora_B.");
            long[] shape = layout.StoredShapes[stored].ToArray();
            if (layout.Parameters.First(parameter => parameter.StoredName == stored).Transposed) Array.Reverse(shape);
            int rank = Settings.RankFor(Module(stored));
            CheckShape(a, new Shape(rank, shape[1]));
            CheckShape(b, new Shape(shape[0], rank));
        }

        return found;
    }

    private void CheckShape(string name, Shape expected)
    {
        if (!reader.Entries[name].Shape.Equals(expected))
            throw new InputException($"{reader.File}: tensor '{name}' has shape {reader.Entries[name].Shape}; {ConfigFile} and the base model ask for {expected}.");
    }
}
