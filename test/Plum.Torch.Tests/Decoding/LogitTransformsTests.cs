using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Plum.Models;
using Plum.Torch.Decoding;
using Xunit;

namespace Plum.Torch.Tests.Decoding;

public sealed partial class LogitTransformsTests
{
    [Fact]
    public void Every_golden_case_has_the_same_probabilities()
    {
        List<string> failures = [];
        int rows = 0;
        foreach (JsonElement golden in LossOracles.Read("sampling.json").GetProperty("cases").EnumerateArray())
        {
            string name = golden.GetProperty("name").GetString()!;
            SamplingOptions options = Parse(name);
            for (int row = 0; row < golden.GetProperty("logits").GetArrayLength(); row++, rows++)
            {
                float[] logits = [.. golden.GetProperty("logits")[row].Doubles().Select(logit => (float)logit)];
                int[] seen = [.. golden.GetProperty("input_ids")[row].EnumerateArray().Select(id => id.GetInt32())];
                double[] expected = golden.GetProperty("probs")[row].Doubles();
                LogitTransforms.Apply(logits, options, seen);
                double[] actual = Softmax(logits);
                double error = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
                if (error > 1e-6) failures.Add($"{name} row {row}: {error}");
            }
        }

        Assert.Empty(failures);
        Assert.True(rows > 0);
    }

    [Fact]
    public void Truncations_agree_with_a_sort_on_long_rows()
    {
        RandomStream random = new(7);
        float[] logits = [.. Enumerable.Range(0, 5003).Select(_ => (float)(3 * random.NextNormal()))];
        double[] probabilities = Softmax(logits);
        int[] order = [.. Enumerable.Range(0, logits.Length).OrderByDescending(token => logits[token])];

        foreach (int count in (int[])[1, 2, 50, 5002, 5003, 9000])
        {
            float[] row = [.. logits];
            LogitTransforms.KeepTopK(row, count);
            Assert.Equal(order.Take(count).Order(), Kept(row));
        }

        foreach (double mass in (double[])[0, 0.01, 0.5, 0.95, 0.9999])
        {
            float[] row = [.. logits];
            LogitTransforms.KeepTopP(row, mass);
            double before = 0;
            int count = order.TakeWhile((token, rank) => { bool keep = rank == 0 || before < mass; before += probabilities[token]; return keep; }).Count();
            Assert.Equal(order.Take(count).Order(), Kept(row));
        }

        foreach (double share in (double[])[0.001, 0.1, 1])
        {
            float[] row = [.. logits];
            LogitTransforms.KeepMinP(row, share);
            Assert.Equal(order.Where(token => probabilities[token] >= share * probabilities[order[0]]).Order(), Kept(row));
        }
    }

    [Fact]
    public void Ties_at_the_edge_are_all_kept()
    {
        float[] topK = [1, 2, 2, 2, 0, 3];
        LogitTransforms.KeepTopK(topK, 2);
        Assert.Equal([1, 2, 3, 5], Kept(topK));

        float[] topP = [0, 0, 0, 0];
        LogitTransforms.KeepTopP(topP, 0.5);
        Assert.Equal([0, 1, 2, 3], Kept(topP));
    }

    [Fact]
    public void A_repeated_token_is_penalized_once()
    {
        float[] logits = [2, -2, 1];
        LogitTransforms.PenalizeRepetition(logits, [0, 0, 1, 1], 2);
        Assert.Equal([1f, -4f, 1f], logits);
    }

    internal static double[] Softmax(ReadOnlySpan<float> logits)
    {
        double max = RowMaximum(logits);
        double[] weights = new double[logits.Length];
        for (int i = 0; i < weights.Length; i++) weights[i] = Math.Exp(logits[i] - max);
        double total = weights.Sum();
        return [.. weights.Select(weight => weight / total)];
    }

    internal static SamplingOptions Parse(string name)
    {
        double Value(string key, double otherwise)
        {
            Match match = Regex.Match(name, $@"(?:^|_){key}([0-9.]+)");
            return match.Success ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : otherwise;
        }

        string rest = Known().Replace(name, "");
        if (rest.Length > 0) throw new InvalidDataException($"Unknown transform '{rest}' in '{name}'.");
        return new SamplingOptions(Value("temp", 1), 1, (int)Value("topk", 0), Value("topp", 1), Value("minp", 0), Value("rep", 1));
    }

    private static float RowMaximum(ReadOnlySpan<float> row)
    {
        float max = row[0];
        foreach (float value in row) max = Math.Max(max, value);
        return max;
    }

    private static IEnumerable<int> Kept(float[] row) =>
        Enumerable.Range(0, row.Length).Where(token => !float.IsNegativeInfinity(row[token]));

    [GeneratedRegex(@"_?(temp|topk|topp|minp|rep)[0-9.]+")]
    private static partial Regex Known();
}
