using Plum.Torch.Checkpoints;
using Plum.Torch.Kernels;
using Plum.Torch.Transformers;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Decoding;

/// <summary>A decoder's weights frozen and packed for sampling on the processor; several threads may read it at once.</summary>
public sealed class DecoderSnapshot : IDisposable
{
    /// <summary>Packs parameters, one after the other.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="load">Gives a parameter by its canonical name, in the shape that <see cref="TensorLayout"/> says.</param>
    /// <param name="dtype">The type of the weights in products, and of keys and values; what passes through the layers is float32.</param>
    public DecoderSnapshot(ModelConfig config, Func<string, Tensor> load, ScalarType dtype)
    {
        using var _ = no_grad();
        ComputeThread.Enter();
        (Config, DType) = (config, dtype);
        IReadOnlyDictionary<string, Shape> shapes = TensorLayout.For(config).Shapes;
        // The largest first, while there is least beside what it is packed from.
        TokenEmbedding = Linear("token_embedding");
        Head = config.TiedEmbeddings ? TokenEmbedding : Linear("lm_head");
        PositionEmbedding = config.Position == PositionKind.Learned ? Linear("position_embedding") : null;
        Layers = [.. Enumerable.Range(0, config.Layers).Select(layer => new PackedLayer(
            Norm($"layers.{layer}.attention_norm"), Linear([$"layers.{layer}.q", $"layers.{layer}.k", $"layers.{layer}.v"]), Linear($"layers.{layer}.o"),
            Norm($"layers.{layer}.mlp_norm"), Linear(config.GatedMlp ? [$"layers.{layer}.gate", $"layers.{layer}.up"] : [$"layers.{layer}.up"]), Linear($"layers.{layer}.down")))];
        FinalNorm = Norm("final_norm");
        (Cosines, Sines) = config.Position == PositionKind.Rope ? RotaryTables.Angles(config) : ([], []);

        PackedLinear Linear(params string[] names)
        {
            using DisposeScope scope = NewDisposeScope();
            return PackedLinear.Pack(
                [.. names.Select(name => load(name + ".weight"))],
                shapes.ContainsKey(names[0] + ".bias") ? [.. names.Select(name => load(name + ".bias"))] : [], dtype);
        }

        PackedNorm Norm(string name)
        {
            using DisposeScope scope = NewDisposeScope();
            return new PackedNorm(config, load(name + ".weight"), shapes.ContainsKey(name + ".bias") ? load(name + ".bias") : null);
        }
    }

    /// <summary>Copies and packs the parameters.</summary>
    /// <param name="model">The decoder as it is now; later changes to it are not seen.</param>
    /// <param name="dtype">The type of the weights in products, and of keys and values; what passes through the layers is float32.</param>
    public DecoderSnapshot(Decoder model, ScalarType dtype)
        : this(model.Config, name => model.Parameters[name].detach(), dtype)
    {
    }

    /// <summary>The model's shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>The type of weights, keys and values.</summary>
    public ScalarType DType { get; }

    /// <summary>What the weights take in memory.</summary>
    public long Bytes => (Head == TokenEmbedding ? 0 : Head.Bytes) + TokenEmbedding.Bytes + (PositionEmbedding?.Bytes ?? 0) + Layers.Sum(layer => layer.Bytes);

    internal PackedLinear TokenEmbedding { get; }

    internal PackedLinear? PositionEmbedding { get; }

    internal IReadOnlyList<PackedLayer> Layers { get; }

    internal PackedNorm FinalNorm { get; }

    internal PackedLinear Head { get; }

    /// <summary>[positions, head_dim / 2]; empty where positions are learned.</summary>
    internal float[] Cosines { get; }

    /// <summary>As <see cref="Cosines"/>.</summary>
    internal float[] Sines { get; }

    /// <summary>Reads a checkpoint folder, one tensor at a time: nothing is held but the packed weights.</summary>
    /// <param name="folder">The folder, already checked.</param>
    /// <param name="adapter">A low-rank adapter to add to its weights; none unless given.</param>
    /// <param name="dtype">The type of the weights in products, and of keys and values; what passes through the layers is float32.</param>
    public static DecoderSnapshot Load(CheckpointFolder folder, AdapterFolder? adapter, ScalarType dtype)
    {
        HashSet<string> changed = [.. adapter?.Parameters ?? []];
        return new(folder.Config, name => changed.Contains(name)
            ? folder.LoadTensor(name, ScalarType.Float32).add_(adapter!.LoadDelta(name))
            : folder.LoadTensor(name), dtype);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        TokenEmbedding.Dispose();
        PositionEmbedding?.Dispose();
        foreach (PackedLayer layer in Layers)
            layer.Dispose();
        FinalNorm.Dispose();
        Head.Dispose();
    }
}
