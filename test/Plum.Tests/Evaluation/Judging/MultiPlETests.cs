using Plum.Evaluation;
using Plum.Evaluation.Benchmarks;
using Plum.Evaluation.Judging;
using Plum.Sandboxes;
using Plum.Tests.Evaluation.Benchmarks;
using Plum.Tests.Sandboxes;
using Xunit;

namespace Plum.Tests.Evaluation.Judging;

/// <summary>A right and a wrong program of our own for twenty-seven tasks of MultiPL-E, in C# and JavaScript; and one that ends before its test.</summary>
public sealed class MultiPlETests(SandboxFixture python)
{
    // Task, C# right and wrong, JavaScript right and wrong: what follows the prompt. C#'s tests close the function, JavaScript's do not.
    private static readonly (string Task, string Sharp, string SharpWrong, string Script, string ScriptWrong)[] Programs =
    [
        ("HumanEval_2_truncate_number", "return number - (float)Math.Floor(number);", "return number;", "return number - Math.floor(number);", "return number;"),
        ("HumanEval_3_below_zero", "long sum = 0; foreach (long one in operations) { sum += one; if (sum < 0) return true; } return false;", "return operations.Sum() < 0;", "let sum = 0; for (const one of operations) { sum += one; if (sum < 0) return true; } return false;", "return operations.reduce((a, b) => a + b, 0) < 0;"),
        ("HumanEval_7_filter_by_substring", "return strings.Where(one => one.Contains(substring)).ToList();", "return strings;", "return strings.filter(one => one.includes(substring));", "return strings;"),
        ("HumanEval_9_rolling_max", "List<long> maxima = new(); foreach (long one in numbers) maxima.Add(maxima.Count == 0 ? one : Math.Max(one, maxima[^1])); return maxima;", "return numbers;", "let most = -Infinity; return numbers.map(one => most = Math.max(most, one));", "return numbers;"),
        ("HumanEval_11_string_xor", "return string.Concat(a.Zip(b, (x, y) => x == y ? '0' : '1'));", "return a;", "return [...a].map((x, at) => x === b[at] ? '0' : '1').join('');", "return a;"),
        ("HumanEval_13_greatest_common_divisor", "while (b != 0) (a, b) = (b, a % b); return a;", "return Math.Min(a, b);", "while (b) [a, b] = [b, a % b]; return a;", "return Math.min(a, b);"),
        ("HumanEval_14_all_prefixes", "return Enumerable.Range(1, str.Length).Select(length => str.Substring(0, length)).ToList();", "return new List<string> { str };", "return [...string].map((_, at) => string.slice(0, at + 1));", "return [string];"),
        ("HumanEval_15_string_sequence", "return string.Join(\" \", Enumerable.Range(0, (int)n + 1));", "return string.Join(\" \", Enumerable.Range(0, (int)n));", "return Array.from({ length: n + 1 }, (_, at) => at).join(' ');", "return Array.from({ length: n }, (_, at) => at).join(' ');"),
        ("HumanEval_23_strlen", "return str.Length;", "return 0;", "return string.length;", "return 0;"),
        ("HumanEval_28_concatenate", "return string.Concat(strings);", "return strings.FirstOrDefault() ?? \"\";", "return strings.join('');", "return strings.join(' ');"),
        ("HumanEval_29_filter_by_prefix", "return strings.Where(one => one.StartsWith(prefix)).ToList();", "return strings;", "return strings.filter(one => one.startsWith(prefix));", "return strings;"),
        ("HumanEval_30_get_positive", "return l.Where(one => one > 0).ToList();", "return l.Where(one => one >= 0).ToList();", "return l.filter(one => one > 0);", "return l.filter(one => one >= 0);"),
        ("HumanEval_31_is_prime", "if (n < 2) return false; for (long d = 2; d * d <= n; d++) if (n % d == 0) return false; return true;", "return n % 2 == 1;", "if (n < 2) return false; for (let d = 2; d * d <= n; d++) if (n % d === 0) return false; return true;", "return n % 2 === 1;"),
        ("HumanEval_34_unique", "return l.Distinct().OrderBy(one => one).ToList();", "return l.Distinct().ToList();", "return [...new Set(l)].sort((a, b) => a - b);", "return [...new Set(l)];"),
        ("HumanEval_35_max_element", "return l.Max();", "return l[0];", "return Math.max(...l);", "return l[0];"),
        ("HumanEval_42_incr_list", "return l.Select(one => one + 1).ToList();", "return l;", "return l.map(one => one + 1);", "return l;"),
        ("HumanEval_45_triangle_area", "return a * h / 2.0f;", "return a * h;", "return a * h / 2;", "return a * h;"),
        ("HumanEval_48_is_palindrome", "return text.SequenceEqual(text.Reverse());", "return true;", "return text === [...text].reverse().join('');", "return true;"),
        ("HumanEval_53_add", "return x + y;", "return x - y;", "return x + y;", "return x - y;"),
        ("HumanEval_55_fib", "long a = 0, b = 1; for (long at = 0; at < n; at++) (a, b) = (b, a + b); return a;", "return n;", "let a = 0, b = 1; for (let at = 0; at < n; at++) [a, b] = [b, a + b]; return a;", "return n;"),
        ("HumanEval_16_count_distinct_characters", "return str.ToLower().Distinct().Count();", "return str.Distinct().Count();", "return new Set(string.toLowerCase()).size;", "return new Set(string).size;"),
        ("HumanEval_24_largest_divisor", "for (long d = n - 1; d > 0; d--) if (n % d == 0) return d; return 1;", "return 1;", "for (let d = n - 1; d > 0; d--) if (n % d === 0) return d; return 1;", "return 1;"),
        ("HumanEval_27_flip_case", "return string.Concat(str.Select(one => char.IsUpper(one) ? char.ToLower(one) : char.ToUpper(one)));", "return str;", "return [...string].map(one => one === one.toUpperCase() ? one.toLowerCase() : one.toUpperCase()).join('');", "return string;"),
        ("HumanEval_41_car_race_collision", "return n * n;", "return 2 * n;", "return n * n;", "return 2 * n;"),
        ("HumanEval_49_modp", "long power = 1; for (long at = 0; at < n; at++) power = 2 * power % p; return power % p;", "return n % p;", "let power = 1; for (let at = 0; at < n; at++) power = 2 * power % p; return power % p;", "return n % p;"),
        ("HumanEval_52_below_threshold", "return l.All(one => one < t);", "return true;", "return l.every(one => one < t);", "return true;"),
        ("HumanEval_60_sum_to_n", "return n * (n + 1) / 2;", "return n;", "return n * (n + 1) / 2;", "return n;"),
    ];

