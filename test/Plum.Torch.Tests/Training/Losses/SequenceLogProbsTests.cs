using System.Text.Json;
using Plum.Torch.Training.Losses;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Training.Losses;

public sealed class SequenceLogProbsTests(ITestOutputHelper output)
{
    [Fact]
    public void Sums_and_averages_equal_TRL()
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement golden = LossOracles.Read("losses.json").GetProperty("get_batch_logps");
        JsonElement rows = golden.GetProperty("logits");
        double[] flat = [.. rows.EnumerateArray().SelectMany(row => row.EnumerateArray().SelectMany(position => position.Doubles()))];
        Tensor logits = torch.tensor(flat, ScalarType.Float64).view(rows.GetArrayLength(), rows[0].GetArrayLength(), -1);
        long[] ids = [.. golden.GetProperty("labels").EnumerateArray().SelectMany(row => row.EnumerateArray().Select(id => id.GetInt64()))];
        Tensor labels = torch.tensor(ids).view(rows.GetArrayLength(), -1);
        (Tensor sums, Tensor lengths) = SequenceLogProbs.FromLogits(logits, labels);
        double[] expected = golden.Doubles("sum"), averages = golden.Doubles("average");
        for (int row = 0; row < expected.Length; row++)
        {
            Assert.Equal(expected[row], sums[row].item<double>(), 1e-9);
            Assert.Equal(averages[row], (sums / lengths)[row].item<double>(), 1e-9);
        }
    }

    [Theory]
    [InlineData(ScalarType.Float64, true, 7)]
    [InlineData(ScalarType.Float64, false, 7)]
    [InlineData(ScalarType.Float64, true, 64)]
    [InlineData(ScalarType.Float32, true, 7)]
    [InlineData(ScalarType.Float32, false, 7)]
    [InlineData(ScalarType.Float32, false, 64)]
    public void Chunks_give_the_values_and_gradients_of_full_logits(ScalarType type, bool trained, int chunk)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(5);
        const int Tokens = 53, Width = 24, Vocabulary = 301;
        Tensor inputs = randn([Tokens, Width], type, generator: generator), weights = randn([Vocabulary, Width], type, generator: generator) * 0.5;
        Tensor targets = randint(0, Vocabulary, [Tokens], ScalarType.Int64, generator: generator);
        Tensor sequences = arange(Tokens, ScalarType.Int64) / 10;
        sequences = sequences.floor().to_type(ScalarType.Int64);
        Tensor upstream = randn([6], type, generator: generator);

        // The states come out of a layer, as in a model, so that the gradient passes on.
        (Tensor Sums, Tensor Entropies, Tensor Input, Tensor? Head) Run(bool chunked)
        {
            Tensor input = inputs.clone().requires_grad_(), head = weights.clone().requires_grad_(trained);
            Tensor hidden = input * 1.5;
            TokenLogProbs scores;
            if (chunked)
            {
                scores = SequenceLogProbs.FromHidden(hidden, head, targets, entropies: true, chunk);
            }
            else
            {
                Tensor all = nn.functional.log_softmax(nn.functional.linear(hidden, head), -1);
                scores = new TokenLogProbs(all.gather(1, targets.unsqueeze(1)).squeeze(1), -(all.exp() * all).sum(1));
            }

            Tensor sums = scores.Sum(sequences, 6);
            (sums * upstream).sum().backward();
            Assert.False(chunked && scores.Entropies!.requires_grad);
            return (sums, scores.Entropies!, input.grad!, head.grad);
        }

        double tolerance = type == ScalarType.Float64 ? 1e-12 : 1e-6;
        var full = Run(false);
        var parts = Run(true);
        Assert.InRange(Difference(full.Sums, parts.Sums), 0, tolerance);
        Assert.InRange(Difference(full.Entropies, parts.Entropies), 0, tolerance);
        Assert.InRange(Difference(full.Input, parts.Input), 0, tolerance);
        Assert.Equal(trained, parts.Head is not null);
        if (trained) Assert.InRange(Difference(full.Head!, parts.Head!), 0, tolerance);
        output.WriteLine($"sums {Difference(full.Sums, parts.Sums):E1}, gradient {Difference(full.Input, parts.Input):E1}");
    }

    [Fact]
    public void Bf16_gradients_are_those_of_fp32_to_bf16_precision()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(9);
        Tensor inputs = randn([40, 32], generator: generator).to_type(ScalarType.BFloat16);
        Tensor weights = (randn([500, 32], generator: generator) * 0.3).to_type(ScalarType.BFloat16);
        Tensor targets = randint(0, 500, [40], ScalarType.Int64, generator: generator);
        foreach (bool trained in (bool[])[false, true])
        {
            Tensor narrow = inputs.clone().requires_grad_(), narrowHead = weights.clone().requires_grad_(trained);
            Tensor wide = inputs.to_type(ScalarType.Float32).requires_grad_(), wideHead = weights.to_type(ScalarType.Float32).requires_grad_(trained);
            TokenLogProbs actual = SequenceLogProbs.FromHidden(narrow, narrowHead, targets, chunk: 16);
            TokenLogProbs expected = SequenceLogProbs.FromHidden(wide, wideHead, targets, chunk: 16);
            Assert.Equal(ScalarType.Float32, actual.LogProbs.dtype);
            Assert.InRange(Difference(expected.LogProbs, actual.LogProbs), 0, 1e-2);
            actual.LogProbs.sum().backward();
            expected.LogProbs.sum().backward();
            Assert.InRange(Difference(wide.grad!, narrow.grad!), 0, 1e-2);
            if (trained) Assert.InRange(Difference(wideHead.grad!, narrowHead.grad!), 0, 1e-2);
        }
    }

    [Theory]
    [InlineData(1003, 16)]
    [InlineData(9000, 7)]
    public void The_fused_kernel_gives_what_libtorch_s_operations_give(int vocabulary, int chunk)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(9);
        Tensor inputs = randn([40, 32], generator: generator), head = randn([vocabulary, 32], generator: generator) * 0.3;
        Tensor targets = randint(0, vocabulary, [40], ScalarType.Int64, generator: generator), upstream = randn([40], generator: generator);
        var exact = Run(false, ScalarType.Float32);
        Near(exact, Run(true, ScalarType.Float32), 1e-6);
        Near(exact, Run(true, ScalarType.BFloat16), 2e-2);
        using (no_grad())
            Assert.InRange(Difference(exact.LogProbs, SequenceLogProbs.FromHidden(inputs, head, targets, chunk: chunk, fused: true).LogProbs), 0, 1e-6);

        (Tensor LogProbs, Tensor Entropies, Tensor Gradient) Run(bool fused, ScalarType type)
        {
            Tensor hidden = inputs.to_type(type).detach().requires_grad_();
            TokenLogProbs scores = SequenceLogProbs.FromHidden(hidden, head.to_type(type), targets, entropies: true, chunk, fused);
            (scores.LogProbs * upstream).sum().backward();
            return (scores.LogProbs, scores.Entropies!, hidden.grad!);
        }

        static void Near((Tensor LogProbs, Tensor Entropies, Tensor Gradient) expected, (Tensor LogProbs, Tensor Entropies, Tensor Gradient) actual, double tolerance)
        {
            Assert.InRange(Difference(expected.LogProbs, actual.LogProbs), 0, tolerance);
            Assert.InRange(Difference(expected.Entropies, actual.Entropies), 0, tolerance);
            Assert.InRange(Difference(expected.Gradient, actual.Gradient), 0, tolerance);
        }
    }

    [Fact]
    public void Without_gradient_nothing_is_kept()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        Tensor head = randn([30, 8]).requires_grad_();
        TokenLogProbs scores = SequenceLogProbs.FromHidden(randn([5, 8]), head, zeros([5], ScalarType.Int64), chunk: 2);
        Assert.False(scores.LogProbs.requires_grad);
        Assert.Null(scores.Entropies);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_told()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => SequenceLogProbs.FromHidden(zeros([5, 8]), zeros([30, 9]), zeros([5], ScalarType.Int64)));
    }

    /// <summary>The largest difference, relative to the largest expected value where that exceeds 1.</summary>
    private static double Difference(Tensor expected, Tensor actual)
    {
        Tensor wide = expected.detach().to_type(ScalarType.Float64);
        double scale = Math.Max(1, wide.abs().max().item<double>());
        return (wide - actual.detach().to_type(ScalarType.Float64)).abs().max().item<double>() / scale;
    }
}
