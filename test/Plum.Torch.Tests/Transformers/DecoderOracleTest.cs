using System.Text.Json.Nodes;
using Plum.Models;
using Plum.Torch.Checkpoints;
using Plum.Torch.Decoding;
using Plum.Torch.Tests.Decoding;
using Plum.Torch.Training;
using Plum.Torch.Transformers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Transformers;

/// <summary>Every model folder of the oracles, against what transformers answered.</summary>
public class DecoderOracleTest
{
    public static TheoryData<string> Cases => Oracles.Cases("models");

    public static TheoryData<string, SnapshotKind> Sampled => new(Cases.SelectMany(one => Enum.GetValues<SnapshotKind>(), (one, kind) => (one.Data, kind)));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_equal_those_of_transformers(string name)
    {
        string folder = Oracles.Path(Path.Combine("models", name));
        using DisposeScope scope = NewDisposeScope();
        (Decoder model, JsonNode golden) = Open(folder);
        foreach (JsonNode? one in golden["cases"]!.AsArray())
        {
            Tensor ids = Ids(one!["input_ids"]!);
            Tensor? mask = one["attention_mask"] is { } m ? Ids(m) : null;
            Tensor? positions = one["position_ids"] is { } p ? Ids(p) : null;
            Tensor expected = Floats(one["logits"]!);
            using var _ = no_grad();
            Tensor logits = PaddedForward.Logits(model, Weights(model), ids, mask, positions);
            Tensor difference = (logits - expected).abs().amax([2]);
            if (mask is not null)
                difference = difference * mask;
            Assert.True(difference.max().item<float>() < 1e-4, $"{one["name"]}: {difference.max().item<float>()}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Loss_and_every_gradient_equal_those_of_transformers(string name)
    {
        string folder = Oracles.Path(Path.Combine("models", name));
        using DisposeScope scope = NewDisposeScope();
        (Decoder model, JsonNode golden) = Open(folder);
        JsonNode train = golden["train"]!;
        Dictionary<string, Tensor> leaves = model.Parameters.ToDictionary(p => p.Key, p => p.Value.detach().requires_grad_(true));
        DecoderWeights weights = DecoderWeights.Arrange(model.Config, leaves, ScalarType.Float32);
        Tensor ids = Ids(train["input_ids"]!), labels = Ids(train["labels"]!);
        Tensor logits = PaddedForward.Logits(model, weights, ids, Ids(train["attention_mask"]!));
        long vocabulary = logits.shape[2], length = ids.shape[1];
        Tensor loss = nn.functional.cross_entropy(
            logits.narrow(1, 0, length - 1).reshape(-1, vocabulary), labels.narrow(1, 1, length - 1).reshape(-1), ignore_index: -100);
        loss.backward();
        Assert.Equal(train["loss"]!.GetValue<float>(), loss.item<float>(), 1e-5);

        using SafetensorsReader expected = SafetensorsReader.Open(Path.Combine(folder, train["grads_file"]!.GetValue<string>()));
        TensorLayout layout = TensorLayout.For(model.Config);
        foreach (StoredParameter parameter in layout.Parameters)
        {
            Tensor want = parameter.Read(expected.Load, ScalarType.Float32);
            Tensor got = leaves[parameter.Name.ToString()].grad!.cpu();
            float difference = (got - want).abs().max().item<float>();
            Assert.True(difference < 1e-5 + (1e-4 * want.abs().max().item<float>()), $"{parameter.Name}: {difference}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Packed_completions_have_the_log_probs_of_transformers(string name)
    {
        string folder = Oracles.Path(Path.Combine("models", name));
        using DisposeScope scope = NewDisposeScope();
        (Decoder model, JsonNode golden) = Open(folder);
        JsonNode train = golden["train"]!;
        int[][] ids = Rows(train["input_ids"]!), mask = Rows(train["attention_mask"]!), labels = Rows(train["labels"]!);
        List<CompletionGroup> groups = [];
        for (int row = 0; row < ids.Length; row++)
        {
            int length = mask[row].Sum(), prompt = labels[row].TakeWhile(l => l == -100).Count();
            groups.Add(new CompletionGroup(ids[row][..prompt], [ids[row][prompt..length]]));
        }

        using var _ = no_grad();
        using PackedBatch batch = PackedBatch.Pack(groups, rowLength: 40, TestDevice.Device);
        float[] logProbs = TokenLogProbs.Compute(model, Weights(model), batch, out Tensor _).cpu().data<float>().ToArray();
        JsonArray expected = train["sequence_logps"]!.AsArray();
        for (int row = 0; row < ids.Length; row++)
            Assert.Equal(expected[row]!.GetValue<float>(), logProbs[batch.Starts[row]..batch.Starts[row + 1]].Sum(), 1e-4);
    }

    [Theory]
    [MemberData(nameof(Sampled))]
    public void Greedy_decoding_emits_the_tokens_of_transformers(string name, SnapshotKind kind)
    {
        string folder = Oracles.Path(Path.Combine("models", name));
        using DisposeScope scope = NewDisposeScope();
        (Decoder model, JsonNode golden) = Open(folder);
        using Snapshot snapshot = kind.Freeze(model);
        ContinuousBatch batch = new(snapshot, tokenizer: null, endTokens: new HashSet<int>(), maxRows: 8);
        foreach (JsonNode? one in golden["greedy"]!.AsArray())
        {
            int[][] ids = Rows(one!["input_ids"]!), mask = Rows(one["attention_mask"]!), expected = Rows(one["new_tokens"]!);
            SamplingOptions greedy = new(Temperature: 0, MaxTokens: one["max_new_tokens"]!.GetValue<int>());
            GenerationRequest[] requests = [.. ids.Select((row, i) => new GenerationRequest(
                [.. row.Where((_, t) => mask[i][t] == 1)], new DrawKey(1, 0, "greedy"), 1, greedy))];
            IReadOnlyList<IReadOnlyList<Generation>> results = batch.Run(requests, TestContext.Current.CancellationToken);
            for (int i = 0; i < ids.Length; i++)
                Assert.Equal(expected[i], results[i][0].TokenIds);
        }
    }

    private static (Decoder Model, JsonNode Golden) Open(string folder)
    {
        using CheckpointFolder checkpoint = CheckpointFolder.Open(folder);
        return (Decoder.Load(checkpoint, device: TestDevice.Device), JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "golden.json")))!);
    }

    private static DecoderWeights Weights(Decoder model) => DecoderWeights.Arrange(model.Config, model.Parameters, ScalarType.Float32);

    private static int[][] Rows(JsonNode node) => [.. node.AsArray().Select(row => row!.AsArray().Select(v => v!.GetValue<int>()).ToArray())];

    private static Tensor Ids(JsonNode node)
    {
        int[][] rows = Rows(node);
        return tensor(rows.SelectMany(r => r).Select(v => (long)v).ToArray(), device: TestDevice.Device).view(rows.Length, rows[0].Length);
    }

    private static Tensor Floats(JsonNode node)
    {
        List<float> values = [];
        JsonArray rows = node.AsArray();
        foreach (JsonNode? row in rows)
            foreach (JsonNode? position in row!.AsArray())
                values.AddRange(position!.AsArray().Select(v => v!.GetValue<float>()));
        return tensor(values.ToArray(), device: TestDevice.Device).view(rows.Count, rows[0]!.AsArray().Count, -1);
    }
}
