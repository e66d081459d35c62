using Plum.Sandboxes;
using Xunit;

namespace Plum.Tests.Sandboxes;

/// <summary>Scripts with real standard streams: what other harnesses' mocks reject.</summary>
public sealed class ScriptTests(SandboxFixture fixture)
{
    private Task<ScriptResult> RunAsync(string program, string input, Limits? limits = null) =>
        fixture.Sandbox.RunScriptAsync(new ScriptExecution(program, input, limits ?? Limits.Default), TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("print(sum(int(input()) for _ in range(3)))")]
    [InlineData("import sys\nprint(sum(int(line) for line in sys.stdin))")]
    [InlineData("import sys\nprint(sum(map(int, sys.stdin.read().split())))")]
    [InlineData("import sys\nprint(sum(int(sys.stdin.readline()) for _ in range(3)))")]
    [InlineData("import sys\nprint(sum(int(sys.stdin.buffer.readline()) for _ in range(3)))")]
    [InlineData("import sys\nprint(sum(map(int, sys.stdin.buffer.readlines())))")]
    [InlineData("import sys\nsys.stdout.buffer.write(b'%d\\n' % sum(map(int, sys.stdin.buffer.read().split())))")]
    [InlineData("print(sum(map(int, open(0).read().split())))")]
    [InlineData("import os\nprint(sum(map(int, os.read(0, 1000).split())))")]
    [InlineData("from sys import stdin\nprint(sum(map(int, list(stdin))))")]
    [InlineData("from sys import stdin, stdout\nstdout.write(str(sum(map(int, stdin))) + '\\n')")]
    [InlineData("x = 0\nglobal y\ny = 0\nfor _ in range(3):\n    y += int(input())\nprint(y)")]
    [InlineData("def main():\n    print(sum(int(input()) for _ in range(3)))\nif __name__ == '__main__':\n    main()\nx = 1")]
    [InlineData("print(sum(int(input()) for _ in range(3)))\nexit(1)")]
    [InlineData("import sys\nprint(sum(int(input()) for _ in range(3)))\nsys.exit()")]
    [InlineData("import threading\ndef main():\n    print(sum(int(input()) for _ in range(3)))\nt = threading.Thread(target=main)\nt.start()\nt.join()")]
    [InlineData("import sys\nsys.setrecursionlimit(10**6)\nimport threading\nthreading.stack_size(1 << 26)\ndef main(): print(sum(int(input()) for _ in range(3)))\nt = threading.Thread(target=main); t.start(); t.join()")]
    [InlineData("import os, sys\nos.write(1, str(sum(map(int, sys.stdin))).encode())")]
    [InlineData("import fileinput\nprint(sum(map(int, fileinput.input())))")]
    [InlineData("import io, os\nprint(sum(map(int, io.BytesIO(os.read(0, os.fstat(0).st_size)).readlines())))")]
    [InlineData("import threading\ndef main():\n    import time; time.sleep(0.05)\n    print(sum(int(input()) for _ in range(3)))\nthreading.Thread(target=main).start()")]
    [InlineData("import atexit, io, sys\nsys.stdout = io.StringIO()\natexit.register(lambda: sys.__stdout__.write(sys.stdout.getvalue()))\nprint(sum(int(input()) for _ in range(3)))")]
    [InlineData("import sys\nout = open(1, 'w')\nout.write(str(sum(map(int, sys.stdin))))")]
    [InlineData("import io, os, sys\nsys.stdout = io.TextIOWrapper(io.FileIO(1, 'w'))\nprint(sum(map(int, os.read(0, os.fstat(0).st_size).split())))")]
    [InlineData("import os, sys\nprint(sum(map(int, sys.stdin)), flush=True)\nos._exit(0)")]
    [InlineData("import sys\nfrom __main__ import __name__ as name\nprint(sum(map(int, iter(sys.stdin.readline, ''))) if name == '__main__' else 0)\nsys.stdout.close()")]
    [InlineData("import asyncio\nasync def main(): print(sum(int(input()) for _ in range(3)))\nasyncio.run(main())")]
    public async Task EveryWayOfReadingAndWritingWorks(string program)
    {
        ScriptResult result = await RunAsync(program, "1\n2\n39\n");
        Assert.Equal((ExecutionStatus.Completed, "42"), (result.Status, result.Output.Trim() + result.Message));
    }

    [Fact]
    public async Task BlankLinesInsideTheInputArrive()
    {
        ScriptResult result = await RunAsync("import sys\nprint(len(sys.stdin.read().split('\\n')))", "a\n\n\nb");
        Assert.Equal("4\n", result.Output);
    }

    [Fact]
    public async Task LargeInputAndOutputPass()
    {
        string input = string.Join('\n', Enumerable.Range(0, 200_000));
        ScriptResult result = await RunAsync("import sys\nsys.stdout.write(sys.stdin.read())", input);
        Assert.Equal(input, result.Output);
    }

    [Fact]
    public async Task AnUncaughtExceptionIsTheProgramsFailure()
    {
        ScriptResult result = await RunAsync("print(1 // int(input()))", "0");
        Assert.Equal(ExecutionStatus.ProgramFailed, result.Status);
        Assert.StartsWith("ZeroDivisionError", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MoreInputThanThereIsRaisesEndOfFile()
    {
        ScriptResult result = await RunAsync("input()\ninput()", "1\n");
        Assert.StartsWith("EOFError", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnOutputFloodIsCutAndACrash()
    {
        ScriptResult result = await RunAsync("while True: print('x' * 10000)", "", new Limits(AnswerBytes: 1 << 20));
        Assert.Equal(ExecutionStatus.Crashed, result.Status);
        Assert.InRange(result.Output.Length, 1 << 20, 3 << 20);
    }

    [Fact]
    public async Task AFloodOfStandardErrorIsDrainedAndCut()
    {
        ScriptResult result = await RunAsync("import sys\nfor _ in range(1000): sys.stderr.write('x' * 1000)\nprint('done')", "");
        Assert.Equal("done\n", result.Output);
        Assert.InRange(result.Message!.Length, 1000, 1 << 18);
    }

    [Fact]
    public async Task AThreadThatNeverEndsTimesOut() =>
        Assert.Equal(ExecutionStatus.TimedOut, (await RunAsync("import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()", "", new Limits(WallMilliseconds: 500))).Status);

    [Fact]
    public async Task ALoopTimesOut() =>
        Assert.Equal(ExecutionStatus.TimedOut, (await RunAsync("while True: pass", "", new Limits(100, 100))).Status);
}
