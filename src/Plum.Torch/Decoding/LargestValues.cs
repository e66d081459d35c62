using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Plum.Torch.Decoding;

/// <summary>The k-th largest value of a row: one pass with a heap of k values, vectors with nothing above the heap's root skipped.</summary>
internal static class LargestValues
{
    /// <summary>The value at <paramref name="rank"/>, counted from 1 for the largest, repeats counted.</summary>
    public static float AtRank(ReadOnlySpan<float> row, int rank)
    {
        if (rank == 1) return RowMath.Max(row);
        float[] rented = ArrayPool<float>.Shared.Rent(rank);
        Span<float> heap = rented.AsSpan(0, rank);
        row[..rank].CopyTo(heap);
        for (int node = rank / 2 - 1; node >= 0; node--) SiftDown(heap, node);

        int width = Vector256<float>.Count, at = rank;
        ref float first = ref MemoryMarshal.GetReference(row);
        for (; at + width <= row.Length; at += width)
        {
            Vector256<float> vector = Vector256.LoadUnsafe(ref first, (nuint)at);
            if (!Vector256.GreaterThanAny(vector, Vector256.Create(heap[0]))) continue;
            for (int lane = 0; lane < width; lane++) Offer(heap, row[at + lane]);
        }

        for (; at < row.Length; at++) Offer(heap, row[at]);
        float smallest = heap[0];
        ArrayPool<float>.Shared.Return(rented);
        return smallest;
    }

    private static void Offer(Span<float> heap, float value)
    {
        if (!(value > heap[0])) return;
        heap[0] = value;
        SiftDown(heap, 0);
    }

    private static void SiftDown(Span<float> heap, int node)
    {
        float value = heap[node];
        while (2 * node + 1 is int child && child < heap.Length)
        {
            if (child + 1 < heap.Length && heap[child + 1] < heap[child]) child++;
            if (heap[child] >= value) break;
            heap[node] = heap[child];
            node = child;
        }

        heap[node] = value;
    }
}
