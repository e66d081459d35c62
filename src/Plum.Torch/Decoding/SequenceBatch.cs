using Plum.Torch.Checkpoints;
using Plum.Torch.Transformers;
using static TorchSharp.torch;

namespace Plum.Torch.Decoding;

/// <summary>Rows of tokens by the sequences that they are of: what is written where in the cache, what each sequence reads, and who sees whom.</summary>
internal sealed class SequenceBatch
{
    private readonly int sequences, queries, keys;
    private readonly Tensor written, read, spread, gathered;
    private readonly IReadOnlyList<Tensor> masks;

    /// <summary>Lays the rows out; tensors belong to the caller's dispose scope.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="dtype">The type of the scores.</param>
    /// <param name="device">Where the tensors are put.</param>
    public SequenceBatch(TokenRow[] rows, ModelConfig config, ScalarType dtype, Device device)
    {
        int[][] groups = [.. Enumerable.Range(0, rows.Length).GroupBy(row => rows[row].Cache, ReferenceEqualityComparer.Instance).Select(group => group.ToArray())];
        int[] lengths = [.. groups.Select(group => rows[group[^1]].Position + 1)];
        (sequences, queries, keys) = (groups.Length, groups.Max(group => group.Length), lengths.Max());
        long[] reads = new long[sequences * keys], spreads = new long[sequences * queries], gathers = new long[rows.Length];
        long[] queryPositions = new long[sequences * queries], keyPositions = new long[sequences * keys];
        Array.Fill(keyPositions, int.MaxValue); // padding comes after every query
        for (int sequence = 0; sequence < sequences; sequence++)
        {
            int at = 0;
            foreach (CacheSegment segment in rows[groups[sequence][0]].Cache.Segments)
            {
                for (int slot = 0; slot < segment.Count && at < lengths[sequence]; slot++, at++)
                {
                    reads[(sequence * keys) + at] = Place(segment.Block, slot);
                    keyPositions[(sequence * keys) + at] = at;
                }
            }

            for (int query = 0; query < groups[sequence].Length; query++)
            {
                int row = groups[sequence][query], place = (sequence * queries) + query;
                (spreads[place], gathers[row], queryPositions[place]) = (row, place, rows[row].Position);
            }
        }

        long[] writes = [.. rows.Select(row => row.Cache.Find(row.Position)).Select(found => Place(found.Block, found.Slot))];
        (written, read, spread, gathered) = (tensor(writes, device: device), tensor(reads, device: device), tensor(spreads, device: device), tensor(gathers, device: device));
        Tensor seeing = tensor(queryPositions, device: device).view(sequences, queries), seen = tensor(keyPositions, device: device).view(sequences, keys);
        Tensor mask = zeros([sequences, 1, queries, keys], dtype, device)
            .masked_fill(seen.unsqueeze(1).gt(seeing.unsqueeze(2)).unsqueeze(1), Constants.Of(double.NegativeInfinity));
        masks = AttentionMask.PerLayer(mask, config.SlidingWindows, seeing, seen);
    }

    /// <summary>As <see cref="Attention"/>, of rows side by side: [1, heads, rows, head_size].</summary>
    public Tensor Attend(int layer, Tensor query, Tensor key, Tensor value, Tensor keptKeys, Tensor keptValues)
    {
        keptKeys.index_copy_(0, written, key.squeeze(0).transpose(0, 1));
        keptValues.index_copy_(0, written, value.squeeze(0).transpose(0, 1));
        Tensor attended = AttentionMask.Attend(
            query.squeeze(0).index_select(1, spread).view(query.shape[1], sequences, queries, -1).transpose(0, 1),
            Of(keptKeys), Of(keptValues), masks[layer]);
        return attended.transpose(0, 1).reshape(query.shape[1], (long)sequences * queries, -1).index_select(1, gathered).unsqueeze(0);
    }

    private Tensor Of(Tensor keptOfAll) => keptOfAll.index_select(0, read).view(sequences, keys, keptOfAll.shape[1], -1).transpose(1, 2);

    private static long Place(CacheBlock block, int slot) => ((long)block.Index * CacheLayout.Tokens) + slot;
}
