using static TorchSharp.torch;

namespace Plum.Torch.Checkpoints;

/// <summary>
/// A Hugging Face checkpoint folder: config.json and safetensors weights, asked for by canonical name.
/// Opening reads headers only, and fails there if a tensor is missing, unknown or of another shape.
/// </summary>
public sealed class CheckpointFolder : IDisposable
{
    /// <summary>Buffers that old checkpoints carry along and that no forward pass reads.</summary>
    private static readonly string[] IgnoredSuffixes = [".attn.bias", ".attn.masked_bias", ".rotary_emb.inv_freq"];

    private readonly WeightFiles files;
    private readonly string removedPrefix;

    private CheckpointFolder(string path, ModelConfig config, WeightFiles files)
    {
        Path = path;
        Config = config;
        this.files = files;
        Layout = TensorLayout.For(config);
        removedPrefix = MissingPrefix();
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>What kind of model it holds.</summary>
    public ModelConfig Config { get; }

    /// <summary>Its parameters and where they are stored.</summary>
    public TensorLayout Layout { get; }

    /// <summary>Canonical name to canonical shape of every parameter.</summary>
    public IReadOnlyDictionary<string, Shape> Shapes => Layout.Shapes;

    /// <summary>Opens a folder and checks that it holds exactly the tensors that its config.json asks for.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="InputException">A file is absent, malformed or unsupported, or a tensor missing, unknown or mis-shaped; the message names it.</exception>
    public static CheckpointFolder Open(string path)
    {
        ModelConfig config = ModelConfig.Read(path);
        WeightFiles files = WeightFiles.Open(path);
        try
        {
            CheckpointFolder folder = new(path, config, files);
            folder.CheckTensors();
            return folder;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Loads one parameter in canonical form: projections are [out, in], fused ones taken apart.</summary>
    /// <param name="canonicalName">For instance <c>layers.3.q.weight</c>.</param>
    /// <param name="type">The type wanted; null for the one stored.</param>
    /// <returns>A contiguous CPU tensor belonging to the caller's dispose scope.</returns>
    /// <exception cref="KeyNotFoundException">The model has no such parameter.</exception>
    public Tensor LoadTensor(string canonicalName, ScalarType? type = null) =>
        Layout[canonicalName].Read(name => files.Load(NameInFile(name)), type);

    /// <summary>Writes a complete folder; see <see cref="CheckpointWriter"/>.</summary>
    /// <inheritdoc cref="CheckpointWriter.Save"/>
    public static void Save(string path, ModelConfig config, IEnumerable<(string Name, Tensor Value)> parameters, StorageType storage, string source, long shardBytes = CheckpointWriter.DefaultShardBytes) =>
        CheckpointWriter.Save(path, config, parameters, storage, source, shardBytes);

    /// <summary>Releases the mappings; loaded tensors stay.</summary>
    public void Dispose() => files.Dispose();

    private string NameInFile(string storedName) =>
        removedPrefix.Length > 0 && storedName.StartsWith(removedPrefix, StringComparison.Ordinal) ? storedName[removedPrefix.Length..] : storedName;

    /// <summary>Checkpoints saved from the bare decoder lack the outermost prefix (<c>h.0.ln_1.weight</c>), as the original GPT-2 files do.</summary>
    private string MissingPrefix()
    {
        string embedding = Layout.Parameters[0].StoredName;
        string prefix = embedding[..(embedding.IndexOf('.', StringComparison.Ordinal) + 1)];
        return !files.Contains(embedding) && files.Contains(embedding[prefix.Length..]) ? prefix : "";
    }

    private void CheckTensors()
    {
        foreach ((string stored, Shape shape) in Layout.StoredShapes)
        {
            string name = NameInFile(stored);
            if (!files.Contains(name))
                throw new InputException($"{files.Description} has no tensor '{name}' of shape {shape}, which a {Config.ModelType} model of this config.json needs. Is the download complete, and the config its own?");
            Shape found = files.Entry(name).Shape;
            if (!found.Equals(shape))
                throw new InputException($"{files.FileOf(name)}: tensor '{name}' has shape {found}; config.json asks for {shape}.");
            if (files.Entry(name).Type is not (ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float64))
                throw new InputException($"{files.FileOf(name)}: tensor '{name}' holds {files.Entry(name).Type}; weights have to be F32, F16 or BF16 (quantized checkpoints are not supported).");
        }

        HashSet<string> expected = [.. Layout.StoredShapes.Keys.Select(NameInFile)];
        string[] extra = [.. files.Names.Where(name => !expected.Contains(name) && !Ignored(name)).Order(StringComparer.Ordinal)];
        if (extra.Length > 0)
            throw new InputException($"{files.FileOf(extra[0])}: tensor '{extra[0]}'{(extra.Length > 1 ? $" and {extra.Length - 1} more" : "")} has no place in a {Config.ModelType} model of this config.json; the numbers would be wrong without it.");
    }

    private bool Ignored(string name) =>
        (Config.TiedEmbeddings && name == "lm_head.weight") || IgnoredSuffixes.Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal));
}
