using System.Text;

namespace Plum.Text.Jinja;

/// <summary>How a statement ended.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}

/// <summary>A statement of a template, which runs itself.</summary>
internal abstract record Statement
{
    public abstract Flow Run(Frame frame);
}

internal sealed record TextStatement(string Text) : Statement
{
    public override Flow Run(Frame frame)
    {
        frame.Write(Text);
        return Flow.Next;
    }
}

internal sealed record Output(Expression Value) : Statement
{
    public override Flow Run(Frame frame)
    {
        frame.Write(PythonValue.Text(Value.Evaluate(frame)));
        return Flow.Next;
    }
}

internal sealed record Block(IReadOnlyList<Statement> Statements) : Statement
{
    public override Flow Run(Frame frame)
    {
        foreach (Statement statement in Statements)
        {
            frame.Budget.Step();
            Flow flow = statement.Run(frame);
            if (flow != Flow.Next) return flow;
        }

        return Flow.Next;
    }

    public string Capture(Frame frame)
    {
        StringBuilder captured = new();
        Run(frame.Inner(captured));
        return captured.ToString();
    }
}

internal sealed record If(IReadOnlyList<(Expression Test, Block Body)> Branches, Block? Otherwise) : Statement
{
    public override Flow Run(Frame frame)
    {
        foreach ((Expression test, Block body) in Branches)
        {
            if (test.IsTrue(frame)) return body.Run(frame);
        }

        return Otherwise?.Run(frame) ?? Flow.Next;
    }
}

/// <summary>Where a value goes: a name, several, or an attribute of a namespace.</summary>
internal sealed record Target(IReadOnlyList<Target>? Parts, string Name, string? Attribute)
{
    public void Assign(Frame frame, object? value)
    {
        if (Parts is not null)
        {
            List<object?> items = PythonValue.Items(value);
            if (items.Count > Parts.Count) throw new JinjaException("ValueError", $"too many values to unpack (expected {Parts.Count})");
            if (items.Count < Parts.Count) throw new JinjaException("ValueError", $"not enough values to unpack (expected {Parts.Count}, got {items.Count})");
            for (int i = 0; i < items.Count; i++) Parts[i].Assign(frame, items[i]);
        }
        else if (Attribute is null)
        {
            frame[Name] = value;
        }
        else if (frame[Name] is Namespace space)
        {
            space.Values[Attribute] = value;
        }
        else
        {
            throw new JinjaException("TemplateRuntimeError", "cannot assign attribute on non-namespace object");
        }
    }
}

internal sealed record Set(Target Target, Expression Value) : Statement
{
    public override Flow Run(Frame frame)
    {
        Target.Assign(frame, Value.Evaluate(frame));
        return Flow.Next;
    }
}

/// <summary>{% set x | filter %}...{% endset %}.</summary>
internal sealed record SetBlock(Target Target, IReadOnlyList<Filtered> Filters, Block Body) : Statement
{
    public override Flow Run(Frame frame)
    {
        Target.Assign(frame, Filters.Aggregate((object?)Body.Capture(frame), (value, filter) => filter.Apply(frame, value)));
        return Flow.Next;
    }
}

internal sealed record FilterBlock(IReadOnlyList<Filtered> Filters, Block Body) : Statement
{
    public override Flow Run(Frame frame)
    {
        frame.Write(PythonValue.Text(Filters.Aggregate((object?)Body.Capture(frame), (value, filter) => filter.Apply(frame, value))));
        return Flow.Next;
    }
}

internal sealed record With(IReadOnlyList<(Target Target, Expression Value)> Bindings, Block Body) : Statement
{
    public override Flow Run(Frame frame)
    {
        Frame inner = frame.Inner();
        foreach ((Target target, Expression value) in Bindings) target.Assign(inner, value.Evaluate(frame));
        return Body.Run(inner);
    }
}

internal sealed record Jump(Flow Where) : Statement
{
    public override Flow Run(Frame frame) => Where;
}

internal sealed record For(Target Target, Expression Source, Expression? Condition, Block Body, Block? Otherwise, bool Recursive) : Statement
{
    public override Flow Run(Frame frame)
    {
        Loop(frame, Source.Evaluate(frame), 1);
        return Flow.Next;
    }

    private void Loop(Frame frame, object? source, int depth)
    {
        List<object?> items = PythonValue.Items(source);
        if (Condition is not null)
        {
            items = [.. items.Where(item =>
            {
                frame.Budget.Step();
                Frame trial = frame.Inner();
                Target.Assign(trial, item);
                return Condition.IsTrue(trial);
            })];
        }

        LoopState loop = new(items, depth, Recursive ? (inner, level) => Recurse(frame, inner, level) : null);
        for (; loop.Index < items.Count; loop.Index++)
        {
            frame.Budget.Step();
            Frame turn = frame.Inner();
            turn["loop"] = loop;
            Target.Assign(turn, items[loop.Index]);
            if (Body.Run(turn) == Flow.Break) break;
        }

        if (items.Count == 0) Otherwise?.Run(frame.Inner());
    }

    private string Recurse(Frame frame, object? source, int depth)
    {
        StringBuilder captured = new();
        Loop(frame.Inner(captured), source, depth);
        return captured.ToString();
    }
}
