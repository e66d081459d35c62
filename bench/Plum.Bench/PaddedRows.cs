using Plum.Torch.Transformers;
using static TorchSharp.torch;

namespace Plum.Bench;

/// <summary>What a plain loop does: rows padded to the longest, logits of every position, log-probs of completion tokens summed by row.</summary>
internal static class PaddedRows
{
    public static Tensor LogProbs(Decoder model, DecoderWeights weights, IReadOnlyList<(int[] Prompt, int[] Completion)> rows)
    {
        int length = rows.Max(row => row.Prompt.Length + row.Completion.Length);
        long[] ids = new long[rows.Count * length], mask = new long[ids.Length];
        float[] counted = new float[rows.Count * (length - 1)];
        for (int r = 0; r < rows.Count; r++)
        {
            int[] row = [.. rows[r].Prompt, .. rows[r].Completion];
            for (int i = 0; i < row.Length; i++) (ids[(r * length) + i], mask[(r * length) + i]) = (row[i], 1);
            for (int i = rows[r].Prompt.Length; i < row.Length; i++) counted[(r * (length - 1)) + i - 1] = 1;
        }

        Tensor tokens = tensor(ids).view(rows.Count, length);
        Tensor logits = PaddedForward.Logits(model, weights, tokens, tensor(mask).view(rows.Count, length));
        Tensor all = nn.functional.log_softmax(logits.narrow(1, 0, length - 1).to(ScalarType.Float32), -1);
        return (all.gather(2, tokens.narrow(1, 1, length - 1).unsqueeze(2)).squeeze(2) * tensor(counted).view(rows.Count, length - 1)).sum(1);
    }
}
