using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Plum.Cli.Tests;

/// <summary>The built command line, run as people run it: in a process of its own.</summary>
internal sealed partial class PlumProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly Process process;
    private readonly StringBuilder output = new(), error = new();

    private PlumProcess(ProcessStartInfo start)
    {
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(error, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The host, by its path: tests take PATH away.</summary>
    public static string Host { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
        ?? (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "dotnet")).First(File.Exists);

    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "Plum.Cli.dll");

    public int Id => process.Id;

    public bool Ended => process.HasExited;

    /// <summary>Runs to the end.</summary>
    public static Task<Result> RunAsync(string folder, params string[] arguments) => Start(folder, [Program, .. arguments]).EndAsync();

    /// <summary>Runs and reads the figures that <c>--json</c> prints as the last line.</summary>
    public static async Task<JsonElement> FiguresAsync(string folder, params string[] arguments)
    {
        Result result = await RunAsync(folder, [.. arguments, "--json"]);
        Assert.True(result.Code == 0, $"plum {string.Join(' ', arguments)}: {result.Code}\n{result.Error}");
        return JsonDocument.Parse(result.Output.TrimEnd().Split('\n')[^1]).RootElement;
    }

    public static PlumProcess Start(string folder, IEnumerable<string> arguments, string? command = null, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(command ?? Host) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return new(start);
    }

    /// <summary>Waits for a line on stderr.</summary>
    /// <param name="part">What it holds.</param>
    public async Task<string> SaysAsync(string part)
    {
        using CancellationTokenSource late = new(Patience);
        for (; ; await Task.Delay(10, late.Token))
        {
            string said;
            lock (error) said = error.ToString();
            if (said.Split('\n')[..^1].FirstOrDefault(line => line.Contains(part, StringComparison.Ordinal)) is { } line) return line;
            if (Ended) throw new InvalidOperationException($"plum ended and never said '{part}': {said}");
        }
    }

    public async Task<Result> EndAsync()
    {
        using CancellationTokenSource late = new(Patience);
        await process.WaitForExitAsync(late.Token);
        return new(process.ExitCode, output.ToString(), error.ToString());
    }

    /// <summary>SIGKILL: nothing of the process gets a chance to tidy up.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Sends a signal: 2 is Ctrl-C's, 15 asks to end.</summary>
    public void Signal(int signal) => Assert.Equal(0, Kill(process.Id, signal));

    public void Dispose() => process.Dispose();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            if (line is not null) text.Append(line).Append('\n');
        }
    }

    internal sealed record Result(int Code, string Output, string Error)
    {
        /// <summary>What every bad input gets: exit 2, one sentence, no stack trace.</summary>
        public void IsRefused(params string[] words)
        {
            Assert.True(Code == 2, $"exit {Code}: {Error}");
            Assert.Contains("plum: ", Error);
            Assert.DoesNotContain("   at ", Error);
            Assert.DoesNotContain("Exception", Error);
            foreach (string word in words) Assert.Contains(word, Error);
        }
    }
}
