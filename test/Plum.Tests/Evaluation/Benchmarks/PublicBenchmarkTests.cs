using System.IO.Compression;
using System.Text;
using Plum.Evaluation.Benchmarks;
using Xunit;

namespace Plum.Tests.Evaluation.Benchmarks;

/// <summary>Published forms of data are read; what is none is refused with the line and the remedy.</summary>
public sealed class PublicBenchmarkTests
{

    private const string LiveCodeBench = """{"question_id": "q1", "question_content": "Add.", "starter_code": "", "difficulty": "easy", "contest_date": "2024-01-06T00:00:00", "public_test_cases": "[{\"input\": \"1 2\", \"output\": \"3\", \"testtype\": \"stdin\"}]", "private_test_cases": "PRIVATE", "metadata": "META"}""";

    [Fact]
    public void LiveCodeBenchsTestsAreCallsOrScripts()
    {
        PublicTask script = DataFile.Read("livecodebench", LiveCodeBench.Replace("PRIVATE", "", StringComparison.Ordinal).Replace("META", "{}", StringComparison.Ordinal)).Single();
        Assert.Equal(("q1", "easy", new DateOnly(2024, 1, 6)), (script.Id, script.Difficulty, script.Date!.Value));
        Assert.Equal(["1 2"], ((Check.Scripts)script.Check).Inputs);
        PublicTask call = DataFile.Read("livecodebench", LiveCodeBench.Replace("PRIVATE", "", StringComparison.Ordinal).Replace("META", """{\"func_name\": \"add\"}""", StringComparison.Ordinal).Replace("1 2", """1\\n2""", StringComparison.Ordinal)).Single();
        Assert.Equal("1, 2", ((Check.Calls)call.Check).Inputs.Single().ToString());
    }

    [Fact]
    public void PrivateTestsAreUnpackedAndDamagedOnesAreNoPass()
    {
        string pickled = Pack("\u0080\u0004X", """[{"input": "5 6", "output": "11", "testtype": "stdin"}]""");
        PublicTask task = DataFile.Read("livecodebench", LiveCodeBench.Replace("PRIVATE", pickled, StringComparison.Ordinal).Replace("META", "{}", StringComparison.Ordinal)).Single();
        Assert.Equal(["3", "11"], ((Check.Scripts)task.Check).Outputs);
        InputException damaged = Assert.Throws<InputException>(() => DataFile.Read("livecodebench", LiveCodeBench.Replace("PRIVATE", "bm8gcGlja2xl", StringComparison.Ordinal).Replace("META", "{}", StringComparison.Ordinal)));
        Assert.Contains("line 1: its tests cannot be unpacked", damaged.Message, StringComparison.Ordinal);
        // A pickle that would call something.
        string calling = Pack("\u0080\u0004c", "os\nsystem\n");
        Assert.Throws<InputException>(() => DataFile.Read("livecodebench", LiveCodeBench.Replace("PRIVATE", calling, StringComparison.Ordinal).Replace("META", "{}", StringComparison.Ordinal)));
    }

    [Fact]
    public void ATaskWithoutTestsIsRefused()
    {
        string none = LiveCodeBench.Replace("PRIVATE", "", StringComparison.Ordinal).Replace("META", "{}", StringComparison.Ordinal).Replace("""[{\"input\": \"1 2\", \"output\": \"3\", \"testtype\": \"stdin\"}]""", "[]", StringComparison.Ordinal);
        Assert.Contains("cannot be failed", Assert.Throws<InputException>(() => DataFile.Read("livecodebench", none)).Message, StringComparison.Ordinal);
        Assert.Throws<InputException>(() => DataFile.Read("codeforces", """{"problem": "p", "tests": []}"""));
        Assert.Throws<InputException>(() => DataFile.Read("mbpp", """{"task_id": 1, "text": "t", "code": "def f(): pass", "test_list": []}"""));
    }

    [Fact]
    public void AnotherBenchmarksFileIsRefused()
    {
        InputException wrong = Assert.Throws<InputException>(() => DataFile.Read("humaneval+", """{"name": "x", "prompt": "y"}"""));
        Assert.Contains("line 1: 'task_id' is missing: give EvalPlus's HumanEvalPlus.jsonl.gz", wrong.Message, StringComparison.Ordinal);
        Assert.Throws<InputException>(() => DataFile.Read("multipl-e-js", """{"name": "x", "prompt": "y", "language": "cs", "tests": "", "stop_tokens": []}"""));
    }

    [Fact]
    public void MbppFindsTheFunctionThatItsAssertsCall()
    {
        PublicTask task = DataFile.Read("mbpp", """{"task_id": 7, "text": "t", "code": "import re\r\ndef helper(x): return x\r\ndef main(x): return helper(x)", "test_list": ["assert set(main([1])) == {1}"], "test_setup_code": ""}""").Single();
        Assert.Equal(("Mbpp/7", "main"), (task.Id, task.EntryPoint));
    }

    [Fact]
    public void LeetCodesAssertsBecomeCallsListsAndTreesIncluded()
    {
        PublicTask list = DataFile.Read("leetcode", """{"problem": "p", "solutions": "s", "tests": {"functional": "def check(candidate):\n    assert is_same_list(candidate(l = list_node([1,2])), list_node([2,1]))\n\n\ncheck(Solution().turn)"}}""").Single();
        Check.Calls calls = (Check.Calls)list.Check;
        Assert.Equal(("l=('list_node', [1, 2])", "('list_node', [2, 1])"), (calls.Inputs.Single().ToString(), calls.Expected.Single().ToString()));
        PublicTask dated = DataFile.Read("leetcode", """{"task_id": "t", "prompt": "p", "meta": {"difficulty": "Hard"}, "start_time": 1705804200, "test": "\nmy_solution = Solution()\n\ntest_input = { \"word\": \"ab\" }\nassert my_solution.push(**test_input) == 5\n"}""").Single();
        Assert.Equal(("hard", new DateOnly(2024, 1, 21)), (dated.Difficulty, dated.Date!.Value));
        Assert.Equal("word='ab'", ((Check.Calls)dated.Check).Inputs.Single().ToString());
    }

    private static string Pack(string head, string text)
    {
        using MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            zlib.Write([.. head.Select(letter => (byte)letter)]);
            if (head.EndsWith('X')) zlib.Write(BitConverter.GetBytes(bytes.Length));
            zlib.Write(bytes);
            zlib.Write("."u8);
        }

        return Convert.ToBase64String(packed.ToArray());
    }
}
