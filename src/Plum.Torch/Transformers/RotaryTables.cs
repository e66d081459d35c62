using Plum.Torch.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Transformers;

/// <summary>Rotary position embeddings (Su et al. 2021): cosines and sines of every position, computed once in float64.</summary>
/// <param name="cos">[positions, head_dim] float32.</param>
/// <param name="sin">[positions, head_dim] float32.</param>
public sealed class RotaryTables(Tensor cos, Tensor sin) : IDisposable
{
    /// <summary>The rows of the tables for some positions, shaped to meet [rows, heads, length, head_dim].</summary>
    /// <param name="positions">[rows * length] int64.</param>
    /// <param name="rows">Rows of the batch.</param>
    /// <param name="length">Tokens of a row.</param>
    /// <param name="dtype">The type of the computation.</param>
    public (Tensor Cos, Tensor Sin) At(Tensor positions, long rows, long length, ScalarType dtype) =>
        (cos.index_select(0, positions).view(rows, 1, length, -1).to(dtype),
         sin.index_select(0, positions).view(rows, 1, length, -1).to(dtype));

    /// <summary>Rotates pairs (i, i + head_dim / 2), the layout of the Llama line in Hugging Face checkpoints.</summary>
    /// <param name="x">[rows, heads, length, head_dim].</param>
    /// <param name="cos">[rows, 1, length, head_dim].</param>
    /// <param name="sin">[rows, 1, length, head_dim], its first half negated.</param>
    public static Tensor Rotate(Tensor x, Tensor cos, Tensor sin)
    {
        long half = x.shape[^1] / 2;
        return (x * cos).addcmul(x.roll(half, -1), sin, Constants.Of(1));
    }

    /// <summary>Tables for all positions that the model was made for.</summary>
    /// <param name="config">The model's shape.</param>
    public static RotaryTables Create(ModelConfig config)
    {
        (float[] cosines, float[] sines) = Angles(config);
        using DisposeScope scope = NewDisposeScope();
        Tensor half = tensor(cosines).view(config.MaxPositions, -1), turned = tensor(sines).view(config.MaxPositions, -1);
        return new RotaryTables(cat([half, half], 1).DetachFromDisposeScope(), cat([-turned, turned], 1).DetachFromDisposeScope());
    }

    /// <summary>Cosines and sines of every position, [positions, head_dim / 2] row by row.</summary>
    /// <param name="config">The model's shape.</param>
    public static (float[] Cosines, float[] Sines) Angles(ModelConfig config)
    {
        (double[] speeds, double scale) = RotaryFrequencies.Of(config, config.MaxPositions);
        float[] cosines = new float[config.MaxPositions * speeds.Length], sines = new float[cosines.Length];
        for (int at = 0; at < cosines.Length; at++)
        {
            // transformers multiplies float32 frequencies by float32 positions: the same rounding here.
            float angle = (float)speeds[at % speeds.Length] * (at / speeds.Length);
            cosines[at] = (float)(Math.Cos(angle) * scale);
            sines[at] = (float)(Math.Sin(angle) * scale);
        }

        return (cosines, sines);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        cos.Dispose();
        sin.Dispose();
    }
}
