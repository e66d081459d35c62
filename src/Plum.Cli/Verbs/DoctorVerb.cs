using System.CommandLine;
using Plum.Cli.Runs;
using Plum.Rounds;
using Plum.Sandboxes;
using Plum.Torch;
using Plum.Torch.Kernels;
using Spectre.Console;

namespace Plum.Cli.Verbs;

/// <summary><c>plum doctor</c>: whether this machine has what Plum needs, and what to do where it has not.</summary>
internal static class DoctorVerb
{
    public static Command Create()
    {
        Option<bool> json = Flags.Json();
        Command command = new("doctor", "Check what Plum needs of this machine: Python, isolation, libtorch, memory.") { json };
        command.SetAction(async (parsed, cancellation) =>
        {
            List<Finding> findings =
            [
                Check("python", Python), await SandboxAsync().ConfigureAwait(false),
                Check("libtorch", () => Good(TorchRuntime.Load().ToString())),
                Threads(), Check("vectors", Vectors), Memory(), await DefaultRunAsync(cancellation).ConfigureAwait(false),
            ];
            Output.Say(parsed.GetValue(json), new { ok = findings.TrueForAll(one => one.Ok), findings }, console => Print(console, findings));
            return findings.TrueForAll(one => one.Ok) ? 0 : Failures.Failed;
        });
        return command;
    }

    private static Finding Python()
    {
        string interpreter = PythonInterpreter.Resolve();
        return Good($"{Versions.PythonVersion(interpreter)} at {interpreter}");
    }

    private static async Task<Finding> SandboxAsync()
    {
        try
        {
            await using PythonSandbox sandbox = PythonSandbox.Open(new SandboxOptions(Jails: 1, Unsafe: true));
            string refused = string.Join("; ", sandbox.Refusals);
            return sandbox.Rung switch
            {
                SandboxLevel.LimitsOnly => new("sandbox", false, sandbox.Level, $"Stronger levels were refused: {refused}. Programs are not kept from your files. Use a Linux kernel of 5.13 or later with Landlock and seccomp, or accept it with --unsafe"),
                SandboxLevel.NoNamespaces => new("sandbox", true, sandbox.Level, $"Safe. The stronger level was refused: {refused}. It needs user namespaces, which most containers forbid: start the container with --security-opt seccomp=unconfined, or set kernel.unprivileged_userns_clone=1"),
                _ => new("sandbox", true, sandbox.Level, null),
            };
        }
        catch (InputException failure)
        {
            return new("sandbox", false, "none", failure.Message);
        }
    }

    private static Finding Threads()
    {
        Machine machine = Machine.Here();
        return new("threads", true, machine.Describe(), machine.Cores == 1 ? "One processor works; a run takes as many workers as there are" : null);
    }

    private static Finding Vectors()
    {
        string precision = TorchRuntime.Resolve("auto");
        return Processor.HasKernels
            ? Good($"{(Processor.IsSlim ? "AVX2" : "AVX-512")}: sampling by Plum's kernels; precision auto is {precision}")
            : Good($"no AVX2: sampling by libtorch's operations; precision auto is {precision}") with { Remedy = "A processor with AVX2 and FMA, or with AVX-512, samples several times as fast" };
    }

    private static Finding Memory()
    {
        long megabytes = Machine.Here().MemoryMegabytes;
        return new("memory", megabytes >= 2_048, $"{megabytes:N0} MiB", megabytes >= 2_048 ? null : "The embedded default wants 2 GiB: give the container or the machine more, or lower --workers");
    }

    private static async Task<Finding> DefaultRunAsync(CancellationToken cancellation)
    {
        try
        {
            await Preflight.CheckAsync(RecipeFile.Located(RecipeFile.Read(Assets.DefaultRecipe, []), Assets.Folder), cancellation).ConfigureAwait(false);
            return new("default", true, "the embedded recipe, its models and instructions are complete", null);
        }
        catch (InputException failure)
        {
            return new("default", false, "not complete", failure.Message);
        }
    }

    private static Finding Good(string found) => new("", true, found, null);

    private static Finding Check(string name, Func<Finding> look)
    {
        try
        {
            return look() with { Name = name };
        }
        catch (InputException failure)
        {
            return new(name, false, "not usable", failure.Message);
        }
    }

    private static void Print(IAnsiConsole console, List<Finding> findings)
    {
        foreach (Finding finding in findings)
        {
            console.MarkupLine($"{(finding.Ok ? "[green]ok[/]  " : "[red]no[/]  ")} {finding.Name,-9} {Markup.Escape(finding.Found)}");
            if (finding.Remedy is { } remedy) console.MarkupLine($"               [grey]{Markup.Escape(remedy)}[/]");
        }
    }

    private sealed record Finding(string Name, bool Ok, string Found, string? Remedy);
}
