namespace Plum.Text.Jinja;

/// <summary>An expression of a template, which evaluates itself.</summary>
internal abstract record Expression
{
    public abstract object? Evaluate(Frame frame);

    public bool IsTrue(Frame frame) => PythonValue.IsTrue(Evaluate(frame));
}

internal sealed record Constant(object? Value) : Expression
{
    public override object? Evaluate(Frame frame) => Value;
}

internal sealed record Variable(string Name) : Expression
{
    public override object? Evaluate(Frame frame) => frame[Name];
}

internal sealed record ListLiteral(IReadOnlyList<Expression> Items, bool IsTuple) : Expression
{
    public override object? Evaluate(Frame frame)
    {
        IEnumerable<object?> values = Items.Select(item => item.Evaluate(frame));
        return IsTuple ? new PythonTuple(values) : new List<object?>(values);
    }
}

internal sealed record DictionaryLiteral(IReadOnlyList<(Expression Key, Expression Value)> Items) : Expression
{
    public override object? Evaluate(Frame frame)
    {
        PythonDictionary dictionary = [];
        foreach ((Expression key, Expression value) in Items)
            dictionary[key.Evaluate(frame) ?? throw JinjaException.Type("a key of a dict may not be None here")] = value.Evaluate(frame);
        return dictionary;
    }
}

internal sealed record Conditional(Expression Test, Expression Then, Expression? Otherwise) : Expression
{
    public override object? Evaluate(Frame frame) => Test.IsTrue(frame) ? Then.Evaluate(frame)
        : Otherwise is not null ? Otherwise.Evaluate(frame)
        : new Undefined("the inline if-expression evaluated to false and no else section was defined.");
}

internal sealed record And(Expression Left, Expression Right) : Expression
{
    public override object? Evaluate(Frame frame) => Left.Evaluate(frame) is var left && PythonValue.IsTrue(left) ? Right.Evaluate(frame) : left;
}

internal sealed record Or(Expression Left, Expression Right) : Expression
{
    public override object? Evaluate(Frame frame) => Left.Evaluate(frame) is var left && PythonValue.IsTrue(left) ? left : Right.Evaluate(frame);
}

internal sealed record Not(Expression Operand) : Expression
{
    public override object? Evaluate(Frame frame) => !Operand.IsTrue(frame);
}

internal sealed record Unary(char Sign, Expression Operand) : Expression
{
    public override object? Evaluate(Frame frame) => PythonOperators.Unary(Sign, Operand.Evaluate(frame));
}

internal sealed record Binary(string Operator, Expression Left, Expression Right) : Expression
{
    public override object? Evaluate(Frame frame)
    {
        frame.Budget.Step();
        return PythonOperators.Binary(Operator, Left.Evaluate(frame), Right.Evaluate(frame));
    }
}

/// <summary>a &lt; b &lt;= c: every neighbouring pair has to hold.</summary>
internal sealed record Comparison(Expression First, IReadOnlyList<(string Operator, Expression Operand)> Rest) : Expression
{
    public override object? Evaluate(Frame frame)
    {
        object? left = First.Evaluate(frame);
        foreach ((string sign, Expression operand) in Rest)
        {
            object? right = operand.Evaluate(frame);
            if (!PythonOperators.Compare(sign, left, right)) return false;
            left = right;
        }

        return true;
    }
}

internal sealed record Attribute(Expression Target, string Name) : Expression
{
    public override object? Evaluate(Frame frame) => PythonAccess.Attribute(Target.Evaluate(frame), Name);
}

internal sealed record Subscript(Expression Target, Expression Key) : Expression
{
    public override object? Evaluate(Frame frame) => PythonAccess.Item(Target.Evaluate(frame), Key.Evaluate(frame));
}

internal sealed record Slice(Expression Target, Expression? Start, Expression? Stop, Expression? Step) : Expression
{
    public override object? Evaluate(Frame frame) =>
        PythonAccess.Slice(Target.Evaluate(frame), Start?.Evaluate(frame), Stop?.Evaluate(frame), Step?.Evaluate(frame));
}

/// <summary>The arguments as they are written: in order, by name, and spread from a list or a dict.</summary>
internal sealed record ArgumentList(IReadOnlyList<Expression> Positional, IReadOnlyList<(string Name, Expression Value)> Named, Expression? Spread, Expression? SpreadNamed)
{
    public static ArgumentList None { get; } = new([], [], null, null);

    public Arguments Evaluate(Frame frame)
    {
        List<object?> positional = [.. Positional.Select(item => item.Evaluate(frame))];
        if (Spread is not null) positional.AddRange(PythonValue.Items(Spread.Evaluate(frame)));
        Dictionary<string, object?> named = new(StringComparer.Ordinal);
        foreach ((string name, Expression value) in Named) named[name] = value.Evaluate(frame);
        if (SpreadNamed?.Evaluate(frame) is PythonDictionary more)
        {
            foreach ((object key, object? value) in more) named[PythonValue.Text(key)] = value;
        }

        return new Arguments(positional, named);
    }
}

internal sealed record Call(Expression Target, ArgumentList Arguments) : Expression
{
    public override object? Evaluate(Frame frame)
    {
        frame.Budget.Step();
        object? target = Target.Evaluate(frame);
        if (target is Undefined undefined) throw undefined.Error();
        Arguments arguments = Arguments.Evaluate(frame);
        frame.Budget.Enter();
        try
        {
            return target switch
            {
                Callable function => function(arguments),
                Macro macro => macro.Invoke(arguments, caller: null),
                LoopState loop => loop.Call(arguments),
                _ => throw JinjaException.Type($"'{PythonValue.TypeName(target)}' object is not callable"),
            };
        }
        finally
        {
            frame.Budget.Leave();
        }
    }
}

internal sealed record Filtered(Expression? Target, string Name, ArgumentList Arguments) : Expression
{
    public override object? Evaluate(Frame frame) => Apply(frame, Target!.Evaluate(frame));

    public object? Apply(Frame frame, object? value)
    {
        frame.Budget.Step();
        return Filters.Apply(Name, value, Arguments.Evaluate(frame));
    }
}

internal sealed record Tested(Expression Target, string Name, ArgumentList Arguments) : Expression
{
    public override object? Evaluate(Frame frame) => Tests.Apply(Name, Target.Evaluate(frame), Arguments.Evaluate(frame));
}
