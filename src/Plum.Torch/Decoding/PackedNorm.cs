using Plum.Torch.Checkpoints;
using Plum.Torch.Kernels;
using Plum.Torch.Transformers;
using static TorchSharp.torch;

namespace Plum.Torch.Decoding;

/// <summary>A norm's weights in float32.</summary>
internal sealed unsafe class PackedNorm : IDisposable
{
    private readonly ModelConfig config;
    private readonly NativeArray weight;
    private readonly NativeArray? bias;

    /// <summary>Copies the weights.</summary>
    /// <param name="config">Which norm it is.</param>
    /// <param name="weight">[hidden].</param>
    /// <param name="bias">[hidden]; null for RMS norms.</param>
    public PackedNorm(ModelConfig config, Tensor weight, Tensor? bias)
    {
        this.config = config;
        this.weight = Copy(weight);
        this.bias = bias is null ? null : Copy(bias);
    }

    /// <summary>Normalizes one row.</summary>
    /// <param name="row">[hidden].</param>
    /// <param name="to">[hidden].</param>
    public void Apply(float* row, float* to)
    {
        if (config.Norm == NormKind.Layer)
            Norms.Layer(row, config.HiddenSize, config.NormEpsilon, weight.Floats, bias!.Floats, to);
        else
            Norms.Rms(row, config.HiddenSize, config.NormEpsilon, weight.Floats, to);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        weight.Dispose();
        bias?.Dispose();
    }

    private static NativeArray Copy(Tensor tensor)
    {
        using Tensor numbers = tensor.to(ScalarType.Float32, copy: true).contiguous();
        NativeArray copy = new(numbers.Floats().Length * sizeof(float));
        numbers.Floats().CopyTo(new Span<float>(copy.Floats, numbers.Floats().Length));
        return copy;
    }
}
