using System.Diagnostics;
using Plum.Sandboxes;
using Plum.Verdicts;

namespace Plum.Bench;

/// <summary>
/// Many distinct programs with the usual share of bad ones (2% endless loops, 1% memory hogs, 1% output floods, some wrong):
/// the run ends, the supervisor's memory stays flat, and a sample of the verdicts equals that of the same programs run one by one.
/// </summary>
internal static class ManyBench
{
    private static readonly TestSuite Suite = new("many", "f",
        [.. Enumerable.Range(0, 10).Select(number => new TestCase($"[{string.Join(", ", Enumerable.Range(0, number))}], {number}", $"{number * (number - 1) / 2 + number}"))],
        ReferenceCpuMilliseconds: 2);

    public static async Task RunAsync(int count, int again, int jails)
    {
        await using PythonSandbox sandbox = PythonSandbox.Open(new(Jails: jails));
        Verifier verifier = new(sandbox, new(StopAtFirstFailure: true));
        CaseOutcome[] fates = new CaseOutcome[count];
        bool[] passed = new bool[count];
        long began = Stopwatch.GetTimestamp();
        double self = Cpu.Self;
        const int batch = 2_000;
        for (int from = 0; from < count; from += batch)
        {
            Candidate[] candidates = [.. Enumerable.Range(from, Math.Min(batch, count - from)).Select(Candidate)];
            foreach (Verdict verdict in await verifier.VerifyAsync(Suite, candidates, default))
                (passed[verdict.Sample], fates[verdict.Sample]) = (verdict.Passed, verdict.Outcomes[^1]);
            if (from / batch % 5 == 4 || from + batch >= count)
                Console.WriteLine($"{from + candidates.Length,7} programs, {(from + candidates.Length) / Stopwatch.GetElapsedTime(began).TotalSeconds:0} programs/s, "
                    + $"supervisor {Environment.WorkingSet >> 20} MiB ({GC.GetTotalMemory(false) >> 20} MiB managed), CPU {(Cpu.Self - self) / (from + candidates.Length):0.000} ms a program, {sandbox.Restarts} restarts");
        }
        Console.WriteLine(string.Join(", ", fates.CountBy(fate => fate).Select(fate => $"{fate.Key} {fate.Value}")) + $"; {passed.Count(pass => pass)} passed");
        int differences = 0;
        int[] alone = [.. Enumerable.Range(0, count).Where(number => number % Math.Max(1, count / again) == 0)];
        foreach (int number in alone)
        {
            Verdict verdict = await verifier.VerifyAsync(Suite, Candidate(number), default);
            if (verdict.Passed != passed[number] || verdict.Outcomes[^1] != fates[number])
                differences++;
        }
        Console.WriteLine($"{alone.Length} of them one by one: {differences} verdicts differ");
    }

    private static Candidate Candidate(int number)
    {
        string body = (number % 100) switch
        {
            3 or 53 => "while True: pass",
            17 => "a = []\n    while True: a.append(bytes(1 << 22))",
            31 => "while True: print('x' * 100000)",
            >= 80 => $"return sum(a) + n + {number} - {number} + 1",
            _ => $"total = {number}\n    for item in a: total += item\n    return total + n - {number}",
        };
        string program = $"def f(a, n):\n    unique = {number}\n    {body}\n";
        return new("many", number, program, program, [], [], "stop", 0, 0);
    }
}
