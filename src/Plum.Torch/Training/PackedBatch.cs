using Plum.Torch.Transformers;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>
/// Groups laid side by side in rows without padding between them. A completion sees its own prompt and itself, so the
/// prompt is computed once for all its completions, forward and backward, and the gradient is that of separate rows.
/// </summary>
public sealed class PackedBatch : IDisposable
{
    private PackedBatch(Tensor tokens, Tensor positions, Tensor mask, Tensor predictors, Tensor targets, int[] starts)
    {
        Tokens = tokens;
        Positions = positions;
        Mask = mask;
        Predictors = predictors;
        Targets = targets;
        Starts = starts;
    }

    /// <summary>[rows, length] int64.</summary>
    public Tensor Tokens { get; }

    /// <summary>[rows, length] int64: each completion's positions go on from its prompt's end.</summary>
    public Tensor Positions { get; }

    /// <summary>[rows, 1, length, length] float32: 0 where attention is allowed, minus infinity elsewhere.</summary>
    public Tensor Mask { get; }

    /// <summary>[targets] int64: the flat position whose hidden state predicts each completion token.</summary>
    public Tensor Predictors { get; }

    /// <summary>[targets] int64: the completion tokens, group by group, completion by completion.</summary>
    public Tensor Targets { get; }

    /// <summary>Where each completion's targets begin, in the order of groups and completions; the last entry is their number.</summary>
    public IReadOnlyList<int> Starts { get; }

    /// <summary>Lays groups into rows, first fit.</summary>
    /// <param name="groups">The groups; completions are numbered in their order.</param>
    /// <param name="rowLength">The wished length of a row in tokens; a longer group makes all rows as long as itself.</param>
    public static PackedBatch Pack(IReadOnlyList<CompletionGroup> groups, int rowLength)
    {
        int length = Math.Max(rowLength, groups.Max(g => g.Tokens));
        List<int> used = [];
        (int Row, int Offset)[] places = new (int, int)[groups.Count];
        for (int g = 0; g < groups.Count; g++)
        {
            int row = used.FindIndex(u => u + groups[g].Tokens <= length);
            if (row < 0)
            {
                row = used.Count;
                used.Add(0);
            }

            places[g] = (row, used[row]);
            used[row] += groups[g].Tokens;
        }

        length = used.Max();
        int rows = used.Count, targetCount = groups.Sum(g => g.Completions.Sum(c => c.Length));
        long[] tokens = new long[rows * length], positions = new long[rows * length];
        bool[] hidden = new bool[(long)rows * length * length];
        Array.Fill(hidden, true);
        long[] predictors = new long[targetCount], targets = new long[targetCount];
        List<int> starts = [];
        int target = 0;

        for (int row = 0; row < rows; row++)
            for (int i = used[row]; i < length; i++)
                hidden[(((long)row * length) + i) * length + i] = false; // padding sees itself: no empty softmax row

        for (int g = 0; g < groups.Count; g++)
        {
            (int row, int offset) = places[g];
            int[] prompt = groups[g].Prompt;
            Place(prompt, offset, 0, row);
            Show(row, offset, prompt.Length, offset, prompt.Length, 0);
            int at = offset + prompt.Length;
            foreach (int[] completion in groups[g].Completions)
            {
                Place(completion, at, prompt.Length, row);
                Show(row, at, completion.Length, offset, prompt.Length, prompt.Length);
                Show(row, at, completion.Length, at, completion.Length, 0);
                starts.Add(target);
                for (int i = 0; i < completion.Length; i++, target++)
                {
                    predictors[target] = ((long)row * length) + (i == 0 ? offset + prompt.Length - 1 : at + i - 1);
                    targets[target] = completion[i];
                }

                at += completion.Length;
            }
        }

        starts.Add(target);
        using DisposeScope scope = NewDisposeScope();
        Tensor mask = zeros([rows, 1, length, length], ScalarType.Float32)
            .masked_fill_(tensor(hidden).view(rows, 1, length, length), Constants.Of(double.NegativeInfinity));
        return new PackedBatch(
            tensor(tokens).view(rows, length).DetachFromDisposeScope(),
            tensor(positions).view(rows, length).DetachFromDisposeScope(),
            mask.DetachFromDisposeScope(),
            tensor(predictors).DetachFromDisposeScope(),
            tensor(targets).DetachFromDisposeScope(),
            [.. starts]);

        void Place(int[] ids, int at, int firstPosition, int row)
        {
            for (int i = 0; i < ids.Length; i++)
            {
                tokens[(row * length) + at + i] = ids[i];
                positions[(row * length) + at + i] = firstPosition + i;
            }
        }

        // Queries [at, at + count) see keys [keyAt, keyAt + keyCount) that are not later;
        // `ahead` is how far the first query's position lies ahead of the first key's.
        void Show(int row, int at, int count, int keyAt, int keyCount, int ahead)
        {
            for (int i = 0; i < count; i++)
            {
                long line = (((long)row * length) + at + i) * length;
                int last = Math.Min(keyCount - 1, i + ahead);
                Array.Fill(hidden, false, (int)line + keyAt, Math.Max(0, last + 1));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Tokens.Dispose();
        Positions.Dispose();
        Mask.Dispose();
        Predictors.Dispose();
        Targets.Dispose();
    }
}
