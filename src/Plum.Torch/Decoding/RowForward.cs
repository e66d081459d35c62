using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Plum.Torch.Checkpoints;
using Plum.Torch.Kernels;

namespace Plum.Torch.Decoding;

/// <summary>A token to run through the decoder.</summary>
/// <param name="Token">Its id.</param>
/// <param name="Position">Its position in its sequence.</param>
/// <param name="Cache">The sequence, with room for this token.</param>
/// <param name="WantsLogits">Whether the next token's logits are asked for.</param>
internal readonly record struct TokenRow(int Token, int Position, TokenCache Cache, bool WantsLogits);

/// <summary>
/// The decoder for sampling: the forward pass of <see cref="Transformers.DecoderForward"/> on the processor, with kernels
/// of our own, over tokens of any sequences at any positions. A prompt is rows, and so is a batch of next tokens. In
/// float32 a row's numbers are the same bits whatever stands in the other rows, so that neither batch size nor order
/// changes a text. The threads of a crew share each product by its columns and everything else by rows.
/// </summary>
internal sealed unsafe class RowForward : IRowForward
{
    private readonly DecoderSnapshot model;
    private readonly ModelConfig config;
    private readonly CacheLayout layout;
    private readonly Crew crew;
    private readonly RowAttention[] attention;
    private readonly List<NativeArray> buffers = [];
    private readonly int width, attendedWidth;
    private int capacity, logitCapacity;
    private float* hidden, normed, joined, attended, up, final, logits;

    /// <summary>Takes scratch memory as it needs it.</summary>
    /// <param name="model">The weights.</param>
    /// <param name="layout">Where the sequences' keys and values are.</param>
    /// <param name="crew">The threads.</param>
    public RowForward(DecoderSnapshot model, CacheLayout layout, Crew crew)
    {
        (this.model, config, this.layout, this.crew) = (model, model.Config, layout, crew);
        attention = [.. Enumerable.Range(0, crew.Size).Select(_ => new RowAttention(layout, config.Heads / config.KeyValueHeads))];
        width = model.Layers[0].Down.PaddedOutputs;
        attendedWidth = ((config.Heads * config.HeadSize) + 15) / 16 * 16;
    }

    /// <inheritdoc/>
    public long CacheBytes => 0;

    /// <inheritdoc/>
    public LogitRows Run(ReadOnlySpan<TokenRow> rows)
    {
        TokenRow[] all = rows.ToArray();
        foreach (TokenRow row in all)
            Check(row);
        int[] wanted = [.. Enumerable.Range(0, all.Length).Where(row => all[row].WantsLogits)];
        Reserve(all.Length, wanted.Length);
        // A token needs the keys of earlier ones: one thread writes them in order; several wait for each other if rows share a sequence.
        bool atOnce = crew.Size == 1 || all.DistinctBy(row => row.Cache).Count() == all.Length;
        crew.Run(part => Compute(all, wanted, atOnce, part));
        return new LogitRows(logits, config.VocabularySize, model.Head.PaddedOutputs, wanted.Length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RowAttention one in attention)
            one.Dispose();
        foreach (NativeArray buffer in buffers)
            buffer.Dispose();
    }

