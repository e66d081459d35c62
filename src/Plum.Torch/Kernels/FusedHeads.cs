using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Plum.Torch.Transformers;
using static TorchSharp.torch;

namespace Plum.Torch.Kernels;

/// <summary>How many heads there are.</summary>
/// <param name="Keys">Heads of keys and values.</param>
/// <param name="Group">Query heads that share one of them.</param>
/// <param name="Size">Numbers of a head.</param>
internal readonly record struct HeadShape(int Keys, int Group, int Size)
{
    /// <summary>Numbers of a token's queries.</summary>
    public int Queries => Keys * Group * Size;

    /// <summary>Numbers of a token's queries, keys and values.</summary>
    public int Joined => Queries + (2 * Keys * Size);
}

/// <summary>
/// Between the rows of projections and what attention multiplies: by key head, the queries that share it lie together, token by token, so
/// that some tokens' queries meet their keys in one product. Queries and keys are rotated on the way (Su et al. 2021).
/// </summary>
internal static unsafe class FusedHeads
{
    /// <summary>Adds biases, rotates, and lays apart.</summary>
    /// <param name="shape">The heads.</param>
    /// <param name="joined">[tokens, queries + keys + values].</param>
    /// <param name="bias">As many as a token has; null for none.</param>
    /// <param name="cos">[tokens, head size] float32.</param>
    /// <param name="sin">[tokens, head size] float32, its second half the sines.</param>
    /// <param name="queries">[key heads, tokens * group, head size].</param>
    /// <param name="keys">[key heads, tokens, head size].</param>
    /// <param name="values">[key heads, tokens, head size].</param>
    public static void Split(HeadShape shape, Tensor joined, Tensor? bias, Tensor cos, Tensor sin, Tensor queries, Tensor keys, Tensor values)
    {
        byte* biases = bias is null ? null : bias.Start();
        if (joined.dtype == ScalarType.BFloat16)
            Split<StoredBrain>(shape, (int)joined.shape[0], joined.Start(), biases, (float*)cos.Start(), (float*)sin.Start(), queries.Start(), keys.Start(), values.Start());
        else
            Split<StoredSingle>(shape, (int)joined.shape[0], joined.Start(), biases, (float*)cos.Start(), (float*)sin.Start(), queries.Start(), keys.Start(), values.Start());
    }

    /// <summary>The way back of <see cref="Split"/>: turns gradients back and lays them together.</summary>
    /// <param name="shape">The heads.</param>
    /// <param name="queries">[key heads, tokens * group, head size].</param>
    /// <param name="keys">[key heads, tokens, head size] float32.</param>
    /// <param name="values">[key heads, tokens, head size] float32.</param>
    /// <param name="cos">As there.</param>
    /// <param name="sin">As there.</param>
    /// <param name="joined">[tokens, queries + keys + values].</param>
    public static void Join(HeadShape shape, Tensor queries, Tensor keys, Tensor values, Tensor cos, Tensor sin, Tensor joined)
    {
        if (joined.dtype == ScalarType.BFloat16)
            Join<StoredBrain>(shape, (int)joined.shape[0], queries.Start(), keys.Start(), values.Start(), (float*)cos.Start(), (float*)sin.Start(), joined.Start());
        else
            Join<StoredSingle>(shape, (int)joined.shape[0], queries.Start(), keys.Start(), values.Start(), (float*)cos.Start(), (float*)sin.Start(), joined.Start());
    }

