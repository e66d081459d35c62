using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Plum.Evaluation.Benchmarks;
using Plum.Sandboxes;
using Plum.Text;

namespace Plum.Evaluation.Judging;

/// <summary>
/// What canonical solutions return, found by running them in the sandbox. Kept in files under names that hash everything
/// that they follow from, so that a benchmark is run once a machine; they never enter a candidate's process.
/// </summary>
/// <param name="sandbox">Where canonical solutions run.</param>
/// <param name="folder">Where their outputs are kept; null to keep nothing.</param>
internal sealed class ExpectedOutputs(PythonSandbox sandbox, string? folder)
{
    // Canonical solutions are trusted to end; HumanEval+'s slowest take seconds.
    private static readonly Limits Generous = new(
        CallCpuMilliseconds: 300_000, CpuMilliseconds: 900_000, WallMilliseconds: 1_800_000, MemoryMegabytes: 8_192, AnswerBytes: 1 << 29);

    private readonly ConcurrentDictionary<string, Lazy<Task<Expected>>> known = new();

    /// <summary>A task's expected outputs.</summary>
    /// <param name="taskId">The task, for messages.</param>
    /// <param name="check">Its check.</param>
    /// <param name="cancellation">Stops waiting for the sandbox.</param>
    /// <exception cref="InputException">The canonical solution fails on its own inputs.</exception>
    public Task<Expected> OfAsync(string taskId, Check.Differential check, CancellationToken cancellation) =>
        known.GetOrAdd(check.Fingerprint, _ => new(() => FindAsync(taskId, check, cancellation))).Value;

    private async Task<Expected> FindAsync(string taskId, Check.Differential check, CancellationToken cancellation)
    {
        string? file = folder is null ? null : Path.Combine(folder, Key(check) + ".bin");
        if (file is not null && File.Exists(file) && Read(File.ReadAllBytes(file)) is { } kept) return kept;
        Answer[] ofBase = await RunAsync(taskId, check, check.Base, cancellation).ConfigureAwait(false);
        Answer[] ofPlus = check.Plus.Count == 0 ? [] : await RunAsync(taskId, check, check.Plus, cancellation).ConfigureAwait(false);
        Expected expected = new(ofBase, ofPlus);
        if (file is not null && Write(expected) is { } bytes) AtomicFile.Write(file, stream => stream.Write(bytes));
        return expected;
    }

    private async Task<Answer[]> RunAsync(string taskId, Check.Differential check, IReadOnlyList<Call> calls, CancellationToken cancellation)
    {
        string entry = ReturnView.Of(check.EntryPoint, Wanted.Seconds | Needs(check));
        ExecutionResult result = await sandbox.RunAsync(new(check.Canonical, entry, calls, Generous), cancellation).ConfigureAwait(false);
        if (result.Status == ExecutionStatus.SandboxError) throw new InvalidOperationException($"{taskId}: the sandbox broke under the canonical solution: {result.Message}");
        int failed = result.Calls.Count < calls.Count ? 0 : result.Calls.ToList().FindIndex(call => call.Status != CallStatus.Returned);
        return failed < 0 || calls.Count == 0
            ? [.. result.Calls.Select(call => ReturnView.Read(call.Value!))]
            : throw new InputException($"{taskId}: the canonical solution fails on input {failed + 1}: {(result.Calls.Count > failed ? result.Calls[failed].Exception : result.Message)}: the data file is damaged, or this Python lacks a module that it needs");
    }

    /// <summary>What the comparison of this task needs of an answer.</summary>
    public static Wanted Needs(Check.Differential check) => check.Oracle switch
    {
        SpecialOracle.SameMembers => Wanted.Members,
        SpecialOracle.Root => Wanted.Arguments,
        _ => Wanted.Nothing,
    };

    private static string Key(Check.Differential check) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{check.Fingerprint}\n{PythonInterpreter.Resolve()}\n{ReturnView.Version}")))[..32];

    /// <summary>The answers as marshal data; null where one is no plain data and has to be found anew each time.</summary>
    private static byte[]? Write(Expected expected)
    {
        ArrayBufferWriter<byte> buffer = new();
        try
        {
            new MarshalWriter(buffer).Value(new TypedValue.Tuple([Packed(expected.Base), Packed(expected.Plus)]));
        }
        catch (ArgumentException)
        {
            return null;
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static TypedValue.List Packed(IReadOnlyList<Answer> answers) => new([.. answers.Select(answer => new TypedValue.Tuple(
    [
        new TypedValue.Str(answer.Type), answer.Value,
        answer.Members is { } members ? new TypedValue.List(members) : TypedValue.None.Instance, new TypedValue.Float(answer.CpuMilliseconds), new TypedValue.Float(answer.Bytes),
    ]))]);

    private static Expected? Read(byte[] bytes) =>
        AnswerReader.Read(bytes) is TypedValue.Tuple([TypedValue.List(var ofBase), TypedValue.List(var ofPlus)]) ? new([.. ofBase.Select(Unpacked)], [.. ofPlus.Select(Unpacked)]) : null;

    private static Answer Unpacked(TypedValue packed)
    {
        IReadOnlyList<TypedValue> fields = ((TypedValue.Tuple)packed).Items;
        return new(((TypedValue.Str)fields[0]).Value, fields[1], (fields[2] as TypedValue.List)?.Items, CpuMilliseconds: ((TypedValue.Float)fields[3]).Value, Bytes: ((TypedValue.Float)fields[4]).Value);
    }
}

/// <summary>What a canonical solution returned.</summary>
/// <param name="Base">On the base inputs.</param>
/// <param name="Plus">On the further ones.</param>
internal sealed record Expected(IReadOnlyList<Answer> Base, IReadOnlyList<Answer> Plus)
{
    /// <summary>What unpickling takes for a byte of a value: measured on Mbpp/255, whose outputs take 1,552 MiB in EvalPlus's process.</summary>
    private const double Unpickled = 1.3;

    /// <summary>About how many MiB all of it takes in a Python process.</summary>
    public double Megabytes { get; } = Unpickled * (Base.Sum(answer => answer.Bytes) + Plus.Sum(answer => answer.Bytes)) / (1 << 20);
}
