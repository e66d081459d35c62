using System.Text;

namespace Plum.Text.Jinja;

/// <summary>Python's arithmetic, concatenation and comparison, with its errors.</summary>
internal static class PythonOperators
{
    public static object? Unary(char sign, object? value) => value switch
    {
        Undefined undefined => throw undefined.Error(),
        bool flag => (object)((flag ? 1L : 0L) * (sign == '-' ? -1 : 1)),
        long number => (object)(sign == '-' ? -number : number),
        double number => sign == '-' ? -number : number,
        _ => throw JinjaException.Type($"bad operand type for unary {sign}: '{PythonValue.TypeName(value)}'"),
    };

    public static object? Binary(string sign, object? left, object? right)
    {
        if (sign == "~") return Sized(PythonValue.Text(left), PythonValue.Text(right));
        if (left is Undefined first) throw first.Error();
        if (right is Undefined second) throw second.Error();
        if (sign == "%" && left is string format) return PrintfFormat.Apply(format, right);
        if (PythonValue.Number(left) is { } x && PythonValue.Number(right) is { } y)
            return left is double || right is double ? Reals(sign, x, y) : Integers(sign, (long)x, (long)y, left, right);
        return (sign, left, right) switch
        {
            ("+", string a, string b) => Sized(a, b),
            ("+", PythonTuple a, PythonTuple b) => new PythonTuple([.. a, .. b]),
            ("+", List<object?> a, List<object?> b) when a is not PythonTuple && b is not PythonTuple => new List<object?>([.. a, .. b]),
            ("*", string a, long b) => Repeat(a, b),
            ("*", long a, string b) => Repeat(b, a),
            ("*", List<object?> a, long b) => Repeat(a, b),
            ("*", long a, List<object?> b) => Repeat(b, a),
            ("+", string, _) => throw JinjaException.Type($"can only concatenate str (not \"{PythonValue.TypeName(right)}\") to str"),
            ("+", List<object?>, _) => throw JinjaException.Type($"can only concatenate {PythonValue.TypeName(left)} (not \"{PythonValue.TypeName(right)}\") to {PythonValue.TypeName(left)}"),
            _ => throw JinjaException.Type($"unsupported operand type(s) for {(sign == "**" ? "** or pow()" : sign)}: '{PythonValue.TypeName(left)}' and '{PythonValue.TypeName(right)}'"),
        };
    }

    public static bool Compare(string sign, object? left, object? right) => sign switch
    {
        "==" => PythonEquality.Comparer.Equals(left, right),
        "!=" => !PythonEquality.Comparer.Equals(left, right),
        "<" => PythonEquality.Compare(left, right, sign) < 0,
        "<=" => PythonEquality.Compare(left, right, sign) <= 0,
        ">" => PythonEquality.Compare(left, right, sign) > 0,
        ">=" => PythonEquality.Compare(left, right, sign) >= 0,
        "in" => Contains(right, left),
        _ => !Contains(right, left),
    };

    public static bool Contains(object? container, object? item) => (container, item) switch
    {
        (string text, string part) => text.Contains(part, StringComparison.Ordinal),
        (string, Undefined undefined) => throw undefined.Error(),
        (string, _) => throw JinjaException.Type($"'in <string>' requires string as left operand, not {PythonValue.TypeName(item)}"),
        (PythonDictionary dictionary, _) => item is not null && dictionary.ContainsKey(item),
        (List<object?> or PythonGenerator or Undefined, _) => PythonValue.Items(container).Exists(other => PythonEquality.Comparer.Equals(other, item)),
        _ => throw JinjaException.Type($"argument of type '{PythonValue.TypeName(container)}' is not iterable"),
    };

    private static double Reals(string sign, double x, double y) => sign switch
    {
        "+" => x + y,
        "-" => x - y,
        "*" => x * y,
        "/" => y != 0 ? x / y : throw Zero("float division by zero"),
        "//" => y != 0 ? Math.Floor(x / y) : throw Zero("float floor division by zero"),
        "%" => y != 0 ? x - (y * Math.Floor(x / y)) : throw Zero("float modulo"),
        _ => Math.Pow(x, y),
    };

    private static object Integers(string sign, long x, long y, object? left, object? right)
    {
        (x, y) = (left is long a ? a : x, right is long b ? b : y);
        try
        {
            return sign switch
            {
                "+" => (object)checked(x + y),
                "-" => (object)checked(x - y),
                "*" => (object)checked(x * y),
                "/" => y != 0 ? (object)(x / (double)y) : throw Zero("division by zero"),
                "//" => y != 0 ? (object)FloorDivide(x, y) : throw Zero("integer division or modulo by zero"),
                "%" => y != 0 ? (object)checked(x - (y * FloorDivide(x, y))) : throw Zero("integer division or modulo by zero"),
                _ => y < 0 ? Math.Pow(x, y) : (object)Power(x, y),
            };
        }
        catch (OverflowException)
        {
            throw new JinjaException("OverflowError", "an integer of more than 64 bits is not supported");
        }
    }

    private static long FloorDivide(long x, long y) => (x / y) - (x % y != 0 && x < 0 != y < 0 ? 1 : 0);

    private static long Power(long x, long y)
    {
        long result = 1;
        for (; y > 0; y >>= 1)
        {
            if ((y & 1) != 0) result = checked(result * x);
            if (y > 1) x = checked(x * x);
        }

        return result;
    }

    private static JinjaException Zero(string message) => new("ZeroDivisionError", message);

    private static string Sized(string left, string right)
    {
        Budget.CheckSize((long)left.Length + right.Length);
        return left + right;
    }

    private static string Repeat(string text, long times)
    {
        Budget.CheckSize(times <= 0 || text.Length == 0 ? 0 : Math.BigMul(text.Length, (int)Math.Min(times, int.MaxValue)));
        return times <= 0 || text.Length == 0 ? "" : new StringBuilder().Insert(0, text, (int)times).ToString();
    }

    private static List<object?> Repeat(List<object?> list, long times)
    {
        Budget.CheckSize(times <= 0 ? 0 : Math.BigMul(list.Count, (int)Math.Min(times, int.MaxValue)));
        IEnumerable<object?> items = Enumerable.Range(0, (int)Math.Max(0, list.Count == 0 ? 0 : times)).SelectMany(_ => list);
        return list is PythonTuple ? new PythonTuple(items) : [.. items];
    }
}
