using System.Runtime.CompilerServices;
using Plum.Models;
using Plum.Torch.Decoding;
using Plum.Torch.Transformers;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Decoding;

/// <summary>Requests that come and go while others decode, on the embedded policy.</summary>
public sealed class DecodingSessionTests : IDisposable
{
    private readonly SamplingModel model;

    public DecodingSessionTests()
    {
        ComputeThread.Enter();
        model = SamplingModel.Open(Policy(), ScalarType.Float32);
    }

    [Fact]
    public void A_sample_does_not_depend_on_what_is_decoded_beside_it()
    {
        GenerationRequest wanted = Request("Return n plus 3.", seed: 5, count: 6);
        Generation[] alone = Run(maxRows: 1, wanted)[wanted];
        Assert.True(alone.Select(one => one.Text).Distinct().Count() > 1);

        using DecodingSession session = model.OpenSession(maxRows: 24);
        Dictionary<GenerationRequest, Generation[]> found = [];
        GenerationRequest[] crowd = [.. Enumerable.Range(0, 30).Select(i => Request($"Return the total of the values in xs that are less than {i}.", (ulong)i, count: 1 + (i % 4)))];
        for (int i = 0; i < crowd.Length; i++)
        {
            Add(session, crowd[i], found);
            if (i == 20) Add(session, wanted, found);
            session.Step();
            if (i % 5 == 4) session.Cancel(crowd[i - 2]);
        }

        while (session.Step()) { }
        Assert.Equal(alone.Select(one => one.TokenIds), found[wanted].Select(one => one.TokenIds));
        Assert.Equal(alone.SelectMany(one => one.LogProbs), found[wanted].SelectMany(one => one.LogProbs), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Nothing_more_is_told_of_a_request_that_was_given_up()
    {
        GenerationRequest kept = Request("Return n times 4.", seed: 1, count: 3), dropped = Request("Return n minus 9.", seed: 2, count: 5);
        using DecodingSession session = model.OpenSession(maxRows: 4);
        Dictionary<GenerationRequest, Generation[]> found = [];
        int told = 0;
        session.Add([dropped], _ => told++);
        Add(session, kept, found);
        for (int i = 0; i < 3; i++) session.Step();
        int before = told;
        Assert.InRange(before, 4, 16);

        session.Cancel(dropped);
        Assert.Equal(3, session.Unfinished);
        while (session.Step()) { }
        Assert.Equal(before, told);
        Assert.Equal(Run(maxRows: 8, kept)[kept].Select(one => one.TokenIds), found[kept].Select(one => one.TokenIds));
        Assert.Equal(0, session.Unfinished);
    }

    [Fact]
    public void Texts_and_tokens_end_a_sample()
    {
        GenerationRequest greedy = Request("Return n plus 3.", seed: 1, count: 1, temperature: 0);
        Generation whole = Run(maxRows: 1, greedy)[greedy][0];
        int third = whole.TokenIds[2], first = whole.TokenIds.TakeWhile(token => token != third).Count();
        GenerationRequest byToken = greedy with { Sampling = greedy.Sampling with { StopTokenIds = [third] } };
        Generation ended = Run(maxRows: 1, byToken)[byToken][0];
        Assert.True(ended.Stopped);
        Assert.Equal(whole.TokenIds.Take(first + 1), ended.TokenIds);
        Assert.Equal(model.Tokenizer.Decode(ended.TokenIds), ended.Text);

        GenerationRequest byText = greedy with { Sampling = greedy.Sampling with { Stop = ["never", "return"] } };
        Generation cut = Run(maxRows: 1, byText)[byText][0];
        Assert.True(cut.Stopped);
        Assert.Equal(whole.Text[..whole.Text.IndexOf("return", StringComparison.Ordinal)], cut.Text);

        GenerationRequest byBudget = greedy with { Sampling = greedy.Sampling with { MaxTokens = 3 } };
        Generation spent = Run(maxRows: 1, byBudget)[byBudget][0];
        Assert.False(spent.Stopped);
        Assert.Equal(whole.TokenIds.Take(3), spent.TokenIds);
    }

    [Fact]
    public void The_likeliest_tokens_come_with_each_token()
    {
        GenerationRequest greedy = Request("Return n plus 3.", seed: 1, count: 1, temperature: 0) with { Likeliest = 4 };
        using DecodingSession session = model.OpenSession(maxRows: 1);
        List<DrawnToken> drawn = [];
        session.Add([greedy], drawn.Add);
        while (session.Step()) { }
        Assert.All(drawn, one =>
        {
            Assert.Equal(4, one.Likeliest.Count);
            Assert.Equal(one.TokenId, one.Likeliest[0].TokenId);
            Assert.Equal(one.LogProb, one.Likeliest[0].LogProb);
            Assert.Equal(one.Likeliest.Select(other => other.LogProb).OrderDescending(), one.Likeliest.Select(other => other.LogProb));
        });
        Assert.Equal(drawn.Select(one => one.TokenId), drawn[^1].Finished!.TokenIds);
    }

    public void Dispose() => model.Dispose();

    private GenerationRequest Request(string instruction, ulong seed, int count, double temperature = 1) => new(
        model.Tokenizer.Encode(model.Template!.Render([new ChatMessage("user", instruction)])),
        new DrawKey(seed, 0, "test", instruction), count, new SamplingOptions(temperature, MaxTokens: 60));

    private Dictionary<GenerationRequest, Generation[]> Run(int maxRows, GenerationRequest request)
    {
        using DecodingSession session = model.OpenSession(maxRows);
        Dictionary<GenerationRequest, Generation[]> found = [];
        Add(session, request, found);
        while (session.Step()) { }
        return found;
    }

    private static void Add(DecodingSession session, GenerationRequest request, Dictionary<GenerationRequest, Generation[]> found)
    {
        Generation[] samples = found[request] = new Generation[request.Count];
        session.Add([request], drawn => samples[drawn.Sample] = drawn.Finished ?? samples[drawn.Sample]);
    }

    private static string Policy([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../assets/policy"));
}