    /// <summary>Beyond this nothing looks at bounds.</summary>
    private void Check(TokenRow row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row.Token, (uint)config.VocabularySize);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row.Position, (uint)Math.Min(config.MaxPositions, row.Cache.Length));
    }

    /// <summary>One thread's share of the pass.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Compute(TokenRow[] rows, int[] wanted, bool atOnce, int part)
    {
        int count = rows.Length, parts = crew.Size, upWidth = model.Layers[0].Up.PaddedOutputs;
        for (int row = part; row < count; row += parts)
            Embed(rows[row], hidden + ((nint)row * width));
        for (int layer = 0; layer < config.Layers; layer++)
        {
            PackedLayer weights = model.Layers[layer];
            for (int row = part; row < count; row += parts)
                Normalize(weights.AttentionNorm, row, normed + ((nint)row * width), weights.Qkv);
            crew.Meet();
            weights.Qkv.Multiply(count, normed, width, joined, add: false, crew, part);
            crew.Meet();
            // Each thread remembers several heads and then attends: at once, attention would wait for the keys' writes to leave the store buffer.
            int shares = Math.Min(parts, config.KeyValueHeads), pieces = count * shares;
            for (int piece = crew.Take(part, pieces); piece >= 0; piece = crew.Take(part, pieces))
            {
                (int row, int share) = Math.DivRem(piece, shares);
                (int first, int end) = Heads(share, shares);
                for (int head = first; head < end; head++)
                    Remember(layer, head, rows[row], row);
                for (int head = first; head < end && atOnce; head++)
                    Attend(layer, head, rows[row], row, part);
            }

            crew.Meet();
            if (!atOnce)
            {
                for (int piece = crew.Take(part, pieces); piece >= 0; piece = crew.Take(part, pieces))
                {
                    (int row, int share) = Math.DivRem(piece, shares);
                    (int first, int end) = Heads(share, shares);
                    for (int head = first; head < end; head++)
                        Attend(layer, head, rows[row], row, part);
                }

                crew.Meet();
            }

            weights.Output.Multiply(count, attended, attendedWidth, hidden, add: true, crew, part);
            crew.Meet();
            for (int row = part; row < count; row += parts)
                Normalize(weights.MlpNorm, row, normed + ((nint)row * width), weights.Up);
            crew.Meet();
            weights.Up.Multiply(count, normed, width, up, add: false, crew, part);
            crew.Meet();
            for (int row = part; row < count; row += parts)
            {
                float* active = up + ((nint)row * upWidth);
                Activations.Apply(config.Activation, config.GatedMlp, active, config.IntermediateSize, active);
                weights.Down.Feed(active, config.IntermediateSize, active);
            }

            crew.Meet();
            weights.Down.Multiply(count, up, upWidth, hidden, add: true, crew, part);
            crew.Meet();
        }

        for (int i = part; i < wanted.Length; i += parts)
            Normalize(model.FinalNorm, wanted[i], final + ((nint)i * width), model.Head);
        crew.Meet();
        model.Head.Multiply(wanted.Length, final, width, logits, add: false, crew, part);
    }

    private void Normalize(PackedNorm norm, int row, float* to, PackedLinear next)
    {
        norm.Apply(hidden + ((nint)row * width), to);
        next.Feed(to, config.HiddenSize, to);
    }

    /// <summary>The key heads of one of a row's shares.</summary>
    private (int First, int End) Heads(int share, int shares) => (config.KeyValueHeads * share / shares, config.KeyValueHeads * (share + 1) / shares);

    private float* Joined(int row) => joined + ((nint)row * model.Layers[0].Qkv.PaddedOutputs);

    private void Attend(int layer, int head, TokenRow row, int index, int part)
    {
        int size = config.Heads / config.KeyValueHeads * config.HeadSize;
        float* mixed = attention[part].Attend(layer, head, Joined(index) + (head * size), row.Cache, row.Position, config.SlidingWindows[layer]);
        model.Layers[layer].Output.Feed(mixed, size, attended + ((nint)index * attendedWidth), head * size);
    }

    private void Embed(TokenRow row, float* to)
    {
        model.TokenEmbedding.Read(row.Token, to);
        model.PositionEmbedding?.Read(row.Position, to, add: true);
    }

    /// <summary>Rotates a row's key of one head and the queries that share it, and writes key and value into the row's cache.</summary>
    private void Remember(int layer, int head, TokenRow row, int index)
    {
        int size = config.HeadSize, group = config.Heads / config.KeyValueHeads;
        float* queries = Joined(index) + (head * group * size), key = Joined(index) + ((config.Heads + head) * size);
        if (model.Cosines.Length > 0)
        {
            for (int query = 0; query < group; query++)
                Rotate(queries + (query * size), row.Position);
            Rotate(key, row.Position);
        }

        (CacheBlock block, int slot) = row.Cache.Find(row.Position);
        layout.Write(block.Start, layer, head, slot, key, key + (config.KeyValueHeads * size));
    }

    /// <summary>Turns pairs (i, i + head_size / 2), the layout of the Llama line in Hugging Face checkpoints.</summary>
    private void Rotate(float* x, int position)
    {
        int half = config.HeadSize / 2;
        ReadOnlySpan<float> cosines = model.Cosines.AsSpan(position * half, half), sines = model.Sines.AsSpan(position * half, half);
        int i = 0;
        for (; i + 16 <= half; i += 16)
        {
            Vector512<float> first = Vector512.Load(x + i), second = Vector512.Load(x + i + half);
            Vector512<float> cosine = Vector512.Create(cosines[i..]), sine = Vector512.Create(sines[i..]);
            ((first * cosine) - (second * sine)).Store(x + i);
            ((second * cosine) + (first * sine)).Store(x + i + half);
        }

        for (; i < half; i++)
        {
            float first = x[i], second = x[i + half];
            x[i] = (first * cosines[i]) - (second * sines[i]);
            x[i + half] = (second * cosines[i]) + (first * sines[i]);
        }
    }

    private void Reserve(int rows, int logitRows)
    {
        (rows, logitRows) = (Padded(rows), Padded(logitRows));
        if (rows <= capacity && logitRows <= logitCapacity)
            return;
        (capacity, logitCapacity) = (Math.Max(rows, capacity), Math.Max(logitRows, logitCapacity));
        foreach (NativeArray buffer in buffers)
            buffer.Dispose();
        buffers.Clear();
        hidden = Buffer((long)capacity * width);
        normed = Buffer((long)capacity * width);
        joined = Buffer((long)capacity * model.Layers[0].Qkv.PaddedOutputs);
        attended = Buffer((long)capacity * attendedWidth);
        final = Buffer((long)logitCapacity * width);
        // When logits are computed, the last layer is done with what lay in their place: each may be tens of megabytes.
        up = logits = Buffer(Math.Max((long)capacity * model.Layers[0].Up.PaddedOutputs, (long)logitCapacity * model.Head.PaddedOutputs));
    }

    private static int Padded(int rows) => (rows + WideProduct.Multiple - 1) / WideProduct.Multiple * WideProduct.Multiple;

    private float* Buffer(long numbers)
    {
        NativeArray buffer = new(numbers * sizeof(float));
        buffers.Add(buffer);
        return buffer.Floats;
    }
}

/// <summary>Rows of logits in a forward pass's own memory.</summary>
internal readonly unsafe struct LogitRows(float* start, int vocabulary, int stride, int count)
{
    /// <summary>How many.</summary>
    public int Count => count;

    /// <summary>One row, [vocabulary].</summary>
    public ReadOnlySpan<float> this[int row] => new(start + ((nint)row * stride), vocabulary);
}
