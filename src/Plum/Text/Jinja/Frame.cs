using System.Text;

namespace Plum.Text.Jinja;

/// <summary>The limits of one rendering: a template is somebody else's program.</summary>
internal sealed class Budget
{
    private const int MostSteps = 5_000_000;
    private const int MostCharacters = 64 << 20;
    private const int DeepestCalls = 200;

    private int steps;
    private int depth;

    public void Step()
    {
        if (++steps > MostSteps) throw new JinjaException("SecurityError", "the template runs for too long");
    }

    public void Enter()
    {
        if (++depth > DeepestCalls) throw new JinjaException("RecursionError", "maximum recursion depth exceeded");
    }

    public void Leave() => depth--;

    public static void CheckSize(long characters)
    {
        if (characters > MostCharacters) throw new JinjaException("SecurityError", "the template's text grows too long");
    }
}

/// <summary>A scope of variables within the scope around it, and where output goes.</summary>
internal sealed class Frame(Frame? outer, StringBuilder output, Budget budget)
{
    private readonly Dictionary<string, object?> variables = new(StringComparer.Ordinal);

    public StringBuilder Output { get; } = output;

    public Budget Budget { get; } = budget;

    public Frame Inner(StringBuilder? captured = null) => new(this, captured ?? Output, Budget);

    public object? this[string name]
    {
        get
        {
            for (Frame? frame = this; frame is not null; frame = frame.Outer)
            {
                if (frame.variables.TryGetValue(name, out object? value)) return value;
            }

            return new Undefined($"'{name}' is undefined");
        }

        set => variables[name] = value;
    }

    private Frame? Outer { get; } = outer;

    public void Write(string text)
    {
        Output.Append(text);
        Budget.CheckSize(Output.Length);
    }
}

/// <summary>namespace(): the one thing whose attributes a template may set.</summary>
internal sealed class Namespace
{
    public Dictionary<string, object?> Values { get; } = new(StringComparer.Ordinal);
}

/// <summary>The <c>loop</c> of a for.</summary>
internal sealed class LoopState(List<object?> items, int depth, Func<object?, int, string>? recurse)
{
    private List<object?>? lastChanged;

    public int Index { get; set; }

    public object? Get(string name) => name switch
    {
        "index" => (long)Index + 1,
        "index0" => (long)Index,
        "revindex" => (long)items.Count - Index,
        "revindex0" => (long)items.Count - Index - 1,
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        "depth" => (long)depth,
        "depth0" => (long)depth - 1,
        "previtem" => Index > 0 ? items[Index - 1] : new Undefined("there is no previous item"),
        "nextitem" => Index < items.Count - 1 ? items[Index + 1] : new Undefined("there is no next item"),
        "cycle" => (Callable)(arguments => arguments.Count > 0 ? arguments.Positional[Index % arguments.Count] : throw JinjaException.Type("no items for cycling given")),
        "changed" => (Callable)(arguments => Changed(arguments)),
        _ => new Undefined($"'jinja2.runtime.LoopContext object' has no attribute '{name}'"),
    };

    public object? Call(Arguments arguments) => recurse is not null
        ? recurse(arguments.Required(0, "iterable"), depth + 1)
        : throw JinjaException.Type("The loop must have the 'recursive' marker to be called recursively.");

    private bool Changed(Arguments arguments)
    {
        List<object?> now = [.. arguments.Positional];
        bool changed = lastChanged is null || !PythonEquality.Comparer.Equals(lastChanged, now);
        lastChanged = now;
        return changed;
    }
}
