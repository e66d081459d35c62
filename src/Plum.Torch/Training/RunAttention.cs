using Plum.Torch.Transformers;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>
/// Attention over a packed batch run by run: a row of a prompt and four completions has three times the scores that anybody
/// looks at.
/// </summary>
internal sealed class RunAttention
{
    private readonly (TokenRun Run, Tensor Keys, IReadOnlyList<Tensor> Masks)[] runs;

    /// <summary>Cuts the masks.</summary>
    /// <param name="runs">The batch's runs, in the order of rows and tokens.</param>
    /// <param name="masks">For each layer the whole mask, [rows, 1, length, length]; layers may share one.</param>
    public RunAttention(IReadOnlyList<TokenRun> runs, IReadOnlyList<Tensor> masks)
    {
        Tensor[] distinct = [.. masks.Distinct(ReferenceEqualityComparer.Instance).Cast<Tensor>()];
        this.runs = [.. runs.Select(run =>
        {
            Tensor keys = tensor((long[])[.. run.Before, .. Enumerable.Range(run.Start, run.Count)], device: masks[0].device);
            Tensor[] cut = [.. distinct.Select(mask => mask.narrow(0, run.Row, 1).narrow(2, run.Start, run.Count).index_select(3, keys))];
            return (run, keys, (IReadOnlyList<Tensor>)[.. masks.Select(mask => cut[Array.FindIndex(distinct, one => ReferenceEquals(one, mask))])]);
        })];
    }

    /// <summary>As <see cref="Attention"/>.</summary>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        Tensor[] rows = [.. Enumerable.Range(0, (int)queries.shape[0]).Select(row =>
        {
            Tensor rowKeys = keys.narrow(0, row, 1), rowValues = values.narrow(0, row, 1);
            return cat([.. runs.Where(one => one.Run.Row == row).Select(one => AttentionMask.Attend(
                queries.narrow(0, row, 1).narrow(2, one.Run.Start, one.Run.Count), rowKeys.index_select(2, one.Keys), rowValues.index_select(2, one.Keys), one.Masks[layer]))], 2);
        })];
        return rows.Length == 1 ? rows[0] : cat(rows, 0);
    }
}
