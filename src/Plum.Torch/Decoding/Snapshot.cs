using Plum.Torch.Checkpoints;
using Plum.Torch.Kernels;
using Plum.Torch.Transformers;
using static TorchSharp.torch;

namespace Plum.Torch.Decoding;

/// <summary>
/// A decoder's weights frozen for sampling; several sessions may read it at once. There are two kinds: packed for the
/// kernels of our own (<see cref="DecoderSnapshot"/>), and as libtorch takes them (<see cref="TensorSnapshot"/>).
/// </summary>
public abstract class Snapshot : IDisposable
{
    /// <summary>The model's shape.</summary>
    public abstract ModelConfig Config { get; }

    /// <summary>The type of weights, keys and values.</summary>
    public abstract ScalarType DType { get; }

    /// <summary>What the weights take in memory.</summary>
    public abstract long Bytes { get; }

    /// <summary>Whether each worker may decode a batch of its own.</summary>
    public virtual bool SharesWorkers => true;

    /// <summary>Whether the kernels of our own are for this: a processor that has what they take, and rotary angles that do not change with the text's length.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="device">What computes; null for the processor.</param>
    public static bool SuitsKernels(ModelConfig config, Device? device) =>
        !device.IsCuda() && Processor.HasKernels && config.LongestText == config.MaxPositions;

    /// <summary>Freezes a decoder as it is now, in the kind that suits it.</summary>
    /// <param name="model">The decoder, on its device.</param>
    /// <param name="dtype">The type of the weights in products, and of keys and values.</param>
    public static Snapshot Of(Decoder model, ScalarType dtype) =>
        SuitsKernels(model.Config, model.Device) ? new DecoderSnapshot(model, dtype) : new TensorSnapshot(model, dtype);

    /// <summary>Reads a checkpoint folder, in the kind that suits it.</summary>
    /// <param name="folder">The folder, already checked.</param>
    /// <param name="adapter">A low-rank adapter to add to its weights; none unless given.</param>
    /// <param name="dtype">The type of the weights in products, and of keys and values.</param>
    /// <param name="device">What computes; null for the processor.</param>
    public static Snapshot Load(CheckpointFolder folder, AdapterFolder? adapter, ScalarType dtype, Device? device) => SuitsKernels(folder.Config, device)
        ? DecoderSnapshot.Load(folder, adapter, dtype)
        : TensorSnapshot.Load(folder, adapter, dtype, device);

    /// <summary>What a session decodes with.</summary>
    internal abstract (CachePool Pool, IRowForward Forward) Open(Crew crew);

    /// <summary>A folder's parameter with an adapter's update.</summary>
    private protected static Func<string, Tensor> Merged(CheckpointFolder folder, AdapterFolder? adapter)
    {
        HashSet<string> changed = [.. adapter?.Parameters ?? []];
        return name => changed.Contains(name) ? folder.LoadTensor(name, ScalarType.Float32).add_(adapter!.LoadDelta(name)) : folder.LoadTensor(name);
    }

    /// <inheritdoc/>
    public abstract void Dispose();
}
