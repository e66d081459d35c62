using System.Text.Json.Nodes;
using Plum.Instructions;
using Xunit;

namespace Plum.Tests.Instructions;

/// <summary>Which function is asked for, and how the text says so in the end.</summary>
public sealed class EntryPointTest
{
    private static Task<Imported> OfAsync(string instruction, string answer) =>
        Imported.OfTextAsync("a.jsonl", new JsonObject { ["instruction"] = instruction, ["output"] = answer }.ToJsonString());

    [Theory]
    // A head in the text, whatever the answer is called.
    [InlineData("Complete the function:\ndef area(width, height):\n    \"\"\"Its product.\"\"\"", "def other(x): return x", "area", EntryPointOrigin.Text, null)]
    [InlineData("Implement this Python function.\n```python\ndef area(\n    width: float,\n    height: float = 1.0,\n) -> float:\n```", "", "area", EntryPointOrigin.Text, null)]
    // Of several the unfinished one.
    [InlineData("Complete the code:\ndef helper(x):\n    return x\n\ndef area(w, h):\n    pass", "", "area", EntryPointOrigin.Text, null)]
    // A head in the answer; of several the one that is named, else the one that no other calls.
    [InlineData("Write a Python function for the area of a box.", "def helper(x):\n    return x\ndef box_area(w, h):\n    return helper(w) * h", "box_area", EntryPointOrigin.Answer, "Write a function `box_area(w, h)` that returns the result.")]
    [InlineData("Write a Python function, say box_area, to use.", "def box_area(w, h):\n    return w * h\ndef demo(x):\n    return box_area(x, x)", "box_area", EntryPointOrigin.Answer, null)]
    [InlineData("Write a Python method for the area of a box.", "class Solution:\n    def area(self, w: int, h: int) -> int:\n        return self.mul(w, h)\n    def mul(self, w, h):\n        return w * h", "area", EntryPointOrigin.Answer, "Write a function `area(w: int, h: int) -> int` that returns the result.")]
    // A name in the text.
    [InlineData("Write a Python function `box_area` for the area of a box.", "", "box_area", EntryPointOrigin.Named, null)]
    [InlineData("Write a Python function called box_area for it.", "print(1)", "box_area", EntryPointOrigin.Named, null)]
    [InlineData("Write Python code so that `area(w, h)` is the area; use `len(x)` nowhere.", "", "area", EntryPointOrigin.Named, null)]
    // No name: words of the text.
    [InlineData("Write a Python program to find the largest prime below n.", "print(1)", "find_largest_prime_below", EntryPointOrigin.Derived, "Write a function `find_largest_prime_below(...)` that returns the result.")]
    [InlineData("Write a program to compute the sum of integers from k to n.", "def sum(k, n):\n    return 0", "compute_sum_integers_k", EntryPointOrigin.Derived, "Write a function `compute_sum_integers_k(k, n)` that returns the result.")]
    [InlineData("Напиши код на python, функцию: сумма.", "", "solve", EntryPointOrigin.Derived, null, "code-alpaca")]
    public async Task TheFunctionIsFound(string instruction, string answer, string name, EntryPointOrigin origin, string? end, string layout = "")
    {
        Imported imported = layout.Length == 0 ? await OfAsync(instruction, answer)
            : await Imported.OfTextAsync("a.jsonl", new JsonObject { ["problem"] = instruction, ["tests"] = "" }.ToJsonString());
        Instruction made = Assert.Single(imported.Instructions);
        Assert.Equal(name, made.EntryPoint);
        Assert.Equal([origin], imported.Report.Figures.EntryPoints.Keys);
        Assert.StartsWith(instruction, made.Text, StringComparison.Ordinal);
        if (end is not null) Assert.EndsWith($"\n\n{end}", made.Text, StringComparison.Ordinal);
        Assert.Contains(name, made.Text);
    }

    [Theory]
    [InlineData("Complete the code:\ndef one(x):\n    return two(x)\n\ndef two(x):\n    return one(x)", "", DropReason.SeveralFunctions)]
    [InlineData("Write a Python function to add.", "class Adder:\n    def __init__(self):\n        self.total = 0\n    def add(self, n):\n        self.total += n", DropReason.AsksForClass)]
    [InlineData("Write a Python function to reverse.", "def reverse(head: Optional[ListNode]) -> Optional[ListNode]:\n    pass", DropReason.CustomTypes)]
    [InlineData("Write a Python function for the answer.", "def answer():\n    return 42", DropReason.NoArguments)]
    public async Task WhereNoneCanBeToldOrCalledTheReasonIsCounted(string instruction, string answer, DropReason reason) =>
        Assert.Equal(1, (await OfAsync(instruction, answer)).Dropped(reason));
}
