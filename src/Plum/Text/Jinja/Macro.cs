using System.Text;

namespace Plum.Text.Jinja;

/// <summary>A macro with the scope it was defined in.</summary>
internal sealed record Macro(MacroStatement Definition, Frame Scope)
{
    public object? Get(string name) => name switch
    {
        "name" => Definition.Name,
        "arguments" => new PythonTuple(Definition.Parameters.Select(parameter => (object?)parameter.Name)),
        _ => null,
    };

    public string Invoke(Arguments arguments, Callable? caller)
    {
        StringBuilder output = new();
        Frame frame = Scope.Inner(output);
        IReadOnlyList<(string Name, Expression? Default)> parameters = Definition.Parameters;
        if (arguments.Count > parameters.Count && !Definition.Mentions("varargs"))
            throw JinjaException.Type($"macro '{Definition.Name}' takes not more than {parameters.Count} argument(s)");
        for (int i = 0; i < parameters.Count; i++)
        {
            (string name, Expression? otherwise) = parameters[i];
            frame[name] = arguments.Has(i, name) ? arguments.Get(i, name)
                : otherwise is not null ? otherwise.Evaluate(frame)
                : new Undefined($"parameter '{name}' was not provided");
        }

        PythonDictionary rest = [];
        foreach ((string name, object? value) in arguments.Named)
        {
            if (parameters.Any(parameter => parameter.Name == name)) continue;
            if (!Definition.Mentions("kwargs")) throw JinjaException.Type($"macro '{Definition.Name}' takes no keyword argument '{name}'");
            rest[name] = value;
        }

        frame["varargs"] = new PythonTuple(arguments.Positional.Skip(parameters.Count));
        frame["kwargs"] = rest;
        if (caller is not null) frame["caller"] = caller;
        Definition.Body.Run(frame);
        return output.ToString();
    }
}

/// <summary>{% macro name(parameters) %}.</summary>
internal sealed record MacroStatement(string Name, IReadOnlyList<(string Name, Expression? Default)> Parameters, Block Body, IReadOnlySet<string> Names) : Statement
{
    /// <summary>Whether the body speaks of a name: only then does a macro take further arguments.</summary>
    public bool Mentions(string name) => Names.Contains(name);

    public override Flow Run(Frame frame)
    {
        frame[Name] = new Macro(this, frame);
        return Flow.Next;
    }
}

/// <summary>{% call(parameters) macro(...) %}: the body becomes the macro's <c>caller</c>.</summary>
internal sealed record CallBlock(Call Call, MacroStatement Body) : Statement
{
    public override Flow Run(Frame frame)
    {
        Macro body = new(Body, frame);
        if (Call.Target.Evaluate(frame) is not Macro macro) throw JinjaException.Type("a call block needs a macro");
        frame.Budget.Enter();
        frame.Write(macro.Invoke(Call.Arguments.Evaluate(frame), arguments => body.Invoke(arguments, caller: null)));
        frame.Budget.Leave();
        return Flow.Next;
    }
}

/// <summary>{% generation %}: transformers' mark around what the assistant said; rendering sees its body alone, in a scope of its own.</summary>
internal sealed record Generation(Block Body) : Statement
{
    public override Flow Run(Frame frame)
    {
        Body.Run(frame.Inner());
        return Flow.Next;
    }
}
