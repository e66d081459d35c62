using Plum.Models;
using Plum.Torch.Checkpoints;
using Plum.Torch.Decoding;
using Plum.Torch.Transformers;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Goldens;

/// <summary>Runs a checkpoint in float32 on what other code was given, and compares the answers.</summary>
public sealed class GoldenComparison
{
    private const int NotLearnt = -100;

    private readonly Decoder model;
    private readonly string file;

    private GoldenComparison(Decoder model, string file)
    {
        this.model = model;
        this.file = file;
    }

    /// <summary>Compares.</summary>
    /// <param name="folder">A checkpoint folder.</param>
    /// <param name="file">The golden answers.</param>
    /// <param name="device">What computes; null for the processor.</param>
    /// <exception cref="InputException">Either cannot be read, or they are not of one model.</exception>
    public static GoldenFigures Compare(string folder, string file, Device? device = null)
    {
        GoldenFile golden = GoldenFile.Read(file);
        using CheckpointFolder checkpoint = CheckpointFolder.Open(folder);
        using Decoder model = Decoder.Load(checkpoint, device: device);
        using DisposeScope scope = NewDisposeScope();
        GoldenComparison comparison = new(model, file);
        double? logits = golden.Cases is { Count: > 0 } cases ? cases.Select(comparison.LogitDifference).Aggregate(Math.Max) : null;
        (double LogProbs, double Loss, double? Gradient, string? Of)? trained = golden.Train is { } train ? comparison.Train(train) : null;
        (int Tokens, int Different)? greedy = golden.Greedy is { Count: > 0 } texts ? comparison.Decode(texts) : null;
        return new(logits, trained?.LogProbs, trained?.Loss, trained?.Gradient, trained?.Of, greedy?.Tokens, greedy?.Different);
    }

    private double LogitDifference(GoldenCase one)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        Tensor ids = Ids(one.InputIds);
        float[] flat = [.. one.Logits.SelectMany(row => row).SelectMany(position => position)];
        if (flat.LongLength != ids.numel() * model.Config.VocabularySize)
            throw new InputException($"{file}: case {one.Name} has {flat.Length} logits; {ids.numel()} tokens and a vocabulary of {model.Config.VocabularySize} ask for others: is it of this model?");
        Tensor? mask = one.AttentionMask is { } given ? Whole(given) : null;
        Tensor logits = PaddedForward.Logits(model, Weights(model.Parameters), ids, mask, one.PositionIds is { } positions ? Whole(positions) : null);
        Tensor difference = (logits - tensor(flat, device: model.Device).view(logits.shape)).abs().amax([2]);
        return (mask is null ? difference : difference * mask).max().item<float>();
    }

    private (double LogProbs, double Loss, double? Gradient, string? Of) Train(GoldenTraining train)
    {
        Dictionary<string, Tensor> leaves = model.Parameters.ToDictionary(pair => pair.Key, pair => pair.Value.detach().clone().requires_grad_(true));
        Tensor ids = Ids(train.InputIds), labels = Whole(train.Labels);
        Tensor logits = PaddedForward.Logits(model, Weights(leaves), ids, Whole(train.AttentionMask));
        long next = ids.shape[1] - 1;
        if (train.TokenLogps.Length != ids.shape[0] || train.TokenLogps.Any(row => row.Length != next) || train.SequenceLogps.Length != ids.shape[0])
            throw new InputException($"{file}: token_logps has to be {ids.shape[0]} x {next} and sequence_logps {ids.shape[0]}, as input_ids asks for");
        Tensor targets = labels.narrow(1, 1, next), learnt = targets.ne(NotLearnt);
        Tensor logProbs = logits.narrow(1, 0, next).log_softmax(-1).gather(-1, targets.clamp(min: 0).unsqueeze(-1)).squeeze(-1) * learnt;
        Tensor loss = -logProbs.sum() / learnt.sum();
        loss.backward();
        Tensor tokens = (logProbs.detach() - tensor([.. train.TokenLogps.SelectMany(row => row)], device: model.Device).view(logProbs.shape)) * learnt;
        Tensor sequences = logProbs.detach().sum(1) - tensor(train.SequenceLogps, device: model.Device);
        (double? gradient, string? of) = Gradients(train, leaves);
        return (Math.Max(tokens.abs().max().item<float>(), sequences.abs().max().item<float>()), Math.Abs(loss.item<float>() - train.Loss), gradient, of);
    }

    private (double? Largest, string? Of) Gradients(GoldenTraining train, Dictionary<string, Tensor> leaves)
    {
        if (train.GradsFile is null) return (null, null);
        using SafetensorsReader expected = SafetensorsReader.Open(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, train.GradsFile));
        (double largest, string? of) = (0, null);
        foreach (StoredParameter parameter in TensorLayout.For(model.Config).Parameters)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor want = parameter.Read(expected.Load, ScalarType.Float32), got = leaves[parameter.Name.ToString()].grad!.cpu();
            if (!want.shape.SequenceEqual(got.shape)) throw new InputException($"{train.GradsFile}: the gradient of {parameter.Name} is {new Shape(want.shape)}, the model's weight {new Shape(got.shape)}: is it of this model?");
            double difference = (got - want).abs().max().item<float>() / Math.Max(1, want.abs().max().item<float>());
            if (of is null || double.IsNaN(difference) || difference > largest) (largest, of) = (difference, parameter.Name.ToString());
        }

        return (largest, of);
    }

    private (int Tokens, int Different) Decode(IReadOnlyList<GoldenGreedy> texts)
    {
        using Snapshot snapshot = Snapshot.Of(model, ScalarType.Float32);
        ContinuousBatch batch = new(snapshot, tokenizer: null, endTokens: new HashSet<int>(), maxRows: 8);
        (int tokens, int different) = (0, 0);
        foreach (GoldenGreedy one in texts)
        {
            Ids(one.InputIds).Dispose();
            GenerationRequest[] requests = [.. one.InputIds.Select((row, i) => new GenerationRequest(
                [.. row.Where((_, at) => one.AttentionMask?[i][at] != 0)], new DrawKey(0, 0, "golden"), 1, new SamplingOptions(Temperature: 0, MaxTokens: one.MaxNewTokens)))];
            IReadOnlyList<IReadOnlyList<Generation>> answers = batch.Run(requests, CancellationToken.None);
            tokens += one.NewTokens.Sum(row => row.Length);
            different += one.NewTokens.Select((row, i) => row.Where((token, at) => answers[i][0].TokenIds[at] != token).Count()).Sum();
        }

        return (tokens, different);
    }

    private DecoderWeights Weights(IReadOnlyDictionary<string, Tensor> parameters) => DecoderWeights.Arrange(model.Config, parameters, ScalarType.Float32);

    private Tensor Ids(int[][] rows) => rows.SelectMany(row => row).All(id => id >= 0 && id < model.Config.VocabularySize)
        ? Whole(rows)
        : throw new InputException($"{file}: a token id is outside of the vocabulary of {model.Config.VocabularySize}: is it of this model?");

    private Tensor Whole(int[][] rows) => rows.Length > 0 && rows.All(row => row.Length == rows[0].Length && row.Length > 0)
        ? tensor(rows.SelectMany(row => row).Select(value => (long)value).ToArray(), device: model.Device).view(rows.Length, rows[0].Length)
        : throw new InputException($"{file}: rows of ids or masks are empty or of different lengths: pad them");
}
