using System.Runtime.CompilerServices;
using Plum.Models;
using Plum.Torch.Decoding;
using Plum.Torch.Transformers;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Decoding;

/// <summary>Stop texts on the embedded policy, against a search through the whole text after every token.</summary>
public sealed class StopSearchTests
{
    [Theory]
    [InlineData("return")]
    [InlineData("):\n", "xs")]
    [InlineData("never there", "(xs):\n    ", "def solves")]
    [InlineData("e")]
    [InlineData("never there")]
    public void A_text_ends_with_the_token_that_completes_a_stop_text(params string[] stops)
    {
        ComputeThread.Enter();
        using SamplingModel model = SamplingModel.Open(Policy(), ScalarType.Float32);
        int[] prompt = model.Tokenizer.Encode(model.Template!.Render([new ChatMessage("user", "Return the total of the values in xs that are less than 7.")]));
        IReadOnlyList<Generation> Run(IReadOnlyList<string>? stop) => model.OpenBatch(16, 1).Run(
            [new GenerationRequest(prompt, new DrawKey(3, 0, "stops"), 16, new SamplingOptions(MaxTokens: 60, Stop: stop))], TestContext.Current.CancellationToken)[0];

        int ended = 0;
        foreach ((Generation whole, Generation stopped) in Run(null).Zip(Run(stops)))
        {
            string text = whole.Text;
            int count = Enumerable.Range(1, whole.TokenIds.Count).FirstOrDefault(some => stops.Any(stop => Text(some).Contains(stop, StringComparison.Ordinal)));
            if (count > 0)
            {
                ended++;
                text = Text(count)[..stops.Select(stop => Text(count).IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).Min()];
            }

            Assert.Equal(whole.TokenIds.Take(count > 0 ? count : int.MaxValue), stopped.TokenIds);
            Assert.Equal(text, stopped.Text);
            Assert.Equal(count > 0 || whole.Stopped, stopped.Stopped);

            string Text(int tokens) => model.Tokenizer.Decode(whole.TokenIds.Take(tokens), skipSpecial: true);
        }

        Assert.Equal(stops.SequenceEqual(["never there"]) ? 0 : 16, ended);
    }

    private static string Policy([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../assets/policy"));
}
