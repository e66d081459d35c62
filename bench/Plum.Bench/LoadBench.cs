using Plum.Sandboxes;
using Plum.Verdicts;

namespace Plum.Bench;

/// <summary>Whether load flips verdicts: eight times more jails than cores, every core kept busy besides, 1,640 right programs.</summary>
internal static class LoadBench
{
    public static async Task RunAsync(string data)
    {
        using CancellationTokenSource done = new();
        Thread[] burners = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            while (!done.IsCancellationRequested)
                Thread.SpinWait(1000);
        }))];
        foreach (Thread burner in burners)
            burner.Start();
        await using PythonSandbox sandbox = PythonSandbox.Open(new(Jails: 8 * Environment.ProcessorCount));
        TestCodeVerifier verifier = new(sandbox);
        TestCodeVerdict[] verdicts = await Task.WhenAll(HumanEvalSet.Load(data).SelectMany(task => Enumerable.Repeat(task, 10)).Select(task =>
            verifier.VerifyAsync(task.Program, task.EntryPoint, TestCode.Parse(task.EntryPoint, task.Test), task.Prompt)));
        await done.CancelAsync();
        Console.WriteLine($"{8 * Environment.ProcessorCount} jails on {Environment.ProcessorCount} busy cores: {verdicts.Count(verdict => verdict.Passed)} of {verdicts.Length} pass, {sandbox.Restarts} restarts");
        foreach (TestCodeVerdict verdict in verdicts.Where(verdict => !verdict.Passed).Take(5))
            Console.WriteLine(verdict.Message);
    }
}
