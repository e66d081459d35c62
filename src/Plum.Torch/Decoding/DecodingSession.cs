using Plum.Torch.Checkpoints;
using Plum.Torch.Transformers;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Decoding;

/// <summary>
/// Samples in flight over one model, an open set: requests join while others decode, a row freed by a finished sample
/// takes the next one, and a shrinking batch stays dense (Yu et al. 2022, Orca). Each prompt is encoded once for all its
/// samples. The order of work is fixed by the order of the calls alone. For one thread at a time.
/// </summary>
/// <param name="model">The weights to sample from.</param>
/// <param name="tokenizer">Turns tokens into text; null leaves the texts empty.</param>
/// <param name="endTokens">Tokens that end a completion.</param>
/// <param name="maxRows">The most samples in flight; more wait in the order of their coming.</param>
public sealed class DecodingSession(DecoderSnapshot model, Tokenizer? tokenizer, IReadOnlySet<int> endTokens, int maxRows) : IDisposable
{
    // Products of fewer rows take other kernels, which add up in another order: with at least so many, a row's last bits
    // do not depend on how many others there are (measured with libtorch 2.10 and MKL, float32, ten shapes, 1 to 200 rows).
    private const int LeastRows = 4;

    private readonly Queue<Arrival> waiting = [];
    private readonly List<Sequence> active = [];
    private KeyValueCache? cache;

    /// <summary>Samples that have not ended: those in flight and those that wait.</summary>
    public int Unfinished => active.Count + waiting.Sum(arrival => arrival.Waiting);

    /// <summary>Puts requests behind all others. Their prompts are encoded together, padded to the longest.</summary>
    /// <param name="requests">Prompts and how to continue them, at least one.</param>
    /// <param name="drawn">Told every token, inside <see cref="Step"/>.</param>
    public void Add(IReadOnlyList<GenerationRequest> requests, Action<DrawnToken> drawn) =>
        waiting.Enqueue(new Arrival(requests, drawn, tokenizer, endTokens));

    /// <summary>Gives up all samples of a request, this very object; nothing more is told of them.</summary>
    /// <param name="request">One that was added; one that has ended is let be.</param>
    public void Cancel(GenerationRequest request)
    {
        foreach (Arrival arrival in waiting)
            arrival.Drop(request);
        foreach (Sequence sequence in active.Where(sequence => ReferenceEquals(sequence.Request, request)))
            sequence.Abandon();
        Retire();
    }

    /// <summary>Fills free rows, then draws one token for every sample in flight. A session in which this has failed is of no further use.</summary>
    /// <returns>False once nothing is in flight and nothing waits.</returns>
    /// <exception cref="ArithmeticException">The logits hold NaN.</exception>
    public bool Step()
    {
        using var _ = no_grad();
        while (waiting.TryPeek(out Arrival? next) && active.Count <= maxRows - Math.Max(1, maxRows / 8))
            Admit(next);
        if (active.Count > 0)
        {
            Decode();
            Retire();
        }

        if (active.Count > 0 || waiting.Count > 0)
            return true;
        cache?.Dispose();
        cache = null;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Arrival arrival in waiting)
            arrival.Dispose();
        cache?.Dispose();
    }

    /// <summary>Fills free rows with samples of the first who wait; their first token comes from the prompt's own logits.</summary>
    private void Admit(Arrival arrival)
    {
        List<long> to = [], from = [];
        int unfinished = Unfinished;
        while (active.Count < maxRows && arrival.Waiting > 0)
        {
            Sequence sequence = arrival.Take();
            sequence.Draw(arrival.Prefix(model).Logits.AsSpan(sequence.Prompt * model.Config.VocabularySize, model.Config.VocabularySize));
            arrival.Tell(sequence);
            if (sequence.Done)
                continue;
            to.Add(active.Count);
            from.Add(sequence.Prompt);
            active.Add(sequence);
        }

        if (to.Count > 0)
        {
            PrefixCache prefix = arrival.Prefix(model);
            cache ??= new(model.Config, Math.Min(maxRows, unfinished), prefix.Length + 1, model.DType);
            cache.Reserve(Math.Min(maxRows, active.Count <= cache.Rows ? active.Count : Math.Max(active.Count, 2 * cache.Rows)), prefix.Length + 1);
            using DisposeScope scope = NewDisposeScope();
            cache.Fill(tensor(to.ToArray()), prefix, tensor(from.ToArray()));
        }

        if (arrival.Waiting == 0)
            waiting.Dequeue().Dispose();
    }

    /// <summary>One token for every sample in flight.</summary>
    private void Decode()
    {
        using DisposeScope scope = NewDisposeScope();
        int rows = Math.Max(active.Count, model.DType == ScalarType.Float32 ? LeastRows : 1), length = active.Max(s => s.Position) + 1;
        cache!.Reserve(rows, length);
        long[] token = new long[rows], position = new long[rows];
        for (int i = 0; i < active.Count; i++)
            (token[i], position[i]) = (active[i].Next, active[i].Position);
        Tensor tokens = tensor(token).unsqueeze(1), positions = tensor(position), row = arange(rows, ScalarType.Int64);
        IReadOnlyList<Tensor>? masks = model.DType == ScalarType.Float32 ? null : Masks(positions, length);
        Tensor hidden = DecoderForward.Run(
            model.Config, model.Weights, model.Rotary, tokens, positions.unsqueeze(1),
            (layer, q, k, v) =>
            {
                (Tensor keys, Tensor values) = cache.Append(layer, k, v, row, positions);
                return masks is null
                    ? SingleTokenAttention.Attend(q, keys, values, position, model.Config.SlidingWindows[layer])
                    : AttentionMask.AttendOne(q, InUse(keys), InUse(values), masks[layer]);
            });
        float[] logits = model.Logits(hidden.view(rows, -1));
        for (int i = 0; i < active.Count; i++)
        {
            active[i].Draw(logits.AsSpan(i * model.Config.VocabularySize, model.Config.VocabularySize));
            active[i].Arrival.Tell(active[i]);
        }

        Tensor InUse(Tensor buffer) => buffer.narrow(0, 0, rows).narrow(1, 0, length).transpose(1, 2);
    }

    /// <summary>What libtorch's attention needs to be told: which columns are beyond each row's position, and out of a layer's window.</summary>
    private IReadOnlyList<Tensor> Masks(Tensor positions, int length)
    {
        long count = positions.shape[0];
        Tensor column = arange(length, ScalarType.Int64).unsqueeze(0);
        Tensor later = zeros([count, length], model.DType).masked_fill_(column.gt(positions.unsqueeze(1)), Constants.Of(double.NegativeInfinity));
        return AttentionMask.PerLayer(later.view(count, 1, 1, length), model.Config.SlidingWindows, positions.unsqueeze(1), column);
    }

    /// <summary>Takes ended samples out; the last rows in flight move into the gaps.</summary>
    private void Retire()
    {
        List<long> from = [], to = [];
        for (int i = 0; i < active.Count; i++)
        {
            if (!active[i].Done)
                continue;
            int last = active.FindLastIndex(sequence => !sequence.Done);
            if (last > i)
            {
                active[i] = active[last];
                from.Add(last);
                to.Add(i);
            }

            active.RemoveRange(Math.Max(i, last), active.Count - Math.Max(i, last));
        }

        if (to.Count > 0)
            cache!.Move(from, to);
    }
}
