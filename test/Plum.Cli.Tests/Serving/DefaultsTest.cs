using Xunit;

namespace Plum.Cli.Tests.Serving;

/// <summary>Where a request does not say how to draw, the folder's generation_config.json does.</summary>
public sealed class DefaultsTest
{
    [Fact]
    public async Task AFolderSaysHowItIsSampled()
    {
        string folder = Directory.CreateTempSubdirectory("plum-test-").FullName;
        try
        {
            foreach (string file in Directory.GetFiles(ServedPolicy.Policy))
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            File.WriteAllText(Path.Combine(folder, "generation_config.json"), """{"do_sample": true, "temperature": 100, "top_k": 1}""");
            await using ServedPolicy served = new(["--policy", folder, "--name", ServedPolicy.Name]);
            await served.InitializeAsync();

            string[] likeliest = await served.TextsAsync("completions", new { model = ServedPolicy.Name, prompt = "def solve(n):", temperature = 0 });
            Assert.Equal(likeliest, await served.TextsAsync("completions", new { model = ServedPolicy.Name, prompt = "def solve(n):", seed = 1 }));
            Assert.NotEqual(likeliest, await served.TextsAsync("completions", new { model = ServedPolicy.Name, prompt = "def solve(n):", seed = 1, top_k = -1 }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
