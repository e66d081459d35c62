using System.Runtime.CompilerServices;
using Plum.Models;
using Plum.Torch.Decoding;
using Plum.Torch.Tests.Checkpoints;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Decoding;

public sealed class SamplingModelTests
{
    [Fact]
    public void DefaultsAreThoseOfGenerationConfig()
    {
        Assert.Equal(new SamplingOptions(), Defaults(null));
        Assert.Equal(new SamplingOptions(), Defaults("""{"do_sample": false, "max_new_tokens": 2048}"""));
        Assert.Equal(
            new SamplingOptions(Temperature: 0.7, TopK: 20, TopP: 0.8, RepetitionPenalty: 1.1),
            Defaults("""{"do_sample": true, "temperature": 0.7, "top_k": 20, "top_p": 0.8, "repetition_penalty": 1.1, "pad_token_id": 0}"""));
        Assert.Contains("generation_config.json: top_p is 1.5", Assert.Throws<InputException>(() => Defaults("""{"top_p": 1.5}""")).Message, StringComparison.Ordinal);
        Assert.Contains("generation_config.json: temperature is a string", Assert.Throws<InputException>(() => Defaults("""{"temperature": "hot"}""")).Message, StringComparison.Ordinal);
    }

    private static SamplingOptions Defaults(string? generation)
    {
        using TemporaryFolder folder = new();
        foreach (string file in Directory.GetFiles(Policy()))
            File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)));
        if (generation is not null) folder.Write("generation_config.json", generation);
        using SamplingModel model = SamplingModel.Open(folder.Path, ScalarType.Float32);
        return model.Defaults;
    }

    private static string Policy([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../assets/policy"));
}
