using Plum.Evaluation;
using Plum.Evaluation.Benchmarks;
using Plum.Evaluation.Judging;
using Plum.Tests.Evaluation.Benchmarks;
using Plum.Tests.Sandboxes;
using Xunit;

namespace Plum.Tests.Evaluation.Judging;

/// <summary>
/// What EvalPlus 26d6d00 itself said of programs that stumble over the surroundings in which it runs them, or do not: each is
/// a right <c>f(x)</c> with a body of its own before it or a line of its own in it.
/// </summary>
public sealed class SurroundingsTests(SandboxFixture python)
{
    public static TheoryData<string, string, SetStatus> Programs { get; } = new()
    {
        { "print(1)", "print(x)", SetStatus.Pass },
        { "import sys", "sys.stdout.buffer.write(b'x')", SetStatus.Fail },
        { "import sys\nsys.stdout = sys.__stdout__", "print(1)", SetStatus.Pass },
        { "import sys\ndel sys.stdout", "", SetStatus.Pass },
        { "input()", "", SetStatus.Fail },
        { "try:\n    input()\nexcept EOFError:\n    pass", "", SetStatus.Fail },
        { "try:\n    input()\nexcept OSError:\n    pass", "", SetStatus.Pass },
        { "import sys\nfor line in sys.stdin: pass", "", SetStatus.Fail },
        { "exit()", "", SetStatus.Fail },
        { "", "raise SystemExit", SetStatus.Fail },
        { "import os", "os._exit(0)", SetStatus.Timeout },
        { "import os\nos.abort()", "", SetStatus.Timeout },
        { "try:\n    open('none')\nexcept FileNotFoundError:\n    pass", "", SetStatus.Fail },
        { "import os\ntry:\n    os.system('true')\nexcept TypeError:\n    pass", "", SetStatus.Pass },
        { "import os\nos.environ['X'] = '1'", "", SetStatus.Fail },
        { "import subprocess, shutil, tempfile", "", SetStatus.Pass },
        { "import subprocess\ntry:\n    subprocess.run(['true'])\nexcept OSError:\n    pass", "", SetStatus.Fail },
        { "import resource", "", SetStatus.Fail },
        { "import threading", "t = threading.Thread(target=print)\n    t.start()\n    t.join()", SetStatus.Pass },
        { "import asyncio", "asyncio.run(asyncio.sleep(0))", SetStatus.Pass },
        { "assert __name__ == 'builtins'", "", SetStatus.Pass },
        { "", "globals()['__name__']", SetStatus.Fail },
        { "import pickle\nclass K: pass", "pickle.dumps(K())", SetStatus.Fail },
        { "from __future__ import annotations\nfrom dataclasses import dataclass\n@dataclass\nclass P:\n    x: int = 0", "P()", SetStatus.Pass },
        { "import argparse\nargparse.ArgumentParser().parse_args()", "", SetStatus.Fail },
        { "import doctest\ndoctest.testmod()", "", SetStatus.Fail },
        { "def r(n):\n    return 0 if n <= 0 else r(n - 1)", "r(968)", SetStatus.Pass },
        { "def r(n):\n    return 0 if n <= 0 else r(n - 1)", "r(971)", SetStatus.Fail },
        { "def r(n):\n    return r(n + 1)", "try:\n        r(0)\n    except RecursionError:\n        pass", SetStatus.Pass },
        { "# \ud83d", "", SetStatus.Fail },
        { "import time", "time.sleep(5)", SetStatus.Fail },
        { "import threading\nlock = threading.Lock()\nlock.acquire()", "lock.acquire()", SetStatus.Fail },
        { "import time", "time.sleep(0.05)", SetStatus.Pass },
        { "import time\nwhile time.process_time() < 4.5: pass", "", SetStatus.Pass },
        { "", "try:\n        while x == 1: pass\n    except Exception: pass", SetStatus.Pass },
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task AProgramStumblesWhereItDoesThere(string body, string line, SetStatus expected)
    {
        PublicTask task = DataFile.Read("humaneval+", DataFile.EvalPlus("HumanEval/0", "f", "def f(x):\n    return x\n", "[[1], [2], [3]]")).Single();
        SampleVerdict verdict = await new SampleJudge(python.Sandbox, EvaluationMode.Parity).JudgeAsync(task, $"{body}\ndef f(x):\n    {line}\n    return x\n", TestContext.Current.CancellationToken);
        Assert.Equal((expected, verdict.FirstFailure), (verdict.Base, verdict.FirstFailure));
    }

    [Fact]
    public async Task MemoryThatEvalPlusNeedsItselfIsNotThereForPrograms()
    {
        // Mbpp/255 in small: it leaves 4,096 MiB less 1,690 less what the canonical solution returned. In the body: its first touch of so
        // much memory takes some machines longer than a call may.
        PublicTask task = DataFile.Read("mbpp+", DataFile.EvalPlus("Mbpp/8", "f", "def f(x):\n    return x\n", "[[1]]")).Single();
        SampleJudge judge = new(python.Sandbox, EvaluationMode.Parity);
        SampleVerdict verdict = await judge.JudgeAsync(task, "y = b'x' * (2600 << 20)\ndef f(x):\n    return x\n", TestContext.Current.CancellationToken);
        Assert.Equal((SetStatus.Fail, SetStatus.Pass), (verdict.OtherMode?.Parity, verdict.OtherMode?.Strict));
        Assert.Contains("leaves 2406 beside", verdict.FirstFailure?.Message, StringComparison.Ordinal);
    }
}
