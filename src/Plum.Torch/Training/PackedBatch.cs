using Plum.Torch.Transformers;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>
/// Groups laid side by side in rows without padding between them. A completion sees its own prompt and its own tokens; the
/// prompt is computed once for all its completions, and so is whatever several of them begin with, forward and backward. The
/// gradient is that of separate rows.
/// </summary>
public sealed class PackedBatch : IDisposable
{
    private PackedBatch(Tensor tokens, Tensor positions, Tensor mask, Tensor predictors, Tensor targets, Tensor spread, int[] starts, TokenRun[] runs)
    {
        Tokens = tokens;
        Positions = positions;
        Mask = mask;
        Predictors = predictors;
        Targets = targets;
        Spread = spread;
        Starts = starts;
        Runs = runs;
    }

    /// <summary>[rows, length] int64.</summary>
    public Tensor Tokens { get; }

    /// <summary>[rows, length] int64: each completion's positions go on from its prompt's end.</summary>
    public Tensor Positions { get; }

    /// <summary>[rows, 1, length, length] float32: 0 where attention is allowed, minus infinity elsewhere.</summary>
    public Tensor Mask { get; }

    /// <summary>[targets] int64: the flat position whose hidden state predicts each target.</summary>
    public Tensor Predictors { get; }

    /// <summary>[targets] int64: the tokens predicted, group by group; one that completions share is there once.</summary>
    public Tensor Targets { get; }

    /// <summary>[completion tokens] int64: the target that each completion token is, group by group, completion by completion.</summary>
    public Tensor Spread { get; }

    /// <summary>Where each completion's tokens begin, in the order of groups and completions; the last entry is their number.</summary>
    public IReadOnlyList<int> Starts { get; }

    /// <summary>The rows' tokens in runs that each see a few keys of their row, in the order of rows and tokens: prompts, what each completion adds, padding.</summary>
    internal IReadOnlyList<TokenRun> Runs { get; }

    /// <summary>Lays groups into rows, first fit.</summary>
    /// <param name="groups">The groups; completions are numbered in their order.</param>
    /// <param name="rowLength">The wished length of a row in tokens; a longer group makes all rows as long as itself.</param>
    /// <param name="device">Where the tensors are put; null for the processor.</param>
    public static PackedBatch Pack(IReadOnlyList<CompletionGroup> groups, int rowLength, Device? device = null)
    {
        (int Row, int Offset)[] places = Place(groups, Math.Max(rowLength, groups.Max(g => g.Tokens)), out List<int> used);
        int length = used.Max(), rows = used.Count;
        long[] tokens = new long[rows * length], positions = new long[rows * length];
        bool[] hidden = new bool[(long)rows * length * length];
        Array.Fill(hidden, true);
        List<long> predictors = [], targets = [], spread = [];
        List<int> starts = [];
        List<TokenRun> runs = [];

        for (int row = 0; row < rows; row++)
        {
            for (int i = used[row]; i < length; i++)
                hidden[((((long)row * length) + i) * length) + i] = false; // padding sees itself: no empty softmax row
            if (used[row] < length)
                runs.Add(new TokenRun(row, used[row], [], length - used[row]));
        }

        for (int g = 0; g < groups.Count; g++)
        {
            (int row, int offset) = places[g];
            int start = (row * length) + offset;
            int[] prompt = groups[g].Prompt;
            for (int i = 0; i < prompt.Length; i++)
            {
                (tokens[start + i], positions[start + i]) = (prompt[i], i);
                Array.Fill(hidden, false, ((start + i) * length) + offset, i + 1);
            }

            runs.Add(new TokenRun(row, offset, [], prompt.Length));
            PrefixTree tree = groups[g].Tree;
            int[] at = new int[tree.Count]; // where inner nodes lie
            int next = start + prompt.Length;
            foreach (int node in tree.Inner)
            {
                at[node] = next;
                if (runs[^1].Start + runs[^1].Count + (row * length) == next && tree.Parent(node) >= 0 && at[tree.Parent(node)] == next - 1)
                    runs[^1] = runs[^1] with { Count = runs[^1].Count + 1 };
                else
                    runs.Add(new TokenRun(row, next - (row * length), [.. Enumerable.Range(offset, prompt.Length), .. Ancestors(tree, node).Reverse().Select(seen => at[seen] - (row * length))], 1));
                (tokens[next], positions[next]) = (tree.Token(node), prompt.Length + tree.Depth(node));
                Array.Fill(hidden, false, (next * length) + offset, prompt.Length);
                for (int seen = node; seen >= 0; seen = tree.Parent(seen))
                    hidden[((long)next * length) + at[seen] - (row * length)] = false;
                next++;
            }

            foreach (int[] path in tree.Paths)
            {
                starts.Add(spread.Count);
                spread.AddRange(path.Select(node => (long)targets.Count + node));
            }

            for (int node = 0; node < tree.Count; node++)
            {
                predictors.Add(tree.Parent(node) < 0 ? start + prompt.Length - 1 : at[tree.Parent(node)]);
                targets.Add(tree.Token(node));
            }
        }

        starts.Add(spread.Count);
        using DisposeScope scope = NewDisposeScope();
        Tensor mask = zeros([rows, 1, length, length], ScalarType.Float32, device)
            .masked_fill_(tensor(hidden, device: device).view(rows, 1, length, length), Constants.Of(double.NegativeInfinity));
        return new PackedBatch(
            tensor(tokens, device: device).view(rows, length).DetachFromDisposeScope(),
            tensor(positions, device: device).view(rows, length).DetachFromDisposeScope(),
            mask.DetachFromDisposeScope(),
            tensor(predictors.ToArray(), device: device).DetachFromDisposeScope(),
            tensor(targets.ToArray(), device: device).DetachFromDisposeScope(),
            tensor(spread.ToArray(), device: device).DetachFromDisposeScope(),
            [.. starts],
            [.. runs.OrderBy(run => run.Row).ThenBy(run => run.Start)]);
    }

    private static IEnumerable<int> Ancestors(PrefixTree tree, int node)
    {
        for (int seen = tree.Parent(node); seen >= 0; seen = tree.Parent(seen))
            yield return seen;
    }

    private static (int Row, int Offset)[] Place(IReadOnlyList<CompletionGroup> groups, int length, out List<int> used)
    {
        used = [];
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

        return places;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Tokens.Dispose();
        Positions.Dispose();
        Mask.Dispose();
        Predictors.Dispose();
        Targets.Dispose();
        Spread.Dispose();
    }
}

/// <summary>Tokens side by side in a row, each after the one before: they see some tokens in front of them, and one another backwards.</summary>
/// <param name="Row">The row.</param>
/// <param name="Start">Their first place in it.</param>
/// <param name="Before">The places seen by all of them.</param>
/// <param name="Count">How many.</param>
internal sealed record TokenRun(int Row, int Start, int[] Before, int Count);
