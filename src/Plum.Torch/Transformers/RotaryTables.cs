using Plum.Torch.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Transformers;

/// <summary>
/// Rotary position embeddings (Su et al. 2021): cosines and sines of every position, computed once in float64. Under
/// dynamic NTK they depend on how long the text is, and are computed for each pass.
/// </summary>
public sealed class RotaryTables : IDisposable
{
    private readonly ModelConfig config;
    private readonly Device device;
    private readonly (Tensor Cos, Tensor Sin)? whole;
    private readonly IReadOnlyList<int>? lengths;

    private RotaryTables(ModelConfig config, Device device)
    {
        (this.config, this.device) = (config, device);
        if (config.RopeScaling is RopeScaling.Dynamic)
            return;
        using DisposeScope scope = NewDisposeScope();
        (float[] cosines, float[] sines) = Angles(config);
        (Tensor cos, Tensor sin) = Doubled(cosines, sines);
        whole = (cos.DetachFromDisposeScope(), sin.DetachFromDisposeScope());
    }

    private RotaryTables(RotaryTables tables, IReadOnlyList<int> lengths) =>
        (config, device, whole, this.lengths) = (tables.config, tables.device, tables.whole, lengths);

    /// <summary>Tables for all positions that the model was made for.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="device">Where they are put; null for the processor.</param>
    public static RotaryTables Create(ModelConfig config, Device? device = null) => new(config, device ?? CPU);

    /// <summary>The tables where every token is of a text of its own length. They share this one's memory.</summary>
    /// <param name="lengths">For each token of a pass the tokens of its text so far, itself and those that come with it included.</param>
    public RotaryTables ForLengths(IReadOnlyList<int> lengths) => new(this, lengths);

    /// <summary>The rows of the tables for some positions, shaped to meet [rows, heads, length, head_dim].</summary>
    /// <param name="positions">[rows * length] int64.</param>
    /// <param name="rows">Rows of the batch.</param>
    /// <param name="length">Tokens of a row.</param>
    /// <param name="dtype">The type of the computation.</param>
    public (Tensor Cos, Tensor Sin) At(Tensor positions, long rows, long length, ScalarType dtype)
    {
        (Tensor cos, Tensor sin) = whole is var (allCos, allSin) ? (allCos.index_select(0, positions), allSin.index_select(0, positions)) : Dynamic(positions);
        return (cos.view(rows, 1, length, -1).to(dtype), sin.view(rows, 1, length, -1).to(dtype));
    }

    /// <summary>Rotates pairs (i, i + head_dim / 2), the layout of the Llama line in Hugging Face checkpoints.</summary>
    /// <param name="x">[rows, heads, length, head_dim].</param>
    /// <param name="cos">[rows, 1, length, head_dim].</param>
    /// <param name="sin">[rows, 1, length, head_dim], its first half negated.</param>
    public static Tensor Rotate(Tensor x, Tensor cos, Tensor sin)
    {
        long half = x.shape[^1] / 2;
        return (x * cos).addcmul(x.roll(half, -1), sin, Constants.Of(1));
    }

    /// <summary>Cosines and sines of every position, [positions, head_dim / 2] row by row.</summary>
    /// <param name="config">The model's shape.</param>
    public static (float[] Cosines, float[] Sines) Angles(ModelConfig config)
    {
        (double[] speeds, double scale) = RotaryFrequencies.Of(config, config.MaxPositions);
        float[] cosines = new float[config.MaxPositions * speeds.Length], sines = new float[cosines.Length];
        for (int position = 0; position < config.MaxPositions; position++)
            Turn(speeds, scale, position, cosines.AsSpan(position * speeds.Length), sines.AsSpan(position * speeds.Length));
        return (cosines, sines);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        whole?.Cos.Dispose();
        whole?.Sin.Dispose();
    }

    private static void Turn(double[] speeds, double scale, long position, Span<float> cosines, Span<float> sines)
    {
        for (int i = 0; i < speeds.Length; i++)
        {
            // transformers multiplies float32 frequencies by float32 positions: the same rounding here.
            float angle = (float)speeds[i] * position;
            cosines[i] = (float)(Math.Cos(angle) * scale);
            sines[i] = (float)(Math.Sin(angle) * scale);
        }
    }

    /// <summary>As transformers does it: where nothing says how long each text is, the batch is as long as its last position.</summary>
    private (Tensor Cos, Tensor Sin) Dynamic(Tensor positions)
    {
        long[] places = positions.cpu().data<long>().ToArray();
        int half = config.HeadSize / 2, last = (int)places.Max() + 1;
        Dictionary<int, (double[] Speeds, double Scale)> known = [];
        float[] cosines = new float[places.Length * half], sines = new float[cosines.Length];
        for (int token = 0; token < places.Length; token++)
        {
            int length = lengths?[token] ?? last;
            if (!known.TryGetValue(length, out (double[] Speeds, double Scale) found))
                known[length] = found = RotaryFrequencies.Of(config, length);
            Turn(found.Speeds, found.Scale, places[token], cosines.AsSpan(token * half), sines.AsSpan(token * half));
        }

        return Doubled(cosines, sines);
    }

    /// <summary>Both halves of a head: [tokens, head_dim], the first half of the sines negated.</summary>
    private (Tensor Cos, Tensor Sin) Doubled(float[] cosines, float[] sines)
    {
        Tensor half = tensor(cosines, device: device).view(-1, config.HeadSize / 2), turned = tensor(sines, device: device).view(-1, config.HeadSize / 2);
        return (cat([half, half], 1), cat([-turned, turned], 1));
    }
}
