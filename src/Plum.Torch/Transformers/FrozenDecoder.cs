using Plum.Torch.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Transformers;

/// <summary>
/// A decoder that is never changed: its weights are there once, arranged for the forward pass and in its type. The
/// reference of preference training, and what an adapter is trained beside.
/// </summary>
public sealed class FrozenDecoder : IDisposable
{
    private FrozenDecoder(Decoder model, DecoderWeights weights)
    {
        Model = model;
        Weights = weights;
    }

    /// <summary>Shape and rotary tables; it holds no parameters.</summary>
    public Decoder Model { get; }

    /// <summary>The weights. They may be read from several threads at once.</summary>
    public DecoderWeights Weights { get; }

    /// <summary>Reads a checkpoint folder.</summary>
    /// <param name="folder">The folder, already checked.</param>
    /// <param name="dtype">The type of the matrix products; norms are kept in float32.</param>
    /// <param name="device">Where the weights are put; null for the processor.</param>
    public static FrozenDecoder Load(CheckpointFolder folder, ScalarType dtype, Device? device = null) =>
        Create(folder.Config, name => folder.LoadTensor(name, ParameterName.Parse(name).IsNorm ? ScalarType.Float32 : dtype), dtype, device);

    /// <summary>Takes parameters one after another, so that at no time there are two copies of more than a layer.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="load">Gives a parameter by canonical name, each asked for once; the tensor is taken over.</param>
    /// <param name="dtype">The type of the matrix products.</param>
    /// <param name="device">Where the weights are put; null for the processor.</param>
    public static FrozenDecoder Create(ModelConfig config, Func<string, Tensor> load, ScalarType dtype, Device? device = null)
    {
        using IDisposable frozen = no_grad();
        IReadOnlyDictionary<string, Shape> shapes = TensorLayout.For(config).Shapes;
        Tensor? Find(string name) => shapes.ContainsKey(name) ? load(name).to(device ?? CPU) : null;
        Tensor? Whole(string name, ScalarType type)
        {
            using DisposeScope scope = NewDisposeScope();
            return Find(name)?.to(type).DetachFromDisposeScope();
        }

        Tensor embedding = Whole("token_embedding.weight", dtype)!;
        List<LayerWeights> layers = [];
        for (int layer = 0; layer < config.Layers; layer++)
        {
            using DisposeScope scope = NewDisposeScope();
            layers.Add(DecoderWeights.ArrangeLayer(config, layer, Find, dtype));
            foreach (Tensor kept in DecoderWeights.Tensors(layers[^1])) kept.DetachFromDisposeScope();
        }

        DecoderWeights weights = new(
            embedding, Whole("position_embedding.weight", dtype), layers,
            Whole("final_norm.weight", ScalarType.Float32)!, Whole("final_norm.bias", ScalarType.Float32),
            config.TiedEmbeddings ? embedding : Whole("lm_head.weight", dtype)!);
        return new FrozenDecoder(new Decoder(config, new Dictionary<string, Tensor>(), device), weights);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in Weights.Tensors()) tensor.Dispose();
        Model.Dispose();
    }
}
