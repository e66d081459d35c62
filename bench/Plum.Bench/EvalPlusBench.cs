using System.Diagnostics;
using System.Text.Json;
using Plum.Evaluation;
using Plum.Evaluation.Benchmarks;
using Plum.Evaluation.Judging;
using Plum.Sandboxes;

namespace Plum.Bench;

/// <summary>A whole evaluation on HumanEval+ and MBPP+, all inputs, expected outputs known, beside EvalPlus's own evaluator.</summary>
internal static class EvalPlusBench
{
    private static readonly (string Name, string Data, string Samples, string Override)[] Sets =
    [
        ("humaneval", "humanevalplus/v0.1.9/HumanEvalPlus.jsonl.gz", "results/sc2inst-humaneval-samples.jsonl", "HUMANEVAL_OVERRIDE_PATH"),
        ("mbpp", "mbppplus/v0.1.0/MbppPlus.jsonl.gz", "results/sc2inst-mbpp-samples.jsonl", "MBPP_OVERRIDE_PATH"),
    ];

    /// <summary>Measures.</summary>
    /// <param name="data">The folder of public data.</param>
    /// <param name="jails">How many jails, and workers of EvalPlus.</param>
    /// <param name="checkout">EvalPlus's checkout; null to leave it out.</param>
    /// <param name="python">A Python that has what EvalPlus needs.</param>
    /// <param name="set"><c>humaneval</c> or <c>mbpp</c>; empty for both.</param>
    public static async Task RunAsync(string data, int jails, string? checkout, string python, string set)
    {
        Console.WriteLine($"{jails} jails on {Environment.ProcessorCount} cores, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]} before");
        Console.WriteLine($"{"how",-26} {"set",-10} {"base",6} {"plus",6} {"of",6} {"seconds",9} {"CPU s",9}");
        string folder = Directory.CreateTempSubdirectory("plum-bench-").FullName;
        foreach ((string name, string file, string samplesFile, string variable) in Sets.Where(one => set.Length == 0 || one.Name == set))
        {
            string path = Path.Combine(data, file), samplesPath = Path.Combine(data, samplesFile);
            foreach (EvaluationMode mode in (EvaluationMode[])[EvaluationMode.Parity, EvaluationMode.Strict])
            {
                // The first pass finds the expected outputs.
                await OursAsync(name, path, samplesPath, mode, jails, folder, print: false);
                await OursAsync(name, path, samplesPath, mode, jails, folder, print: true);
            }

            if (checkout is not null) await TheirsAsync(name, path, samplesPath, variable, jails, folder, checkout, python);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task OursAsync(string name, string data, string samplesPath, EvaluationMode mode, int jails, string folder, bool print)
    {
        int ofBase = 0, ofPlus = 0, count = 0;
        (double wall, double self, double children) = await Cpu.MeasureAsync(async () =>
        {
            IReadOnlyList<PublicTask> tasks = PublicBenchmark.Named(name + "+")!.ReadTasks(data);
            IReadOnlyList<Sample> samples = SamplesFile.Read(samplesPath, tasks, out _);
            await using PythonSandbox sandbox = PythonSandbox.Open(new(Jails: jails));
            string results = Path.Combine(folder, $"{Guid.NewGuid()}.jsonl");
            foreach (SampleResult result in await BenchmarkRun.JudgeAsync(results, tasks, samples.ToAsyncEnumerable(), new SampleJudge(sandbox, mode, Path.Combine(folder, "expected"))))
            {
                count++;
                if (result.Base == SetStatus.Pass) ofBase++;
                if (result.Passed) ofPlus++;
            }
        });
        if (print) Print($"plum, {mode.ToString().ToLowerInvariant()}", name, $"{ofBase}", $"{ofPlus}", count, wall, self + children);
    }

    private static async Task TheirsAsync(string name, string data, string samplesPath, string variable, int jails, string folder, string checkout, string python)
    {
        string unpacked = Path.Combine(folder, name + ".jsonl"), samples = Path.Combine(folder, $"samples-{name}.jsonl");
        using (StreamReader reader = new(new System.IO.Compression.GZipStream(File.OpenRead(data), System.IO.Compression.CompressionMode.Decompress)))
            await File.WriteAllTextAsync(unpacked, await reader.ReadToEndAsync());
        File.Copy(samplesPath, samples, overwrite: true);
        for (int pass = 0; pass < 2; pass++)
        {
            string output = Path.Combine(folder, $"{name}-{pass}.json");
            (double wall, double self, double children) = await Cpu.MeasureAsync(async () =>
            {
                ProcessStartInfo start = new(python, ["-m", "evalplus.evaluate", "--dataset", name, "--samples", samples, "--parallel", $"{jails}", "--output_file", output])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    Environment = { ["PYTHONPATH"] = checkout, [variable] = unpacked, ["XDG_CACHE_HOME"] = Path.Combine(folder, "cache") },
                };
                using Process process = Process.Start(start)!;
                Task<string> said = process.StandardOutput.ReadToEndAsync(), complained = process.StandardError.ReadToEndAsync();
                await process.WaitForExitAsync();
                await said;
                if (process.ExitCode != 0) Console.WriteLine($"EvalPlus failed: {(await complained).Trim().Split('\n')[^1]}");
            });
            if (pass == 0 || !File.Exists(output)) continue;
            using JsonDocument results = JsonDocument.Parse(await File.ReadAllTextAsync(output));
            JsonElement[] one = [.. results.RootElement.GetProperty("eval").EnumerateObject().Select(task => task.Value[0])];
            int ofBase = one.Count(result => result.GetProperty("base_status").GetString() == "pass");
            int ofPlus = one.Count(result => result.GetProperty("base_status").GetString() == "pass" && result.GetProperty("plus_status").GetString() == "pass");
            Print("evalplus", name, $"{ofBase}", $"{ofPlus}", one.Length, wall, self + children);
        }
    }

    private static void Print(string how, string set, string ofBase, string ofPlus, int count, double wall, double cpu) =>
        Console.WriteLine($"{how,-26} {set + "+",-10} {ofBase,6} {ofPlus,6} {count,6} {wall / 1e3,9:0.0} {cpu / 1e3,9:0.0}");
}
