using System.Text.Json;
using Xunit;

namespace Plum.Cli.Tests;

/// <summary>Which libtorch is used, and what computes.</summary>
public sealed class LibtorchTest(MicroDomain domain)
{
    [Fact]
    public async Task AFolderThatIsNamedIsTakenInThePlaceOfTheBuiltInOne()
    {
        string folder = Directory.CreateDirectory(domain["libtorch"]).FullName, library = Path.Combine(folder, "libtorch_cpu.so");
        (await DoctorAsync(folder)).IsMissing("libc10.so");
        (await DoctorAsync(domain["nowhere"])).IsMissing("no such folder");
        // Copies, not links: a link would be the built-in file to the loader.
        foreach (string file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "libtorch"))) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));

        Finding found = await DoctorAsync(folder);
        Assert.True(found.Ok, found.Text);
        Assert.Matches(@"^2\.\d+\.\d+ in ", found.Text);
        Assert.Contains(folder, found.Text);
        PlumProcess.Result model = await RunAsync([("PLUM_LIBTORCH", folder)], "model", "check", "policy", "--json");
        Assert.Equal(folder, JsonDocument.Parse(model.Output).RootElement.GetProperty("libtorch").GetProperty("folder").GetString());
        Assert.Equal(await ProgramsAsync("here"), await ProgramsAsync("there", ("PLUM_LIBTORCH", folder)));

        using (FileStream stream = File.OpenWrite(library)) stream.SetLength(1 << 20);
        (await DoctorAsync(folder)).IsMissing("libtorch_cpu.so is no library for Linux on x64, or is cut short");
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A library that says what libtorch 1.13.1 says of itself.</summary>
    [Fact]
    public async Task AFolderOfAnotherVersionIsRefused()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/g++"), "g++ is not installed");
        string folder = Directory.CreateDirectory(domain["old-libtorch"]).FullName;
        File.WriteAllText(Path.Combine(folder, "config.cpp"), """
            #include <string>
            namespace at { std::string show_config() { return "PyTorch built with:\n  - Build settings: BLAS_INFO=mkl, TORCH_VERSION=1.13.1, USE_CUDA=ON, \n"; } }
            """);
        foreach (string name in (string[])["libtorch_cpu.so", "libtorch.so", "libc10.so"])
        {
            using PlumProcess compiler = PlumProcess.Start(folder, ["-shared", "-fPIC", "-o", name, "config.cpp"], "/usr/bin/g++");
            Assert.Equal(0, (await compiler.EndAsync()).Code);
        }

        (await DoctorAsync(folder)).IsMissing("it holds libtorch 1.13.1");
        (await RunAsync([("PLUM_LIBTORCH", folder)], "eval", "--policy", "policy", "--benchmark", "heldout.jsonl", "--out", "elsewhere")).IsRefused("PLUM_LIBTORCH=" + folder, "is built for 2.");
    }

    [Fact]
    public async Task ProcessorsWithNarrowerVectorsSampleTheSamePrograms()
    {
        string[] here = await ProgramsAsync("wide");
        (string Name, string Value)[] slim = [("DOTNET_EnableAVX512", "0"), ("DOTNET_EnableAVX512F", "0")], none = [.. slim, ("DOTNET_EnableAVX2", "0")];
        foreach (((string, string)[] vectors, string sampling) in new[] { (slim, "kernels"), (none, "libtorch") })
        {
            Assert.Equal(here, await ProgramsAsync("of-" + sampling, vectors));
            Assert.Equal(0, (await RunAsync(vectors, "run", "recipe.json", "--begin", "--out", "run-of-" + sampling)).Code);
            JsonElement compute = JsonDocument.Parse(File.ReadAllText(domain[$"run-of-{sampling}/run.json"])).RootElement.GetProperty("compute");
            Assert.Equal(("cpu", sampling), (compute.GetProperty("device").GetString(), compute.GetProperty("sampling").GetString()));
        }
    }

    [Theory]
    [InlineData("cuda", "finds no CUDA")]
    [InlineData("gpu", "device")]
    public async Task ADeviceThatIsNotThereIsRefused(string device, string message)
    {
        Assert.SkipWhen(device == "cuda" && File.Exists("/dev/nvidia0"), "there is a GPU");
        string[][] verbs =
        [
            ["eval", "--policy", "policy", "--benchmark", "heldout.jsonl", "--out", "elsewhere"],
            ["run", "recipe.json", "--out", "gpu-run"],
            ["sft", "--data", "sft.jsonl", "--policy", "policy", "--out", "elsewhere"],
            ["serve", "--policy", "policy", "--port", "0"],
        ];
        foreach (string[] verb in verbs)
            (await PlumProcess.RunAsync(domain.Folder, [.. verb, "--device", device])).IsRefused(device, message);
        Assert.False(Directory.Exists(domain["gpu-run"]) || Directory.Exists(domain["elsewhere"]));
    }

    private Task<PlumProcess.Result> RunAsync((string Name, string Value)[] environment, params string[] arguments) =>
        PlumProcess.Start(domain.Folder, [PlumProcess.Program, .. arguments], environment: environment).EndAsync();

    private async Task<Finding> DoctorAsync(string folder)
    {
        JsonElement findings = JsonDocument.Parse((await RunAsync([("PLUM_LIBTORCH", folder)], "doctor", "--json")).Output).RootElement.GetProperty("findings");
        JsonElement libtorch = findings.EnumerateArray().Single(one => one.GetProperty("name").GetString() == "libtorch");
        return new(libtorch.GetProperty("ok").GetBoolean(), libtorch.GetProperty("found").GetString() + (libtorch.TryGetProperty("remedy", out JsonElement remedy) ? remedy.GetString() : ""));
    }

    /// <summary>What the policy writes for the held-out tasks, greedily and drawn.</summary>
    private async Task<string[]> ProgramsAsync(string to, params (string Name, string Value)[] environment)
    {
        PlumProcess.Result result = await RunAsync(environment, "eval", "--policy", "policy", "--benchmark", "heldout.jsonl", "--out", to, "-n", "2", "-k", "1", "--recipe", "recipe.json");
        Assert.True(result.Code == 0, result.Error);
        return [.. Directory.GetFiles(domain[to], "*.jsonl").Order(StringComparer.Ordinal).SelectMany(File.ReadLines)
            .Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.TryGetProperty("completion", out _)).Select(line => line.GetProperty("completion").GetString()!)];
    }

    private sealed record Finding(bool Ok, string Text)
    {
        public void IsMissing(string why)
        {
            Assert.False(Ok);
            Assert.Contains("PLUM_LIBTORCH=", Text);
            Assert.Contains(why, Text);
        }
    }
}
