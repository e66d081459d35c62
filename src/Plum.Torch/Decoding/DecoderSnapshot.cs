using Plum.Torch.Checkpoints;
using Plum.Torch.Kernels;
using Plum.Torch.Transformers;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Decoding;

/// <summary>A decoder's weights frozen and packed for sampling on the processor; several threads may read it at once.</summary>
public sealed class DecoderSnapshot : Snapshot
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
                [.. names.Select(name => Scaled(name, ".weight"))],
                shapes.ContainsKey(names[0] + ".bias") ? [.. names.Select(name => Scaled(name, ".bias"))] : [], dtype);
        }

        // The kernels divide scores by the root of the head size: what else a model does with them goes into its queries.
        Tensor Scaled(string name, string part) => ParameterName.Parse(name + part) is { Role: ParameterRole.Query } query && config.QueryScale(query.Layer) is not 1 and double scale
            ? load(name + part).to(ScalarType.Float32) * scale
            : load(name + part);

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
    public override ModelConfig Config { get; }

    /// <summary>The type of weights, keys and values.</summary>
    public override ScalarType DType { get; }

    /// <summary>What the weights take in memory.</summary>
    public override long Bytes => (Head == TokenEmbedding ? 0 : Head.Bytes) + TokenEmbedding.Bytes + (PositionEmbedding?.Bytes ?? 0) + Layers.Sum(layer => layer.Bytes);

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
    public static DecoderSnapshot Load(CheckpointFolder folder, AdapterFolder? adapter, ScalarType dtype) => new(folder.Config, Merged(folder, adapter), dtype);

    /// <inheritdoc/>
    internal override (CachePool Pool, IRowForward Forward) Open(Crew crew)
    {
        CacheLayout layout = new(Config, DType);
        return (new CachePool(layout), new RowForward(this, layout, crew));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        TokenEmbedding.Dispose();
        PositionEmbedding?.Dispose();
        foreach (PackedLayer layer in Layers)
            layer.Dispose();
        FinalNorm.Dispose();
        Head.Dispose();
    }
}