    /// <summary>Lays what was attended back into rows of tokens, or such rows by heads.</summary>
    /// <param name="shape">The heads.</param>
    /// <param name="heads">[key heads, tokens * group, head size].</param>
    /// <param name="rows">[tokens, queries].</param>
    /// <param name="toRows">Which way.</param>
    public static void Merge(HeadShape shape, Tensor heads, Tensor rows, bool toRows)
    {
        int tokens = (int)rows.shape[0], part = shape.Group * shape.Size * (int)rows.ElementSize;
        byte* apart = heads.Start(), together = rows.Start();
        for (int head = 0; head < shape.Keys; head++)
        {
            for (int token = 0; token < tokens; token++, apart += part)
            {
                byte* at = together + (((nint)token * shape.Keys) + head) * part;
                Unsafe.CopyBlockUnaligned(toRows ? at : apart, toRows ? apart : at, (uint)part);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Split<T>(HeadShape shape, int tokens, byte* joined, byte* bias, float* cos, float* sin, byte* queries, byte* keys, byte* values)
        where T : struct, IStored
    {
        int size = shape.Size, half = size / 2, heads = shape.Keys * shape.Group;
        nint head = (nint)size * T.Size;
        for (int token = 0; token < tokens; token++, cos += size, sin += size)
        {
            byte* shift = bias;
            for (int at = 0; at < heads + (2 * shape.Keys); at++, joined += head, shift += bias == null ? 0 : head)
            {
                int key = at < heads ? at / shape.Group : (at - heads) % shape.Keys;
                byte* to = at < heads ? queries + ((((((nint)key * tokens) + token) * shape.Group) + (at % shape.Group)) * head)
                    : (at < heads + shape.Keys ? keys : values) + ((((nint)key * tokens) + token) * head);
                bool turned = at < heads + shape.Keys;
                for (int i = 0; i < half; i += Stored.Lanes)
                {
                    Vector512<float> a = Stored.Load<T>(joined, i, half), b = Stored.Load<T>(joined + (head / 2), i, half);
                    if (bias != null)
                    {
                        a += Stored.Load<T>(shift, i, half);
                        b += Stored.Load<T>(shift + (head / 2), i, half);
                    }

                    Vector512<float> c = turned ? Stored.Load<StoredSingle>((byte*)cos, i, half) : Vector512<float>.One;
                    Vector512<float> s = turned ? Stored.Load<StoredSingle>((byte*)(sin + half), i, half) : Vector512<float>.Zero;
                    Stored.Store<T>((a * c) - (b * s), to, i, half);
                    Stored.Store<T>((b * c) + (a * s), to + (head / 2), i, half);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Join<T>(HeadShape shape, int tokens, byte* queries, byte* keys, byte* values, float* cos, float* sin, byte* joined)
        where T : struct, IStored
    {
        int size = shape.Size, half = size / 2, heads = shape.Keys * shape.Group;
        nint head = (nint)size * T.Size;
        for (int token = 0; token < tokens; token++, cos += size, sin += size)
        {
            for (int at = 0; at < heads + (2 * shape.Keys); at++, joined += head)
            {
                int key = at < heads ? at / shape.Group : (at - heads) % shape.Keys;
                byte* query = queries + ((((((nint)key * tokens) + token) * shape.Group) + (at % shape.Group)) * head);
                byte* wide = (at < heads + shape.Keys ? keys : values) + ((((nint)key * tokens) + token) * size * sizeof(float));
                bool turned = at < heads + shape.Keys;
                for (int i = 0; i < half; i += Stored.Lanes)
                {
                    Vector512<float> a = at < heads ? Stored.Load<T>(query, i, half) : Stored.Load<StoredSingle>(wide, i, half);
                    Vector512<float> b = at < heads ? Stored.Load<T>(query + (head / 2), i, half) : Stored.Load<StoredSingle>(wide + (half * sizeof(float)), i, half);
                    Vector512<float> c = turned ? Stored.Load<StoredSingle>((byte*)cos, i, half) : Vector512<float>.One;
                    Vector512<float> s = turned ? Stored.Load<StoredSingle>((byte*)(sin + half), i, half) : Vector512<float>.Zero;
                    Stored.Store<T>((a * c) + (b * s), joined, i, half);
                    Stored.Store<T>((b * c) - (a * s), joined + (head / 2), i, half);
                }
            }
        }
    }
}
