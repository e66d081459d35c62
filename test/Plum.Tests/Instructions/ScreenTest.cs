using System.Text.Json.Nodes;
using Plum.Instructions;
using Xunit;

namespace Plum.Tests.Instructions;

/// <summary>What is let through, and under which reason the rest is counted.</summary>
public sealed class ScreenTest
{
    private static string Row(string instruction, string answer) => new JsonObject { ["instruction"] = instruction, ["output"] = answer }.ToJsonString();

    [Theory]
    [InlineData("Write a function that counts vowels.", "")]
    [InlineData("Given a list of numbers, return the largest.", "")]
    [InlineData("I want a Python function that adds two numbers, no Java.", "")]
    [InlineData("请用 Python 语言编写一段快速排序的代码？", "当然：\n```python\ndef quick_sort(arr):\n    return sorted(arr)\n```")]
    [InlineData("Define una función que sume 2 numeros", "def suma(a, b):\n    return a + b")]
    public async Task ATaskForAFunctionIsKept(string instruction, string answer) =>
        Assert.Single((await Imported.OfTextAsync("a.jsonl", Row(instruction, answer))).Instructions);

    [Theory]
    [InlineData("", "", DropReason.Empty)]
    [InlineData("Sort it.", "", DropReason.TooShort)]
    [InlineData("What is the capital of France, please?", "Paris", DropReason.NoProgram)]
    [InlineData("Write a script for a comedy sketch about pasta.", "Chef: ...", DropReason.NoProgram)]
    [InlineData("Write unit tests for the function below.\ndef f(x): return x", "", DropReason.NoProgram)]
    [InlineData("Fix default legend type detection\nclass LegendList:\n    def f(self): ...", "def g(x): return x", DropReason.NoProgram)]
    [InlineData("Write a function in Java that counts vowels.", "", DropReason.OtherLanguage)]
    [InlineData("Write a function that counts vowels.", "```javascript\nfunction count(s) { return 0; }\n```", DropReason.OtherLanguage)]
    [InlineData("Write a program that counts vowels.", "#include <iostream>\nint main() {}", DropReason.OtherLanguage)]
    [InlineData("Write a Python program that asks the user for a number and prints it.", "", DropReason.StandardInput)]
    [InlineData("Write a Python class named Stack with a method for push.", "", DropReason.AsksForClass)]
    [InlineData("Write a Python script that downloads a web page.", "", DropReason.OutsideWorld)]
    [InlineData("Напиши функцию, которая ищет в гугле на python.", "import requests\ndef google(query):\n    return requests.get(query)", DropReason.OutsideWorld)]
    [InlineData("Write a Python function that reverses a linked list.", "def reverse(head): return head", DropReason.CustomTypes)]
    public async Task TheRestIsCountedByItsReason(string instruction, string answer, DropReason reason)
    {
        // A row that is kept stands beside it: a file without any instruction is an error.
        Imported imported = await Imported.OfTextAsync("a.jsonl", $"{Row(instruction, answer)}\n{Row("Write a Python function `double` of n.", "")}");
        Assert.Equal(1, imported.Dropped(reason));
        Assert.Equal(["double"], imported.Instructions.Select(made => made.EntryPoint));
        Assert.Equal(reason, Assert.Single(imported.Report.Unusable).Reason);
    }

    [Fact]
    public async Task AnotherLanguageOrAnyCanBeWanted()
    {
        string rows = $"{Row("Write a function in Java that counts vowels in a text.", "")}\n{Row("Write a Python function that sorts the words of a text.", "")}";
        Assert.Contains("Java", Assert.Single((await Imported.OfTextAsync("a.jsonl", rows, new(Language: "Java"))).Instructions).Text);
        Assert.Equal(2, (await Imported.OfTextAsync("a.jsonl", rows, new(Language: null))).Instructions.Count);
        Assert.Contains("klingon", (await Assert.ThrowsAsync<InputException>(() => Imported.OfTextAsync("a.jsonl", rows, new(Language: "klingon")))).Message);
    }
}
