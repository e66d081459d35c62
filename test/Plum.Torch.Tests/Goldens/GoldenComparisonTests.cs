using System.Text.Json.Nodes;
using Plum.Torch.Goldens;
using Plum.Torch.Tests.Checkpoints;
using Xunit;

namespace Plum.Torch.Tests.Goldens;

/// <summary>Every model folder of the oracles agrees with its own golden file, and not with one in which something is changed.</summary>
public sealed class GoldenComparisonTests
{
    public static TheoryData<string> Models => Oracles.Cases("models");

    [Theory]
    [MemberData(nameof(Models))]
    public void AModelAgreesWithWhatTransformersAnswered(string name)
    {
        string folder = Oracles.Path($"models/{name}");
        GoldenFigures figures = GoldenComparison.Compare(folder, Path.Combine(folder, "golden.json"));
        Assert.True(figures.Agrees, figures.ToString());
        Assert.All((double?[])[figures.LogitDifference, figures.LogProbDifference, figures.LossDifference, figures.GradientDifference], difference => Assert.NotNull(difference));
        Assert.True(figures.GreedyTokens > 0);
    }

    [Theory]
    [InlineData("logits")]
    [InlineData("loss")]
    [InlineData("token_logps")]
    [InlineData("sequence_logps")]
    [InlineData("greedy")]
    [InlineData("gradients")]
    public void AChangedAnswerIsSeen(string part)
    {
        string folder = Oracles.Path("models/llama_bf16_sharded");
        JsonNode golden = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "golden.json")))!;
        JsonNode train = golden["train"]!;
        train["grads_file"] = Path.Combine(folder, "grads.safetensors");
        void Raise(JsonNode list, int at) => list[at] = list[at]!.GetValue<float>() + 0.001f;
        if (part == "logits") Raise(golden["cases"]![0]!["logits"]![0]![7]!, 5);
        if (part == "loss") train["loss"] = train["loss"]!.GetValue<double>() + 0.001;
        if (part == "token_logps") Raise(train["token_logps"]![1]!, 4);
        if (part == "sequence_logps") Raise(train["sequence_logps"]!, 1);
        if (part == "greedy") golden["greedy"]![0]!["new_tokens"]![0]![3] = 0;
        if (part == "gradients") train["grads_file"] = Oracles.Path("models/llama_f16/grads.safetensors");
        using TemporaryFolder changed = new();
        string file = changed.Write("golden.json", golden.ToJsonString());
        Assert.False(GoldenComparison.Compare(folder, file).Agrees);
    }

    [Fact]
    public void WhatIsNoGoldenFileIsNamed()
    {
        string folder = Oracles.Path("models/llama_base");
        using TemporaryFolder temporary = new();
        Assert.Contains("no such file", Assert.Throws<InputException>(() => GoldenComparison.Compare(folder, "nowhere.json")).Message);
        foreach (string text in (string[])["{", """{"cases":[{"name":"x"}]}""", """{"greedy":[{"input_ids":[[999]],"max_new_tokens":1,"new_tokens":[[1]]}]}""", """{"cases":[{"name":"x","input_ids":[[1,2],[1]],"logits":[]}]}"""])
        {
            string file = temporary.Write("golden.json", text);
            Assert.Contains(file, Assert.Throws<InputException>(() => GoldenComparison.Compare(folder, file)).Message);
        }
    }
}
