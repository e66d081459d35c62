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
    /// <param name="sin">[rows, 1, length, head_dim], its first half negated: see <see cref="Create"/>.</param>
    public static Tensor Rotate(Tensor x, Tensor cos, Tensor sin)
    {
        long half = x.shape[^1] / 2;
        return (x * cos).addcmul(x.roll(half, -1), sin, Constants.Of(1));
    }

    /// <summary>Tables for all positions that the model was made for.</summary>
    /// <param name="config">The model's shape.</param>
    public static RotaryTables Create(ModelConfig config)
    {
        int positions = config.MaxPositions;
        (double[] speeds, double scale) = RotaryFrequencies.Of(config, positions);
        int half = speeds.Length;
        float[] cosines = new float[positions * half * 2], sines = new float[positions * half * 2];
        for (int position = 0; position < positions; position++)
        {
            for (int i = 0; i < half; i++)
            {
                // transformers multiplies float32 frequencies by float32 positions: the same rounding here.
                float angle = (float)speeds[i] * position;
                int at = (position * half * 2) + i;
                cosines[at] = cosines[at + half] = (float)(Math.Cos(angle) * scale);
                sines[at + half] = (float)(Math.Sin(angle) * scale);
                sines[at] = -sines[at + half];
            }
        }

        using DisposeScope scope = NewDisposeScope();
        return new RotaryTables(
            tensor(cosines).view(positions, half * 2).DetachFromDisposeScope(),
            tensor(sines).view(positions, half * 2).DetachFromDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        cos.Dispose();
        sin.Dispose();
    }
}
