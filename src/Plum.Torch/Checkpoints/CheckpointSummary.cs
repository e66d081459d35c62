namespace Plum.Torch.Checkpoints;

/// <summary>What a checkpoint folder holds, found without loading a weight.</summary>
/// <param name="Family">Its <c>model_type</c>.</param>
/// <param name="Parameters">Weights, a tied embedding counted once.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="HiddenSize">Width of the residual stream.</param>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key and value heads.</param>
/// <param name="HeadSize">Width of a head.</param>
/// <param name="MaxPositions">Positions it was made for.</param>
/// <param name="VocabularySize">Rows of the embedding.</param>
/// <param name="TokenizerSize">One more than the tokenizer's largest id; null where there is no tokenizer.</param>
/// <param name="StoredType">The type that config.json names.</param>
/// <param name="EndIds">Tokens that end a text.</param>
/// <param name="TokenizerFault">Why text cannot be turned into tokens; null where the tokenizer was found.</param>
/// <param name="ChatTemplateFault">Why prompts cannot be rendered; null where the chat template was found.</param>
public sealed record CheckpointSummary(
    string Family,
    long Parameters,
    int Layers,
    int HiddenSize,
    int Heads,
    int KeyValueHeads,
    int HeadSize,
    int MaxPositions,
    int VocabularySize,
    int? TokenizerSize,
    StorageType StoredType,
    IReadOnlyList<int> EndIds,
    string? TokenizerFault,
    string? ChatTemplateFault)
{
    /// <summary>Bytes of the weights alone at a type.</summary>
    /// <param name="type">The type.</param>
    public long WeightBytes(StorageType type) => Parameters * (type == StorageType.Float32 ? 4 : 2);

    /// <summary>Bytes of the keys and values of one text as long as the model takes, at a type.</summary>
    /// <param name="type">The type.</param>
    public long CacheBytes(StorageType type) => 2L * Layers * KeyValueHeads * HeadSize * MaxPositions * (type == StorageType.Float32 ? 4 : 2);

    /// <summary>Looks at a folder: config, the header of every weight file, tokenizer, chat template.</summary>
    /// <param name="folder">A checkpoint folder.</param>
    /// <exception cref="InputException">There is none, config or weights are missing or do not fit, or its tokens do not fit its embedding; the message names it.</exception>
    public static CheckpointSummary Of(string folder)
    {
        if (!Directory.Exists(folder))
            throw new InputException($"{folder}: there is no such checkpoint folder: name one that holds config.json, model.safetensors and tokenizer.json");
        using CheckpointFolder checkpoint = CheckpointFolder.Open(folder);
        ModelConfig config = checkpoint.Config;
        string? tokenizerFault = Fault(() => Tokenizer.Load(folder), out Tokenizer? tokenizer);
        if (tokenizer?.Size > config.VocabularySize)
            throw new InputException($"{folder}: tokenizer.json has ids up to {tokenizer.Size - 1}, the embedding {config.VocabularySize} rows: the two files are not of one model.");
        return new(
            config.ModelType, config.Parameters, config.Layers, config.HiddenSize, config.Heads, config.KeyValueHeads, config.HeadSize, config.MaxPositions,
            config.VocabularySize, tokenizer?.Size, config.StorageType,
            tokenizer?.EndId is { } end ? [.. config.EndIds.Append(end).Distinct()] : config.EndIds,
            tokenizerFault, Fault(() => ChatTemplate.Load(folder), out _));
    }

    private static string? Fault<T>(Func<T> load, out T? loaded)
        where T : class
    {
        loaded = null;
        try
        {
            loaded = load();
            return null;
        }
        catch (InputException failure)
        {
            return failure.Message;
        }
    }
}
