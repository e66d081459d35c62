using Plum.Evaluation.Generation;
using Plum.Tests.Sandboxes;
using Xunit;

namespace Plum.Tests.Evaluation.Generation;

/// <summary>What EvalPlus's own sanitising makes of texts, by its rules.</summary>
public sealed class EvalPlusSanitizerTests(SandboxFixture python)
{
    [Theory]
    [InlineData("Here it is:\n```python\nimport math\n\ndef f(x):\n    return math.sqrt(x)\n```\nIt is fast.", "import math\ndef f(x):\n    return math.sqrt(x)")]
    [InlineData("def g(x):\n    return x\n\ndef unused(x):\n    return x\n\ndef f(x):\n    return g(x)\n\nprint(f(1))", "def g(x):\n    return x\ndef f(x):\n    return g(x)")]
    [InlineData("LIMIT = 3\n\ndef show(x):\n    print(x)\n\ndef f(x):\n    show(x)\n    return LIMIT", "LIMIT = 3\ndef f(x):\n    show(x)\n    return LIMIT")]
    [InlineData("def f(x):\n    return 1\n\ndef f(x):\n    return 2", "def f(x):\n    return 1")]
    [InlineData("@cache\ndef g(x):\n    return x\n\ndef f(x):\n    return g(x)", "def f(x):\n    return g(x)")]
    [InlineData("class A:\n    pass\n\ndef f(x):\n    return A()\n\ndef f(", "class A:\n    pass\ndef f(x):\n    return A()")]
    public async Task OnlyWhatTheEntryPointReachesIsLeft(string text, string program) =>
        Assert.Equal(program, await new EvalPlusSanitizer(python.Sandbox).SanitizeAsync(text, "f", TestContext.Current.CancellationToken));
}
