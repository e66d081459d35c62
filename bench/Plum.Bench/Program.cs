using Plum.Bench;
using Plum.Sandboxes;

// Usage: Plum.Bench DATA [repeats] [jails]
string data = args.Length > 0 ? args[0] : Environment.GetEnvironmentVariable("PLUM_DATA") ?? "../shared/data";
int repeats = args.Length > 1 ? int.Parse(args[1]) : 10;
int jails = args.Length > 2 ? int.Parse(args[2]) : Environment.ProcessorCount;
IReadOnlyList<HumanEvalTask> tasks = HumanEvalSet.Load(data);
IReadOnlyList<HumanEvalTask> light = [.. tasks.Where(task => task.Id is not ("HumanEval/75" or "HumanEval/147"))];

foreach ((string name, IReadOnlyList<HumanEvalTask> set) in new[] { ("light", light), ("all", tasks) })
{
    await using (PythonSandbox empty = PythonSandbox.Open(new(Jails: jails)))
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => empty.RunAsync(Execution.Parse("def f(): pass", "f", [""]), default)));
    for (int round = 0; round < 2; round++)
    {
        double idle = (await Cpu.MeasureAsync(async () => { await using PythonSandbox empty = PythonSandbox.Open(new(Jails: jails)); })).Children;
        PythonSandbox sandbox = PythonSandbox.Open(new(Jails: jails));
        int completed = 0, count = 0;
        double jailCpu = 0;
        (double wall, double self, double _) = await Cpu.MeasureAsync(async () =>
        {
            ExecutionResult[] results = await Task.WhenAll(Enumerable.Range(0, repeats).SelectMany(_ => set)
                .Select(task => sandbox.RunAsync(new(task.Program, task.EntryPoint, task.Calls, Limits.Default), default)));
            completed = results.Count(result => result.Status == ExecutionStatus.Completed);
            count = results.Length;
            jailCpu = results.Sum(result => result.CpuMilliseconds);
        });
        (double _, double _, double whole) = await Cpu.MeasureAsync(async () => await sandbox.DisposeAsync());
        Console.WriteLine($"{name,-6} {sandbox.Level}: {completed}/{count} completed, {count / wall * 1000:0} programs/s, CPU ms/program {(whole - idle + self) / count:0.000} "
            + $"(supervisor {self / count:0.000}, children {jailCpu / count:0.000}, fork server {(whole - idle - jailCpu) / count:0.000})");
    }
}
