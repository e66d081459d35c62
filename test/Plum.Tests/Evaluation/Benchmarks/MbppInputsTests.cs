using Plum.Evaluation.Benchmarks;
using Xunit;

namespace Plum.Tests.Evaluation.Benchmarks;

/// <summary>Rows of EvalPlus's table of which lists are tuples, sets and complex numbers.</summary>
public sealed class MbppInputsTests
{
    [Theory]
    [InlineData(2, "[[3, 4], [5, 7]]", "(3, 4), (5, 7)")]
    [InlineData(63, "[[[3, 5], [1, 7]]]", "[(3, 5), (1, 7)]")]
    [InlineData(75, "[[[6, 24], [7, 9]], 6]", "[(6, 24), (7, 9)], 6")]
    [InlineData(106, "[[5, 6], [9, 10]]", "[5, 6], (9, 10)")]
    [InlineData(115, "[[[1, 2], [], {}]]", "[{1, 2}, {}, {}]")]
    [InlineData(124, "[\"0\", \"1j\"]", "0.0, 1j")]
    [InlineData(124, "[\"-1\", \"(-0-1e-16j)\"]", "-1.0, (-0-1e-16j)")]
    [InlineData(252, "[\"(1-5.5j)\"]", "(1-5.5j)")]
    [InlineData(259, "[[[1, 3], [4, 5]], [[6, 7], [3, 9]]]", "((1, 3), (4, 5)), ((6, 7), (3, 9))")]
    [InlineData(278, "[[1, [2, 3], 4]]", "(1, (2, 3), 4)")]
    [InlineData(307, "[[\"HELLO\", 5, [], true], 2, 50]", "('HELLO', 5, [], True), 2, 50")]
    [InlineData(580, "[[4, [7, [1, 2]]]]", "(4, (7, (1, 2)))")]
    [InlineData(722, "[{\"a\": [6.2, 70]}, 6.0, 70]", "{'a': (6.2, 70)}, 6.0, 70")]
    [InlineData(404, "[Infinity, -Infinity]", "float('inf'), float('-inf')")]
    [InlineData(3, "[[1, 2]]", "[1, 2]")]
    public void AListIsWhatItsTaskMeansByIt(int task, string json, string arguments)
    {
        PublicTask read = DataFile.Read("mbpp+", DataFile.EvalPlus($"Mbpp/{task}", "f", "", $"[{json}]")).Single();
        Assert.Equal(arguments, ((Check.Differential)read.Check).Base.Single().ToString());
    }
}
