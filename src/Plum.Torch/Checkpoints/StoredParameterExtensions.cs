using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Checkpoints;

/// <summary>Takes stored tensors apart into canonical ones, and puts canonical ones together again.</summary>
public static class StoredParameterExtensions
{
    /// <summary>The canonical tensor, read from stored ones.</summary>
    /// <param name="parameter">Which parameter, and where it lies.</param>
    /// <param name="load">Gives a stored tensor by the family's name; weights, or gradients under the same names.</param>
    /// <param name="type">The type wanted; null for the one stored.</param>
    /// <returns>A contiguous tensor belonging to the caller's dispose scope.</returns>
    public static Tensor Read(this StoredParameter parameter, Func<string, Tensor> load, ScalarType? type = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor stored = load(parameter.StoredName);
        Tensor rows = parameter.Transposed ? stored.t() : stored;
        if (parameter.Rows is { } ranges)
            rows = cat([.. ranges.Select(range => rows.narrow(0, range.Start, range.Length))]);
        return (type is { } wanted ? rows.to(wanted) : rows).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>The stored tensor, put together from all the canonical ones that share it.</summary>
    /// <param name="parameters">Every parameter of one stored tensor.</param>
    /// <param name="values">Their canonical values, in the same order.</param>
    /// <returns>A contiguous tensor in the family's own orientation, belonging to the caller's dispose scope.</returns>
    public static Tensor Compose(IReadOnlyList<StoredParameter> parameters, IReadOnlyList<Tensor> values)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = values[0];
        if (parameters[0].Rows is not null)
        {
            List<(long Start, Tensor Rows)> pieces = [];
            for (int i = 0; i < parameters.Count; i++)
            {
                long taken = 0;
                foreach (RowRange range in parameters[i].Rows!)
                {
                    pieces.Add((range.Start, values[i].narrow(0, taken, range.Length)));
                    taken += range.Length;
                }
            }

            rows = cat([.. pieces.OrderBy(piece => piece.Start).Select(piece => piece.Rows)]);
        }

        return (parameters[0].Transposed ? rows.t() : rows).contiguous().MoveToOuterDisposeScope();
    }
}
