using System.Security.Cryptography;
using System.Text;

namespace Plum.Sandboxes;

/// <summary>
/// A program of another language with its test, as MultiPL-E pairs them: one text after the other makes a whole program
/// that fails by ending early. It ends well by reaching the end of the test, where a random word is written that neither
/// text knows: exiting or printing early is no pass. A program that searches its own files or memory for the word, or
/// that redefines what the test asserts with, can forge that; so the test should be a <see cref="SeparatedTest"/>, whose
/// answers are compared outside, where it can be one.
/// </summary>
/// <param name="Language">The row.</param>
/// <param name="Program">The program: prompt and completion.</param>
/// <param name="Test">The test that follows it.</param>
/// <param name="Limits">What it may use up; wall time counts for the build too.</param>
public sealed record ProgramExecution(Language Language, string Program, string Test, Limits Limits);

/// <summary>What became of it.</summary>
/// <param name="Outcome">Passed where the end of the test was reached and the process then ended with code 0.</param>
/// <param name="Message">The compiler's or the test's complaint, cut; null where there was none.</param>
/// <param name="Output">What it wrote to its standard output, the word and the answers left out.</param>
/// <param name="CpuMilliseconds">CPU time of build and run.</param>
/// <param name="Answers">The values that a separated test had it write, in order.</param>
public sealed record ProgramResult(CaseOutcome Outcome, string? Message, string Output, double CpuMilliseconds, IReadOnlyList<string> Answers);

/// <summary>Builds and runs one program in a jail of toolchains.</summary>
internal static class ProgramRun
{
    private const int BuildFailed = 114;
    private const int MostMessage = 2_000;

    private static readonly KeyValuePair<string, string>[] Environment =
    [
        new("PATH", "/usr/local/bin:/usr/bin:/bin"), new("HOME", "/tmp"), new("TMPDIR", "/tmp"), new("LANG", "C.UTF-8"),
        new("DOTNET_EnableDiagnostics", "0"), new("DOTNET_TieredPGO", "0"), new("DOTNET_EnableWriteXorExecute", "0"), new("DOTNET_GCHeapHardLimit", "0x20000000"),
        new("GOCACHE", "/tmp/cache"), new("GOFLAGS", "-mod=mod"), new("GO111MODULE", "on"), new("GOTOOLCHAIN", "local"), new("GOPROXY", "off"), new("CGO_ENABLED", "0"),
    ];

    /// <exception cref="JailException">The jail broke.</exception>
    public static ProgramResult Run(Jail jail, CompilerChild? compiler, ProgramExecution execution, CancellationToken cancellation)
    {
        Language language = execution.Language;
        string word = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        IReadOnlyList<KeyValuePair<string, byte[]>> files = language.Files(execution.Program, execution.Test, word);
        IReadOnlyList<IReadOnlyList<string>> steps = language.Steps(language.ToolPath!);
        // What the compiler that stays has no answer to is built as if there were none: its verdict on a program is never the last word.
        CompilerChild.Answer? compiled = compiler?.Compile(files, cancellation);
        if (compiled is { Product: null })
            return new(CaseOutcome.Failed, DoesNotBuild(compiled.Complaint), "", compiled.CpuMilliseconds, []);
        if (compiled is not null)
            (files, steps) = ([.. files.Where(file => !language.Compiler!.Sources.Contains(file.Key)), new(language.Compiler!.Product, compiled.Product!)], [steps[^1]]);
        Limits limits = execution.Limits with { MemoryMegabytes = execution.Limits.MemoryMegabytes + language.MemoryMegabytes };
        byte[] frame = JobFrame.Of("build", "", "", writer => Write(writer, files, steps), limits);
        Jail.Outcome outcome = jail.Run(frame, limits, limits.CpuMilliseconds, -1, cancellation);
        ReadOnlySpan<byte> written = outcome.Answers.Span;
        string complaint = Encoding.UTF8.GetString(outcome.Diagnostics.Span).Trim();
        if (written.IsEmpty || written[0] != (byte)'S')
            return outcome.TimedOut ? new(CaseOutcome.TimedOut, "took too long to build", "", outcome.CpuMilliseconds, [])
                : throw new JailException($"a child did not start its program: {complaint}");
        string[] lines = Encoding.UTF8.GetString(written[1..]).Split('\n');
        string answer = word + "=";
        // An exit code decides nothing for the program, but may against it.
        bool reached = !outcome.TimedOut && !outcome.TooLarge && outcome.WaitStatus == 0 && lines.Any(line => line.TrimEnd() == word);
        CaseOutcome fate = reached ? CaseOutcome.Passed
            : outcome.TimedOut ? CaseOutcome.TimedOut
            : outcome.TooLarge || (outcome.WaitStatus & 0x7F) is not (0 or Abort) ? CaseOutcome.Crashed
            : CaseOutcome.Failed;
        string? message = reached ? null
            : outcome.WaitStatus == BuildFailed << 8 ? DoesNotBuild(complaint)
            : outcome.TimedOut ? "used up its time"
            : complaint.Length > 0 ? complaint : "ended before its test did";
        return new(fate, message is null ? null : Cut(message), string.Join('\n', lines.Where(line => !line.StartsWith(word, StringComparison.Ordinal))),
            outcome.CpuMilliseconds + (compiled?.CpuMilliseconds ?? 0), [.. lines.Where(line => line.StartsWith(answer, StringComparison.Ordinal)).Select(line => line[answer.Length..].TrimEnd())]);
    }

    /// <summary>SIGABRT: how a failed assert of C++ or C# ends.</summary>
    private const int Abort = 6;

    private static string DoesNotBuild(string complaint) => Cut("does not build: " + complaint);

    private static string Cut(string message) => message[..Math.Min(message.Length, MostMessage)];

    /// <summary>Writes the job of a child that builds and then runs: files, steps, folders that it may read, environment.</summary>
    internal static void Write(MarshalWriter writer, IReadOnlyList<KeyValuePair<string, byte[]>> files, IReadOnlyList<IReadOnlyList<string>> steps)
    {
        writer.Tuple(4);
        writer.List(files.Count);
        foreach ((string name, byte[] content) in files)
        {
            writer.Tuple(2);
            writer.Text(name);
            writer.Bytes(content);
        }
        writer.List(steps.Count);
        foreach (IReadOnlyList<string> step in steps)
        {
            writer.List(step.Count);
            foreach (string word in step)
                writer.Text(word);
        }
        writer.List(Language.Folders.Count);
        foreach (string folder in Language.Folders)
            writer.Text(folder);
        writer.Value(new TypedValue.Dict([.. Environment.Select(variable =>
            KeyValuePair.Create<TypedValue, TypedValue>(new TypedValue.Str(variable.Key), new TypedValue.Str(variable.Value)))]));
    }
}