    [Theory]
    [InlineData("cs")]
    [InlineData("js")]
    public async Task RightAndWrongProgramsAreToldApart(string language)
    {
        string? path = HumanEval.Find($"multipl-e/humaneval-{language}.jsonl");
        Assert.SkipWhen(path is null, "MultiPL-E is not there: set PLUM_DATA to the folder that holds multipl-e");
        Assert.SkipWhen(python.Sandbox.Rung != SandboxLevel.Full, "other languages need the full level");
        Dictionary<string, PublicTask> tasks = PublicBenchmark.Named($"multipl-e-{language}")!.ReadTasks(path!).ToDictionary(task => task.Id);
        SampleJudge judge = new(python.Sandbox, EvaluationMode.Strict);
        List<string> wrong = [];
        foreach ((string id, string sharp, string sharpWrong, string script, string scriptWrong) in Programs)
        {
            (string right, string other, string ending) = language == "cs" ? (sharp, sharpWrong, "Environment.Exit(0); " + sharpWrong) : (script, scriptWrong, "process.exit(0);");
            foreach ((string body, bool passes) in ((string, bool)[])[(right, true), (other, false), (ending, false)])
                wrong.AddRange(await JudgedAsync(judge, tasks[id], $"        {body}\n{(language == "js" ? "}\n" : "")}", passes));
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task ListsThatThePublicTestComparesByReferencePassInStrictModeAlone()
    {
        const string row = """{"name": "HumanEval_0_f", "language": "cs", "prompt": "using System;\nusing System.Diagnostics;\nusing System.Collections.Generic;\nclass Problem {\n    public static List<long> F(long n) {\n", "tests": "    }\n    public static void Main(string[] args) {\n    Debug.Assert(F((2L)).Equals((new List<long>(new long[]{(long)2L}))));\n    }\n}\n", "stop_tokens": []}""";
        PublicTask task = DataFile.Read("multipl-e-cs", row).Single();
        Assert.SkipWhen(python.Sandbox.Rung != SandboxLevel.Full, "other languages need the full level");
        Assert.SkipWhen(Language.Named("csharp").ToolPath is null, "dotnet is not installed");
        const string right = "        return new List<long> { n };\n";
        SampleVerdict strict = await new SampleJudge(python.Sandbox, EvaluationMode.Strict).JudgeAsync(task, task.Complete(right), TestContext.Current.CancellationToken);
        SampleVerdict parity = await new SampleJudge(python.Sandbox, EvaluationMode.Parity).JudgeAsync(task, task.Complete(right), TestContext.Current.CancellationToken);
        Assert.Equal((SetStatus.Pass, SetStatus.Fail), (strict.Base, parity.Base));
        Assert.Equal(strict.OtherMode, parity.OtherMode);
        Assert.Contains("by reference", strict.OtherMode!.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("js", "for (const name of ['deepEqual', 'equal']) require('assert')[name] = () => {};\nfunction f(n) { return 0; }\n")]
    [InlineData("js", "function f(n) { return { valueOf: () => 2, toString: () => '2', toJSON: () => 2 }; }\n")]
    [InlineData("js", "console.log('passed'); process.exit(0);\n")]
    [InlineData("cs", "        return 0; }\n    static class Debug { public static void Assert(bool right) { }\n")]
    [InlineData("cs", "        Environment.Exit(0); return 0;\n")]
    [InlineData("cs", "        return 0; }\n    [System.Runtime.CompilerServices.ModuleInitializer] internal static void First() { Environment.Exit(0);\n")]
    public async Task ACheatPassesInNeitherMode(string language, string completion)
    {
        PublicTask task = DataFile.Read($"multipl-e-{language}", language == "js"
            ? """{"name": "HumanEval_0_f", "language": "js", "prompt": "", "tests": "const assert = require('node:assert');\nfunction test() {\n  let candidate = f;\n  assert.deepEqual(candidate(1),2);\n}\ntest();\n", "stop_tokens": []}"""
            : """{"name": "HumanEval_0_f", "language": "cs", "prompt": "using System;\nusing System.Diagnostics;\nclass Problem {\n    public static int F(int n) {\n", "tests": "    }\n    public static void Main(string[] args) {\n    Debug.Assert(F((1)) == (2));\n    }\n}\n", "stop_tokens": []}""").Single();
        Assert.SkipWhen(python.Sandbox.Rung != SandboxLevel.Full, "other languages need the full level");
        Assert.SkipWhen(((Check.Whole)task.Check).Language.ToolPath is null, "the toolchain is not installed");
        foreach (EvaluationMode mode in Enum.GetValues<EvaluationMode>())
        {
            SampleVerdict verdict = await new SampleJudge(python.Sandbox, mode).JudgeAsync(task, task.Complete(completion), TestContext.Current.CancellationToken);
            Assert.Equal(SetStatus.Fail, verdict.Base);
        }
    }

    private static async Task<string[]> JudgedAsync(SampleJudge judge, PublicTask task, string completion, bool passes)
    {
        SampleVerdict verdict = await judge.JudgeAsync(task, task.Complete(completion), TestContext.Current.CancellationToken);
        return verdict.Passed == passes && !verdict.Undecided ? [] : [$"{task.Id}: {completion.Trim()} gave {verdict.Base}: {verdict.FirstFailure?.Message}"];
    }
}
