using Xunit;

namespace Plum.Tests.Instructions;

/// <summary>A row of each layout gives the instruction that it should, and nothing of its answer or tests but a function's head.</summary>
public sealed class LayoutTest
{
    public static TheoryData<string, string, string, string, string> Rows => new()
    {
        { "plum", """{"id": "p-1", "instruction": "Add 2 to n.", "entry_point": "solve", "family": "sums"}""", "p-1", "solve", "Add 2 to n." },
        { "humaneval", """{"task_id": "HumanEval/7", "prompt": "def twice(n: int) -> int:\n    \"\"\" Double n.\n    \"\"\"\n", "entry_point": "twice", "canonical_solution": "    return 2 * n # secret\n", "test": "assert secret"}""", "HumanEval/7", "twice", "Complete this Python function:\n\n```python\ndef twice(n: int) -> int:\n    \"\"\" Double n.\n    \"\"\"\n```" },
        { "mbpp", """{"text": "Write a function to double a number.", "code": "def helper(n):\r\n    return n # secret\r\ndef twice(n):\r\n    return helper(n) * 2", "task_id": 12, "test_list": ["assert twice(2) == 4 # secret"]}""", "Mbpp/12", "twice", "Write a function to double a number.\n\nWrite a function `twice(n)` that returns the result." },
        { "mbpp", """{"prompt": "Write a function to double a number.", "code": "def twice(n): return 2 * n", "task_id": 12, "test_list": []}""", "Mbpp/12", "twice", "Write a function to double a number.\n\nWrite a function `twice(n)` that returns the result." },
        { "oss-instruct", """{"lang": "python", "raw_index": 4, "index": 9, "seed": "x", "problem": "Write a function `twice` that returns the double of a number.", "solution": "```python\ndef twice(n):\n    return 2 * n # secret\n```"}""", "oss-instruct-4", "twice", "Write a function `twice` that returns the double of a number." },
        { "evol-instruct", """{"instruction": "Write a Python function that returns the double of n.", "output": "Sure:\n```python\ndef double(n):\n    return 2 * n # secret\n```"}""", "evol-instruct-*", "double", "Write a Python function that returns the double of n.\n\nWrite a function `double(n)`." },
        { "code-alpaca", """{"instruction": "Generate a Python function for the following:", "input": "Return the double of n.", "output": "def double(n): return 2 * n # secret"}""", "code-alpaca-*", "double", "Generate a Python function for the following:\n\nReturn the double of n.\n\nWrite a function `double(n)`." },
        { "code-alpaca", """{"instruction": "Write a Python function that sorts a list and returns it.", "input": "[3, 1]", "output": "def sort_list(values): return sorted(values) # secret"}""", "code-alpaca-*", "sort_list", "Write a Python function that sorts a list and returns it.\n\nInput:\n[3, 1]\n\nWrite a function `sort_list(values)`." },
        { "code-alpaca", """{"instruction": "Write a Python function that returns the double of n.", "input": "<noinput>", "output": "def double(n): return 2 * n"}""", "code-alpaca-*", "double", "Write a Python function that returns the double of n.\n\nWrite a function `double(n)`." },
        { "seed-tasks", """{"id": "seed_task_3", "name": "x", "instruction": "Write a Python function that returns the double of n.", "instances": [{"input": "", "output": "def double(n): return 2 * n"}], "is_classification": false}""", "seed_task_3", "double", "Write a Python function that returns the double of n.\n\nWrite a function `double(n)`." },
        { "octopack", """{"prompt": "Write a Python function that returns the double of n.", "completion": "def double(n): return 2 * n # secret"}""", "octopack-*", "double", "Write a Python function that returns the double of n.\n\nWrite a function `double(n)`." },
        { "sharegpt", """{"id": "s1", "conversations": [{"from": "system", "value": "Be kind."}, {"from": "human", "value": "Write a Python function that returns the double of n."}, {"from": "gpt", "value": "def double(n): return 2 * n # secret"}, {"from": "human", "value": "Thanks."}]}""", "s1", "double", "Write a Python function that returns the double of n.\n\nWrite a function `double(n)`." },
        { "messages", """{"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Write a Python function that returns the double of n."}, {"role": "assistant", "content": "def double(n): return 2 * n"}]}""", "messages-*", "double", "Write a Python function that returns the double of n.\n\nWrite a function `double(n)`." },
        { "leetcode", """{"problem": "Please solve the programming task below using a self-contained code snippet in a markdown code block.\n\nGiven n, return its double.\nPlease complete the following python code precisely:\n```python\nclass Solution:\n    def twice(self, n: int) -> int:\n```", "solutions": "class Solution:\n    def twice(self, n: int) -> int:\n        return 2 * n # secret", "tests": {"functional": "secret"}}""", "leetcode-*", "twice", "Given n, return its double.\n\nWrite a function `twice(n: int) -> int`." },
        { "leetcode", """{"task_id": "weekly-1", "prompt": "x", "prompt_sft": "Return the double of n.\n\nPlease complete the code below to solve above prblem:\n```python\nclass Solution:\n    def twice(self, n: int) -> int:\n        \n```", "test": "secret", "meta": {"difficulty": "Easy"}}""", "weekly-1", "twice", "Return the double of n.\n\nWrite a function `twice(n: int) -> int`." },
        { "livecodebench", """{"question_id": "q7", "question_content": "Given n, return its double.", "starter_code": "class Solution:\n    def twice(self, n: int) -> int:\n        ", "difficulty": "easy"}""", "q7", "twice", "Given n, return its double.\n\nWrite a function `twice(n: int) -> int`." },
        { "apps", """{"problem_id": 5, "question": "Given n, return its double.", "solutions": "[\"def twice(n):\\n    return 2 * n # secret\"]", "starter_code": ""}""", "apps-5", "twice", "Given n, return its double.\n\nWrite a function `twice(n)`." },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task ARowGivesItsInstruction(string layout, string row, string id, string entryPoint, string text)
    {
        Imported imported = await Imported.OfTextAsync("rows.jsonl", row);
        Instruction made = Assert.Single(imported.Instructions);
        Assert.Equal((layout, entryPoint, text), (imported.Report.Figures.Files[0].Layout, made.EntryPoint, made.Text));
        if (id.EndsWith('*')) Assert.Matches($"^{id[..^1]}[0-9a-f]{{12}}$", made.Id);
        else Assert.Equal(id, made.Id);
        Assert.DoesNotContain("secret", made.Text);
    }

    [Fact]
    public async Task ColumnsCanBeNamedOverALayoutAndWithoutOne()
    {
        const string Row = """{"body": {"ask": ["no", "Write a Python function that returns the double of n."]}, "key": 7, "kind": "sums", "lang": "Python3", "code": "def double(n): ..."}""";
        Imported imported = await Imported.OfTextAsync("rows.jsonl", Row, new(Columns: ["instruction=$.body.ask[-1]", "id=key", "family=kind", "language=lang", "answer=code"]));
        Instruction made = Assert.Single(imported.Instructions);
        Assert.Equal(("columns-7", "sums", "double"), (made.Id, made.Family, made.EntryPoint));

        Imported over = await Imported.OfTextAsync("rows.jsonl", """{"instruction": "x", "output": "y", "messages_json": "[{\"role\": \"user\", \"content\": \"Write a Python function that doubles n.\"}]"}""", new(Columns: ["instruction=messages_json[role=user].content"]));
        Assert.StartsWith("Write a Python function that doubles n.", Assert.Single(over.Instructions).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"foo": "x", "bar": 1}""", null, null, "foo, bar", "--column instruction=KEY")]
    [InlineData("""{"foo": "x"}""", "instructions=foo", null, "did you mean instruction?", "entry_point")]
    [InlineData("""{"foo": "x"}""", "instruction", null, "NAME=PATH", "")]
    [InlineData("""{"foo": "x"}""", "instruction=a..b", null, "not a path", "a..b")]
    [InlineData("""{"foo": "x"}""", "instruction=", null, "the path is empty", "")]
    [InlineData("""{"foo": "x"}""", "instruction=nothing", null, "no row has 'nothing'", "")]
    [InlineData("""{"foo": "x"}""", null, "mbp", "did you mean mbpp?", "")]
    public async Task WhatCannotBeUnderstoodIsToldWithARemedy(string row, string? column, string? layout, string said, string remedy)
    {
        InputException refused = await Assert.ThrowsAsync<InputException>(() => Imported.OfTextAsync("rows.jsonl", row, new(Columns: column is null ? null : [column], Layout: layout)));
        Assert.Contains(said, refused.Message);
        Assert.Contains(remedy, refused.Message);
    }
}
