using Plum.Torch.Transformers;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Kernels;

/// <summary>
/// A linear layer's weights as kernels read them: panels of 64 outputs, each panel's inputs one after the other, so that a
/// product goes through memory once and in order; in bfloat16 two inputs at a time. An embedding is one too: a token is an
/// output.
/// </summary>
internal sealed unsafe class PackedLinear : IDisposable
{
    /// <summary>Outputs of a panel.</summary>
    public const int Panel = 64;

    /// <summary>From so many rows on, a bfloat16 product costs more by computing than by reading its weights.</summary>
    private const int WideRows = 8;

    private readonly NativeArray weights;
    private readonly NativeArray? bias;
    private readonly bool isBrain;

    private PackedLinear(int inputs, int outputs, ScalarType type, bool biased)
    {
        (Inputs, Outputs, isBrain) = (inputs, outputs, type == ScalarType.BFloat16);
        weights = new NativeArray(PanelBytes * Panels);
        bias = biased ? new NativeArray(sizeof(float) * (long)PaddedOutputs) : null;
    }

    /// <summary>Numbers of a row that goes in.</summary>
    public int Inputs { get; }

    /// <summary>Numbers of a row that comes out.</summary>
    public int Outputs { get; }

    /// <summary>Room that a row of results takes: whole panels.</summary>
    public int PaddedOutputs => Panels * Panel;

    /// <summary>What the weights take in memory.</summary>
    public long Bytes => weights.Bytes;

    private int Panels => (Outputs + Panel - 1) / Panel;

    private int Pairs => (Inputs + 1) / 2;

    private long PanelBytes => isBrain ? (long)Pairs * Panel * sizeof(uint) : (long)Inputs * Panel * sizeof(float);

    /// <summary>Packs weights.</summary>
    /// <param name="parts">[outputs of the part, inputs] each, joined one below the other; any floating type.</param>
    /// <param name="biases">[outputs of the part] each; empty for none.</param>
    /// <param name="type">float32 or bfloat16.</param>
    public static PackedLinear Pack(IReadOnlyList<Tensor> parts, IReadOnlyList<Tensor> biases, ScalarType type)
    {
        PackedLinear packed = new((int)parts[0].shape[1], (int)parts.Sum(part => part.shape[0]), type, biases.Count > 0);
        int output = 0;
        foreach (Tensor part in parts)
        {
            for (long first = 0; first < part.shape[0]; first += Panel)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor some = part.narrow(0, first, Math.Min(Panel, part.shape[0] - first)).to(ScalarType.Float32).contiguous();
                packed.Put(output, some.Floats());
                output += (int)some.shape[0];
            }
        }

        output = 0;
        foreach (Tensor part in biases)
        {
            using Tensor numbers = part.to(ScalarType.Float32).contiguous();
            numbers.Floats().CopyTo(new Span<float>(packed.bias!.Floats + output, packed.Outputs - output));
            output += (int)part.shape[0];
        }

        return packed;
    }

    /// <summary>The weights of one output as float32: a token's embedding.</summary>
    /// <param name="output">Which.</param>
    /// <param name="to">As many numbers as there are inputs.</param>
    /// <param name="add">Whether they are added to what is there.</param>
    public void Read(int output, float* to, bool add = false)
    {
        float* singles = (float*)Column(output);
        ushort* halves = (ushort*)singles;
        for (int i = 0; i < Inputs; i++)
        {
            float weight = isBrain ? BrainRow.Widen(halves[PlaceInPairs(i)]) : singles[i * Panel];
            to[i] = add ? to[i] + weight : weight;
        }
    }

    /// <summary>Makes numbers part of a row that goes in: in bfloat16 they are rounded, and lie closer.</summary>
    /// <param name="numbers">They may lie in the row itself, where it would have them in float32.</param>
    /// <param name="count">How many.</param>
    /// <param name="row">The row: room for as many float32 as there are inputs, rounded up to an even number.</param>
    /// <param name="first">Which of the inputs comes first.</param>
    public void Feed(float* numbers, int count, float* row, int first = 0)
    {
        if (!isBrain)
        {
            if (numbers != row + first)
                new ReadOnlySpan<float>(numbers, count).CopyTo(new Span<float>(row + first, count));
            return;
        }

        if (Processor.IsSlim)
            SlimProduct.Feed(numbers, count, row, first);
        else
            BrainRow.Round(numbers, count, (ushort*)row + first);
        if (Inputs % 2 == 1 && first + count == Inputs)
            End(row);
    }

    /// <summary>One thread's share of a product: to = rows * weights^T + bias, plus what stood there.</summary>
    /// <param name="rows">How many rows; the buffers have room for a multiple of <see cref="WideProduct.Multiple"/>.</param>
    /// <param name="from">The first row, as <see cref="Feed"/> leaves it.</param>
    /// <param name="stride">float32 numbers from one row to the next.</param>
    /// <param name="to">The first row of results, with room for <see cref="PaddedOutputs"/>, and these apart from one row to the next.</param>
    /// <param name="add">Whether results are added to what is there.</param>
    /// <param name="crew">The threads that share it, all of which call this between two meetings.</param>
    /// <param name="part">The calling thread's number.</param>
    public void Multiply(int rows, float* from, int stride, float* to, bool add, Crew crew, int part)
    {
        for (int panel = crew.Take(part, Panels); panel >= 0; panel = crew.Take(part, Panels))
        {
            byte* start = weights.Start + (panel * PanelBytes);
            float* shift = bias is null ? null : bias.Floats + (panel * Panel), results = to + (panel * Panel);
            if (Processor.IsSlim && isBrain)
                SlimProduct.Multiply(rows, from, stride, (uint*)start, Pairs, shift, results, PaddedOutputs, add);
            else if (Processor.IsSlim)
                SlimProduct.Multiply(rows, from, stride, (float*)start, Inputs, shift, results, PaddedOutputs, add);
            else if (!isBrain)
                PanelProduct.Multiply(rows, from, stride, (float*)start, Inputs, shift, results, PaddedOutputs, add);
            else if (rows >= WideRows && WideProduct.IsThere)
                WideProduct.Multiply(rows, (ushort*)from, 2 * stride, (ushort*)start, 2 * Pairs, shift, results, PaddedOutputs, add);
            else
                PairProduct.Multiply(rows, (uint*)from, stride, (uint*)start, Pairs, shift, results, PaddedOutputs, add);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        weights.Dispose();
        bias?.Dispose();
    }

    /// <summary>An odd number of inputs has a zero for its last pair's second.</summary>
    private void End(float* row)
    {
        if (Processor.IsSlim)
            row[Inputs - 1] = 0;
        else
            ((ushort*)row)[Inputs] = 0;
    }

    /// <summary>Where an output's first weight is.</summary>
    private byte* Column(int output) =>
        weights.Start + (output / Panel * PanelBytes) + (output % Panel * (isBrain ? sizeof(uint) : sizeof(float)));

    /// <summary>Where an input's weight is, in bfloat16 numbers from the first one's.</summary>
    private static int PlaceInPairs(int input) => (input / 2 * 2 * Panel) + (input % 2);

    private void Put(int output, ReadOnlySpan<float> rows)
    {
        for (int row = 0; row * Inputs < rows.Length; row++)
        {
            float* singles = (float*)Column(output + row);
            ushort* halves = (ushort*)singles;
            for (int i = 0; i < Inputs; i++)
            {
                float weight = rows[(row * Inputs) + i];
                if (isBrain)
                    halves[PlaceInPairs(i)] = BrainRow.Round(weight);
                else
                    singles[i * Panel] = weight;
            }
        }
    }
}
