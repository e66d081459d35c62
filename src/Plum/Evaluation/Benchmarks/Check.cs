using Plum.Sandboxes;

namespace Plum.Evaluation.Benchmarks;

/// <summary>How a program for a task is judged. One kind a way of testing, not one a benchmark.</summary>
public abstract record Check
{
    private Check()
    {
    }

    /// <summary>The program does what a canonical solution does, on inputs of two sets: EvalPlus's way.</summary>
    /// <param name="EntryPoint">The function that is called.</param>
    /// <param name="Canonical">The canonical solution, a whole program.</param>
    /// <param name="Base">The inputs of the benchmark itself.</param>
    /// <param name="Plus">EvalPlus's further inputs; empty where only the base counts.</param>
    /// <param name="Tolerance">The absolute tolerance that the task states; 0 for none.</param>
    /// <param name="Oracle">How results are compared beside equality.</param>
    /// <param name="Fingerprint">Names what the expected outputs follow from; they are kept under this name.</param>
    /// <param name="HasPlus">Whether the further inputs count; one task has none of its own.</param>
    /// <param name="HeldMegabytes">What EvalPlus's own process holds of its 4 GiB when a program of this benchmark starts, in MiB.</param>
    public sealed record Differential(
        string EntryPoint,
        string Canonical,
        IReadOnlyList<Call> Base,
        IReadOnlyList<Call> Plus,
        double Tolerance,
        SpecialOracle Oracle,
        string Fingerprint,
        bool HasPlus,
        int HeldMegabytes) : Check;

    /// <summary>Python test code: asserts, or a <c>check(candidate)</c>.</summary>
    /// <param name="EntryPoint">The function under test, or an expression for it.</param>
    /// <param name="Tests">Texts of test code.</param>
    /// <param name="Prelude">Trusted code that the tests need before them.</param>
    /// <param name="CpuMilliseconds">CPU time of the whole program.</param>
    public sealed record TestCode(string EntryPoint, IReadOnlyList<string> Tests, string Prelude, int CpuMilliseconds) : Check;

    /// <summary>Calls of a function and the values that they have to return.</summary>
    /// <param name="EntryPoint">The function, or the method of a class <c>Solution</c>.</param>
    /// <param name="Inputs">The calls.</param>
    /// <param name="Expected">What each has to return.</param>
    /// <param name="CpuMillisecondsPerCall">CPU time of one call.</param>
    public sealed record Calls(string EntryPoint, IReadOnlyList<Call> Inputs, IReadOnlyList<TypedValue> Expected, int CpuMillisecondsPerCall) : Check;

    /// <summary>Runs of a script and what they have to print.</summary>
    /// <param name="Inputs">What each run reads.</param>
    /// <param name="Outputs">What it has to print.</param>
    /// <param name="CpuMillisecondsPerRun">CPU time of one run.</param>
    public sealed record Scripts(IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, int CpuMillisecondsPerRun) : Check;

    /// <summary>A program of another language with its test behind it: MultiPL-E's way.</summary>
    /// <param name="Language">The sandbox's row.</param>
    /// <param name="Test">The text that follows the program.</param>
    public sealed record Whole(Language Language, string Test) : Check;
}

/// <summary>EvalPlus's oracles for tasks with more than one right answer (<c>eval/_special_oracle.py</c>).</summary>
public enum SpecialOracle
{
    /// <summary>Equality, or closeness of floats.</summary>
    None,

    /// <summary>HumanEval/32: any root of the polynomial that was given.</summary>
    Root,

    /// <summary>Mbpp/164: EvalPlus accepts every value.</summary>
    Anything,

    /// <summary>Mbpp/295: 0 is accepted too.</summary>
    OrZero,

    /// <summary>Mbpp/581: the height may be the pyramid's own instead of the slant one.</summary>
    PyramidSurface,

    /// <summary>Mbpp/558: numbers may be padded with zeros to one length.</summary>
    PaddedDigits,

    /// <summary>Eight tasks of MBPP whose order and container are free.</summary>
    SameMembers,

    /// <summary>Three tasks of MBPP that return a match or None: only which of both counts.</summary>
    NotNone,
}
