using System.Numerics;

namespace Plum.Sandboxes;

/// <summary>What a call has to give, in words of plain data.</summary>
public abstract record Expectation
{
    private Expectation()
    {
    }

    /// <summary>True where the call's result is as expected.</summary>
    /// <param name="result">The result.</param>
    public abstract bool Holds(CallResult result);

    /// <summary><c>f(...) == value</c>, by <see cref="PythonEquality"/>.</summary>
    /// <param name="Value">The value.</param>
    public sealed record Equal(TypedValue Value) : Expectation
    {
        /// <inheritdoc/>
        public override bool Holds(CallResult result) => result.Value is { } got && PythonEquality.Equal(Value, got);
    }

    /// <summary><c>f(...) is value</c>, for <c>None</c>, <c>True</c> and <c>False</c>.</summary>
    /// <param name="Value">The value.</param>
    public sealed record Is(TypedValue Value) : Expectation
    {
        /// <inheritdoc/>
        public override bool Holds(CallResult result) => Value.Equals(result.Value);
    }

    /// <summary><c>f(...) in [a, b]</c>.</summary>
    /// <param name="Values">The values that are allowed.</param>
    public sealed record OneOf(IReadOnlyList<TypedValue> Values) : Expectation
    {
        /// <inheritdoc/>
        public override bool Holds(CallResult result) => result.Value is { } got && Values.Any(value => PythonEquality.Equal(value, got));
    }

    /// <summary><c>abs(f(...) - value) &lt; tolerance</c>, or <c>math.isclose</c>.</summary>
    /// <param name="Value">The number.</param>
    /// <param name="Absolute">The largest distance.</param>
    /// <param name="Relative">The largest distance as a share of the larger of the two; 0 for none.</param>
    /// <param name="Strict">True where the distance itself is too far.</param>
    public sealed record Close(double Value, double Absolute, double Relative = 0, bool Strict = false) : Expectation
    {
        /// <inheritdoc/>
        public override bool Holds(CallResult result)
        {
            double? number = result.Value switch
            {
                TypedValue.Float(double real) => real,
                TypedValue.Int(BigInteger whole) => (double)whole,
                TypedValue.Bool(bool flag) => flag ? 1 : 0,
                _ => null,
            };
            if (number is not { } got)
                return false;
            double distance = Math.Abs(got - Value);
            double allowed = Math.Max(Absolute, Relative * Math.Max(Math.Abs(got), Math.Abs(Value)));
            return got == Value && !Strict || (Strict ? distance < allowed : distance <= allowed);
        }
    }

    /// <summary>
    /// <c>with pytest.raises(E): f(...)</c>. Known by name: a built-in exception counts for those it derives from, an exception
    /// of the program's own for itself alone.
    /// </summary>
    /// <param name="Exception">The exception's name; <c>Exception</c> allows any but those that end a program.</param>
    public sealed record Raises(string Exception) : Expectation
    {
        private static readonly Dictionary<string, string[]> Derived = new()
        {
            ["ArithmeticError"] = ["FloatingPointError", "OverflowError", "ZeroDivisionError"],
            ["ImportError"] = ["ModuleNotFoundError"],
            ["LookupError"] = ["IndexError", "KeyError"],
            ["NameError"] = ["UnboundLocalError"],
            ["OSError"] = ["OSError", "FileNotFoundError", "FileExistsError", "PermissionError", "NotADirectoryError", "IsADirectoryError", "BlockingIOError", "TimeoutError"],
            ["RuntimeError"] = ["NotImplementedError", "RecursionError"],
            ["SyntaxError"] = ["IndentationError", "TabError"],
            ["ValueError"] = ["JSONDecodeError", "UnicodeDecodeError", "UnicodeEncodeError", "UnicodeError"],
        };

        /// <inheritdoc/>
        public override bool Holds(CallResult result) => result.Status == CallStatus.Raised && result.Exception!.Split(':')[0] is var raised
            && (raised == Exception || Exception is "BaseException"
                || Exception is "Exception" && raised is not ("SystemExit" or "KeyboardInterrupt" or "GeneratorExit")
                || Derived.TryGetValue(Exception is "IOError" or "EnvironmentError" ? "OSError" : Exception, out string[]? derived) && derived.Contains(raised));
    }
}
