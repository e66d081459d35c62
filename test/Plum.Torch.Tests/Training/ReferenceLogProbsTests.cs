using Plum.Torch.Tests.Checkpoints;
using Plum.Torch.Training;
using Xunit;

namespace Plum.Torch.Tests.Training;

public sealed class ReferenceLogProbsTests
{
    private static readonly CompletionGroup[] Groups = [new([1, 2], [[3, 4], [5]]), new([6], [[7, 8, 9]])];

    [Fact]
    public void What_was_kept_is_read_back_bit_for_bit()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "reference", "a.safetensors");
        float[][] logProbs = [[-1.25f, -0.1f, float.MinValue], [-3, -2, -1e-30f]];
        Assert.Null(ReferenceLogProbs.Read(file, Groups));
        ReferenceLogProbs.Write(file, logProbs);
        Assert.Equal(logProbs, ReferenceLogProbs.Read(file, Groups)!);
    }

    [Fact]
    public void The_key_follows_model_and_data()
    {
        using TemporaryFolder folder = new();
        folder.Write("config.json", "{}");
        folder.Write("model.safetensors", "one");
        PreferenceOptions options = new(1);
        string key = ReferenceLogProbs.Key(folder.Path, Groups, options);
        Assert.Equal(key, ReferenceLogProbs.Key(folder.Path, [new([1, 2], [[3, 4], [5]]), new([6], [[7, 8, 9]])], options with { Steps = 9 }));
        string[] others =
        [
            ReferenceLogProbs.Key(folder.Path, Groups[..1], options),
            ReferenceLogProbs.Key(folder.Path, [new([1], [[2, 3, 4], [5]]), Groups[1]], options),
            ReferenceLogProbs.Key(folder.Path, [new([1, 2], [[3, 4, 5]]), Groups[1]], options),
            ReferenceLogProbs.Key(folder.Path, Groups, options with { DType = TorchSharp.torch.ScalarType.BFloat16 }),
        ];
        folder.Write("model.safetensors", "two");
        Assert.Equal(6, new HashSet<string>([key, .. others, ReferenceLogProbs.Key(folder.Path, Groups, options)]).Count);
    }
}
