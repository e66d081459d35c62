using Plum.Torch.Checkpoints;
using Plum.Torch.Transformers;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Decoding;

/// <summary>
/// Samples many continuations of many prompts: each prompt is encoded once for all its samples, a row freed by a
/// finished sample takes the next one, and a shrinking batch stays dense (Yu et al. 2022, Orca).
/// The order of work is fixed by the requests alone, so the same requests give the same tokens.
/// </summary>
/// <param name="model">The weights to sample from.</param>
/// <param name="tokenizer">Turns tokens into text; null leaves the texts empty.</param>
/// <param name="endTokens">Tokens that end a completion.</param>
/// <param name="maxRows">The most sequences in flight.</param>
public sealed class ContinuousBatch(DecoderSnapshot model, Tokenizer? tokenizer, IReadOnlySet<int> endTokens, int maxRows)
{
    /// <summary>Runs all requests to their ends on the calling thread.</summary>
    /// <param name="requests">Prompts and how to continue them.</param>
    /// <param name="cancellation">Checked once a step.</param>
    /// <returns>For each request, in order, its generations in sample order.</returns>
    public IReadOnlyList<IReadOnlyList<Generation>> Run(IReadOnlyList<GenerationRequest> requests, CancellationToken cancellation)
    {
        using var _ = no_grad();
        using PrefixCache prefix = PrefixCache.Encode(model, [.. requests.Select(r => r.Prompt)]);
        Generation[][] results = [.. requests.Select(r => new Generation[r.Count])];
        Queue<Sequence> waiting = new(requests.SelectMany((request, prompt) =>
            Enumerable.Range(0, request.Count).Select(sample => new Sequence(request, prompt, sample, tokenizer, endTokens))));
        int rows = Math.Min(maxRows, waiting.Count);
        using KeyValueCache cache = new(model.Config, rows, prefix.Length + 1, model.DType);
        List<Sequence> active = [];

        void Finish(Sequence sequence) => results[sequence.Prompt][sequence.Sample] = sequence.Finish();

        while (waiting.Count > 0 || active.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            if (waiting.Count > 0 && active.Count <= rows - Math.Max(1, rows / 8))
                Admit(waiting, active, rows, prefix, cache, Finish);
            if (active.Count == 0)
                continue;
            Step(active, cache);
            Retire(active, cache, Finish);
        }

        return results;
    }

    /// <summary>Fills free rows with waiting sequences; their first token comes from the prompt's own logits.</summary>
    private void Admit(
        Queue<Sequence> waiting, List<Sequence> active, int rows, PrefixCache prefix, KeyValueCache cache, Action<Sequence> finish)
    {
        List<long> to = [], from = [];
        while (active.Count < rows && waiting.TryDequeue(out Sequence? sequence))
        {
            sequence.Draw(prefix.Logits.AsSpan(sequence.Prompt * model.Config.VocabularySize, model.Config.VocabularySize));
            if (sequence.Done)
            {
                finish(sequence);
                continue;
            }

            to.Add(active.Count);
            from.Add(sequence.Prompt);
            active.Add(sequence);
        }

        if (to.Count == 0)
            return;
        using DisposeScope scope = NewDisposeScope();
        cache.Fill(tensor(to.ToArray()), prefix, tensor(from.ToArray()));
    }

    /// <summary>One token for every active sequence.</summary>
    private void Step(List<Sequence> active, KeyValueCache cache)
    {
        using DisposeScope scope = NewDisposeScope();
        int count = active.Count, length = active.Max(s => s.Position) + 1;
        cache.Reserve(length);
        long[] position = [.. active.Select(s => (long)s.Position)];
        Tensor tokens = tensor(active.Select(s => (long)s.Next).ToArray()).unsqueeze(1);
        Tensor positions = tensor(position), row = arange(count, ScalarType.Int64);
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
        float[] logits = model.Logits(hidden.view(count, -1));
        for (int i = 0; i < count; i++)
            active[i].Draw(logits.AsSpan(i * model.Config.VocabularySize, model.Config.VocabularySize));

        Tensor InUse(Tensor buffer) => buffer.narrow(0, 0, count).narrow(1, 0, length).transpose(1, 2);
    }

    /// <summary>What libtorch's attention needs to be told: which columns are beyond each row's position, and out of a layer's window.</summary>
    private IReadOnlyList<Tensor> Masks(Tensor positions, int length)
    {
        long count = positions.shape[0];
        Tensor column = arange(length, ScalarType.Int64).unsqueeze(0);
        Tensor later = zeros([count, length], model.DType).masked_fill_(column.gt(positions.unsqueeze(1)), Constants.Of(double.NegativeInfinity));
        return AttentionMask.PerLayer(later.view(count, 1, 1, length), model.Config.SlidingWindows, positions.unsqueeze(1), column);
    }

    /// <summary>Takes finished sequences out; the last active rows move into the gaps.</summary>
    private static void Retire(List<Sequence> active, KeyValueCache cache, Action<Sequence> finish)
    {
        List<long> from = [], to = [];
        for (int i = 0; i < active.Count; i++)
        {
            while (i < active.Count && active[i].Done)
            {
                finish(active[i]);
                int last = active.Count - 1;
                while (last > i && active[last].Done)
                {
                    finish(active[last]);
                    active.RemoveAt(last--);
                }

                if (last > i)
                {
                    active[i] = active[last];
                    from.Add(last);
                    to.Add(i);
                }

                active.RemoveAt(last);
            }
        }

        if (to.Count > 0)
            cache.Move(from, to);
    }
}
