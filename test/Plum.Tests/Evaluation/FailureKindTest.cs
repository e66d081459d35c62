using Plum.Evaluation;
using Xunit;

namespace Plum.Tests.Evaluation;

public sealed class FailureKindTest
{
    private static string? Kind(CaseOutcome outcome, string program = "p", string? form = "f", string? exception = null) => FailureKind.Of(
        new Candidate("t", 0, program, program, [], [], "stop", 0, 0),
        new Verdict("t", 0, outcome == CaseOutcome.Passed, [CaseOutcome.Passed, outcome], new(1, "", "1", null, exception), form, 0, ""));

    [Fact]
    public void EveryKindHasItsName()
    {
        Assert.Null(Kind(CaseOutcome.Passed));
        Assert.Equal("wrong_answer", Kind(CaseOutcome.Failed));
        Assert.Equal("TypeError", Kind(CaseOutcome.Failed, exception: "TypeError: no: way"));
        Assert.Equal("AssertionError", Kind(CaseOutcome.Failed, exception: "AssertionError"));
        Assert.Equal("timeout", Kind(CaseOutcome.TimedOut));
        Assert.Equal("crashed", Kind(CaseOutcome.Crashed));
        Assert.Equal("undecided", Kind(CaseOutcome.Undecided, program: ""));
        Assert.Equal("syntax", Kind(CaseOutcome.Failed, form: null, exception: "SyntaxError: bad"));
        Assert.Equal("no_program", Kind(CaseOutcome.Failed, program: "", form: null));
    }
}
