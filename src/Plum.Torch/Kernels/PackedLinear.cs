using Plum.Torch.Transformers;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Kernels;

/// <summary>
/// A linear layer's weights as <see cref="PanelProduct{T}"/> reads them: panels of 64 outputs, each panel's inputs one
/// after the other, so that a product goes through memory once and in order. An embedding is one too: a token is an output.
/// </summary>
internal sealed unsafe class PackedLinear : IDisposable
{
    /// <summary>From so many rows on, a bfloat16 product is libtorch's, on the processor's bfloat16 instructions, which .NET 10 lacks.</summary>
    private const int WideRows = 64;

    private readonly NativeArray weights;
    private readonly NativeArray? bias;
    private readonly int size;

    private PackedLinear(int inputs, int outputs, ScalarType type, bool biased)
    {
        (Inputs, Outputs) = (inputs, outputs);
        size = type == ScalarType.BFloat16 ? BrainElement.Size : SingleElement.Size;
        weights = new NativeArray(PanelBytes * Panels);
        bias = biased ? new NativeArray(sizeof(float) * (long)PaddedOutputs) : null;
    }

    /// <summary>Numbers of a row that goes in.</summary>
    public int Inputs { get; }

    /// <summary>Numbers of a row that comes out.</summary>
    public int Outputs { get; }

    /// <summary>Room that a row of results takes: whole panels.</summary>
    public int PaddedOutputs => Panels * IElement.Panel;

    /// <summary>What the weights take in memory.</summary>
    public long Bytes => weights.Bytes;

    private int Panels => (Outputs + IElement.Panel - 1) / IElement.Panel;

    private long PanelBytes => (long)Inputs * IElement.Panel * size;

    private bool IsBrain => size == BrainElement.Size;

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
            for (long first = 0; first < part.shape[0]; first += IElement.Panel)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor some = part.narrow(0, first, Math.Min(IElement.Panel, part.shape[0] - first)).to(ScalarType.Float32).contiguous();
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
        byte* at = Group(output);
        int index = output % IElement.Group;
        for (int i = 0; i < Inputs; i++, at += IElement.Panel * size)
        {
            float weight = IsBrain ? BrainElement.Read(at, index) : SingleElement.Read(at, index);
            to[i] = add ? to[i] + weight : weight;
        }
    }

    /// <summary>One thread's share of a product: to = rows * weights^T + bias, plus what stood there.</summary>
    /// <param name="rows">How many rows.</param>
    /// <param name="from">The first row.</param>
    /// <param name="stride">Numbers from one row to the next.</param>
    /// <param name="to">The first row of results, with room for <see cref="PaddedOutputs"/>, and these apart from one row to the next.</param>
    /// <param name="add">Whether results are added to what is there.</param>
    /// <param name="crew">The threads that share it, all of which call this between two meetings.</param>
    public void Multiply(int rows, float* from, int stride, float* to, bool add, Crew crew)
    {
        bool wide = IsBrain && rows >= WideRows;
        int step = wide ? WideProduct.Panels(Inputs) : Math.Max(1, Panels / (16 * crew.Size));
        for (int first = crew.Take() * step; first < Panels; first = crew.Take() * step)
        {
            int end = Math.Min(first + step, Panels);
            if (wide)
                WideProduct.Multiply(rows, from, stride, weights.Start + (first * PanelBytes), Inputs, end - first, Bias(first), to + (first * IElement.Panel), PaddedOutputs, add);
            else
                for (int panel = first; panel < end; panel++)
                    Multiply(rows, from, stride, panel, to, add);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        weights.Dispose();
        bias?.Dispose();
    }

    private void Multiply(int rows, float* from, int stride, int panel, float* to, bool add)
    {
        byte* start = weights.Start + (panel * PanelBytes);
        if (IsBrain)
            PanelProduct<BrainElement>.Multiply(rows, from, stride, start, Inputs, Bias(panel), to + (panel * IElement.Panel), PaddedOutputs, add);
        else
            PanelProduct<SingleElement>.Multiply(rows, from, stride, start, Inputs, Bias(panel), to + (panel * IElement.Panel), PaddedOutputs, add);
    }

    private float* Bias(int panel) => bias is null ? null : bias.Floats + (panel * IElement.Panel);

    /// <summary>Where the group of 32 outputs begins that holds this one, at the first input.</summary>
    private byte* Group(int output) =>
        weights.Start + (output / IElement.Panel * PanelBytes) + (output % IElement.Panel / IElement.Group * IElement.Group * size);

    private void Put(int output, ReadOnlySpan<float> rows)
    {
        for (int row = 0; row * Inputs < rows.Length; row++)
        {
            byte* at = Group(output + row);
            int index = (output + row) % IElement.Group;
            foreach (float weight in rows.Slice(row * Inputs, Inputs))
            {
                if (IsBrain)
                    BrainElement.Write(at, index, weight);
                else
                    SingleElement.Write(at, index, weight);
                at += IElement.Panel * size;
            }
        }
    }
}
