using Plum.Torch.Checkpoints;
using Plum.Torch.Transformers;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Decoding;

/// <summary>
/// The decoder for sampling through libtorch's operations, on any device: the forward pass of training, with keys and
/// values of earlier tokens taken from tensors that the pool's blocks number. The rows of a sequence are queries side by
/// side, the sequences are padded to the longest. A row's last bits may depend on the rows beside it: libtorch chooses its
/// products by the batch's shape.
/// </summary>
internal sealed class TensorForward : IRowForward
{
    private readonly FrozenDecoder model;
    private readonly ModelConfig config;
    private readonly CachePool pool;
    private readonly ScalarType dtype;
    private readonly Device device;
    private readonly int threads;
    private readonly (Tensor Keys, Tensor Values)[] kept;
    private Tensor? logits;

    /// <summary>A pass without keys and values.</summary>
    /// <param name="model">The weights.</param>
    /// <param name="pool">Numbers the blocks of the sequences' tokens.</param>
    /// <param name="dtype">The type of keys and values.</param>
    /// <param name="threads">How many threads libtorch may take on the processor.</param>
    public TensorForward(FrozenDecoder model, CachePool pool, ScalarType dtype, int threads)
    {
        (this.model, config, this.pool, this.dtype, this.threads, device) = (model, model.Model.Config, pool, dtype, threads, model.Model.Device);
        kept = new (Tensor, Tensor)[config.Layers];
    }

    /// <inheritdoc/>
    public long CacheBytes => kept[0].Keys is { } keys ? 2 * config.Layers * keys.numel() * keys.element_size() : 0;

    /// <inheritdoc/>
    public LogitRows Run(ReadOnlySpan<TokenRow> rows)
    {
        TokenRow[] all = rows.ToArray();
        int[] wanted = [.. Enumerable.Range(0, all.Length).Where(row => all[row].WantsLogits)];
        logits?.Dispose();
        logits = null;
        set_num_threads(threads);
        try
        {
            logits = Compute(all, wanted);
        }
        finally
        {
            set_num_threads(1);
        }

        return Rows(logits, wanted.Length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        logits?.Dispose();
        foreach ((Tensor keys, Tensor values) in kept)
        {
            keys?.Dispose();
            values?.Dispose();
        }
    }

    private Tensor Compute(TokenRow[] rows, int[] wanted)
    {
        using IDisposable frozen = no_grad();
        Reserve();
        using DisposeScope scope = NewDisposeScope();
        Tensor Numbers(IEnumerable<int> values) => tensor(values.Select(value => (long)value).ToArray(), device: device);
        Tensor positions = Numbers(rows.Select(row => row.Position)).unsqueeze(0);
        SequenceBatch batch = new(rows, config, dtype, device);
        RotaryTables? rotary = model.Model.Rotary?.ForLengths([.. rows.Select(row => row.Cache.Length)]);
        Tensor hidden = DecoderForward.Layers(
            config, model.Weights, rotary, Numbers(rows.Select(row => row.Token)).unsqueeze(0), positions,
            (layer, queries, keys, values) => batch.Attend(layer, queries, keys, values, kept[layer].Keys, kept[layer].Values));
        Tensor last = hidden.squeeze(0).index_select(0, Numbers(wanted));
        return nn.functional.linear(DecoderForward.FinalNorm(config, model.Weights, last), model.Weights.Head)
            .to(ScalarType.Float32).cpu().contiguous().DetachFromDisposeScope();
    }

    /// <summary>Room for as many tokens as the pool has blocks for, twice as many each time.</summary>
    private void Reserve()
    {
        long tokens = (long)pool.Count * CacheLayout.Tokens, room = kept[0].Keys is { } there ? there.shape[0] : 0;
        if (tokens <= room) return;
        tokens = Math.Max(tokens, 2 * room);
        for (int layer = 0; layer < kept.Length; layer++)
            kept[layer] = (Grown(kept[layer].Keys), Grown(kept[layer].Values));

        Tensor Grown(Tensor? old)
        {
            Tensor grown = zeros([tokens, config.KeyValueHeads, config.HeadSize], dtype, device).DetachFromDisposeScope();
            if (old is not null)
            {
                using Tensor beginning = grown.narrow(0, 0, room);
                beginning.copy_(old);
                old.Dispose();
            }

            return grown;
        }
    }

    private unsafe LogitRows Rows(Tensor given, int count)
    {
        fixed (float* start = given.Floats())
            return new LogitRows(start, config.VocabularySize, config.VocabularySize, count);
    }
}
