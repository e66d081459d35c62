using Plum.Torch.Checkpoints;
using Plum.Torch.Kernels;
using Plum.Torch.Transformers;
using static TorchSharp.torch;

namespace Plum.Torch.Decoding;

/// <summary>
/// A decoder's weights for sampling through libtorch's operations: on any device that it has, and on processors that the
/// kernels of our own do not suit. In bfloat16 everything between the norms is bfloat16.
/// </summary>
public sealed class TensorSnapshot : Snapshot
{
    private readonly FrozenDecoder frozen;

    private TensorSnapshot(FrozenDecoder frozen, ScalarType dtype) => (this.frozen, DType) = (frozen, dtype);

    /// <summary>Copies a decoder's parameters.</summary>
    /// <param name="model">The decoder as it is now, on its device; later changes to it are not seen.</param>
    /// <param name="dtype">The type of the matrix products.</param>
    public TensorSnapshot(Decoder model, ScalarType dtype)
        : this(FrozenDecoder.Create(model.Config, name => model.Parameters[name].detach().clone(), dtype, model.Device), dtype)
    {
    }

    /// <inheritdoc/>
    public override ModelConfig Config => frozen.Model.Config;

    /// <inheritdoc/>
    public override ScalarType DType { get; }

    /// <inheritdoc/>
    public override long Bytes => frozen.Weights.Tensors().Sum(tensor => tensor.numel() * tensor.element_size());

    /// <inheritdoc/>
    public override bool SharesWorkers => !frozen.Model.Device.IsCuda();

    /// <inheritdoc cref="Snapshot.Load"/>
    public static new TensorSnapshot Load(CheckpointFolder folder, AdapterFolder? adapter, ScalarType dtype, Device? device) =>
        new(FrozenDecoder.Create(folder.Config, Merged(folder, adapter), dtype, device), dtype);

    /// <inheritdoc/>
    internal override (CachePool Pool, IRowForward Forward) Open(Crew crew)
    {
        CachePool pool = new();
        return (pool, new TensorForward(frozen, pool, DType, crew.Size));
    }

    /// <inheritdoc/>
    public override void Dispose() => frozen.Dispose();
}
