namespace Plum;

/// <summary>Stage 1's product for one instruction: the tests that execution left standing, and why the others fell.</summary>
/// <param name="InstructionId">The instruction the tests belong to.</param>
/// <param name="EntryPoint">The function that is called; empty for whole programs, whose cases are standard inputs and outputs.</param>
/// <param name="Cases">The tests kept; empty where the instruction was dropped.</param>
/// <param name="DropReason">Why the whole instruction was dropped, see <c>Suites.SuiteReasons</c>; null where it was kept.</param>
/// <param name="Dropped">The tests that were not kept, with their reasons.</param>
/// <param name="References">The teacher's reference programs, most agreed-with first.</param>
/// <param name="ReferenceCpuMilliseconds">CPU time of the slowest reference over all kept cases; candidates' limits follow it. Null where it was not measured.</param>
/// <param name="SelfConsistency">The share of the teacher's reference samples that pass the kept cases; null where there are none.</param>
/// <param name="Test">Test code in the programs' language instead of cases: asserts or a <c>check</c> in Python; elsewhere what, put behind a
/// program, makes it whole (MultiPL-E). Null where the cases are the test.</param>
/// <param name="PaperConsistency">The share of the teacher's whole answers whose own tests pass on their own reference, as the paper counts; null where
/// none was asked for, or none held both.</param>
/// <param name="TeacherAgreement">How far teachers agree about the inputs, two by two; null where fewer than two wrote references.</param>
public sealed record TestSuite(
    string InstructionId,
    string EntryPoint,
    IReadOnlyList<TestCase> Cases,
    string? DropReason = null,
    IReadOnlyList<DroppedTest>? Dropped = null,
    IReadOnlyList<string>? References = null,
    double? ReferenceCpuMilliseconds = null,
    double? SelfConsistency = null,
    string? Test = null,
    double? PaperConsistency = null,
    IReadOnlyList<TeacherAgreement>? TeacherAgreement = null);

/// <summary>A test that the filter did not keep.</summary>
/// <param name="Arguments">The call's arguments, a Python literal list.</param>
/// <param name="Reason">Why: one of the reasons in <c>Suites.SuiteReasons</c>, such as <c>disagreement</c>.</param>
/// <param name="Agreement">The share of the voting references that gave the most frequent answer; 0 where none was asked.</param>
public sealed record DroppedTest(string Arguments, string Reason, double Agreement);

/// <summary>How far two teachers agree: each has the answer to an input that most of its references give.</summary>
/// <param name="First">One of them.</param>
/// <param name="Second">The other.</param>
/// <param name="Inputs">The inputs to which both have an answer.</param>
/// <param name="Agreed">... and have the same.</param>
public sealed record TeacherAgreement(string First, string Second, int Inputs, int Agreed)
{
    /// <summary>The share of the inputs on which they agree; 0 where there are none.</summary>
    public double Share => Inputs > 0 ? (double)Agreed / Inputs : 0;
}
