namespace Plum.Text.Jinja;

/// <summary>Reads the statements of a template.</summary>
internal sealed class TemplateParser(IReadOnlyList<Token> tokens) : ExpressionParser(tokens)
{
    private const int DeepestBlocks = 100;

    /// <summary>For each open block its tag and the tags that may come next.</summary>
    private readonly Stack<(string Tag, string[] Ends)> open = [];

    /// <summary>The tag of the statement being read.</summary>
    private string tag = "";

    protected override bool InCondition => open.Any(block => block.Tag == "if");

    public Block Parse()
    {
        Block block = ParseUntil();
        return Current.Kind == TokenKind.End ? block : throw JinjaException.Syntax($"Encountered unknown tag '{Current.Text}'.", Current.Line);
    }

    /// <summary>Statements up to a tag of one of these names, which becomes the current token; or up to the end.</summary>
    private Block ParseUntil(params ReadOnlySpan<string> ends)
    {
        if (open.Count > DeepestBlocks) throw JinjaException.Syntax("blocks are nested too deeply", Current.Line);
        if (ends.Length > 0) open.Push((tag, ends.ToArray()));
        List<Statement> statements = [];
        while (Current.Kind != TokenKind.End)
        {
            Token token = Advance();
            if (token.Kind == TokenKind.Text)
            {
                statements.Add(new TextStatement(token.Text));
            }
            else if (token.Kind == TokenKind.OutputBegin)
            {
                statements.Add(new Output(ParseTuple()));
                Close(TokenKind.OutputEnd);
            }
            else
            {
                if (Current.Kind == TokenKind.Name && ends.Contains(Current.Text)) break;
                statements.Add(ParseStatement());
            }
        }

        if (ends.Length > 0 && Current.Kind == TokenKind.End) throw JinjaException.Syntax("Unexpected end of template." + Wanted(), Current.Line);
        if (ends.Length > 0) open.Pop();
        return new Block(statements);
    }

    private string Wanted() => open.TryPeek(out (string Tag, string[] Ends) block)
        ? $" Jinja was looking for the following tags: '{string.Join("' or '", block.Ends)}'. The innermost block that needs to be closed is '{block.Tag}'."
        : "";

    private Statement ParseStatement()
    {
        int line = Current.Line;
        tag = ExpectName();
        switch (tag)
        {
            case "if": return ParseIf();
            case "for": return ParseFor();
            case "set": return ParseSet();
            case "macro": return ParseMacro();
            case "call": return ParseCall();
            case "filter":
                List<Filtered> filters = [ParseFilterName(null)];
                while (Current.Is("|")) filters.Add(ParseFilter(null));
                return new FilterBlock(filters, ParseBody("endfilter"));
            case "with": return ParseWith();
            case "generation": return new Generation(ParseBody("endgeneration"));
            case "autoescape":
                ParseExpression();
                return new With([], ParseBody("endautoescape"));
            case "break" or "continue":
                Close(TokenKind.BlockEnd);
                return new Jump(tag == "break" ? Flow.Break : Flow.Continue);
            case "include" or "import" or "from" or "extends" or "block":
                throw JinjaException.Syntax($"the tag '{tag}' is not supported: a chat template stands alone", line);
            default:
                throw JinjaException.Syntax($"Encountered unknown tag '{tag}'." + Wanted(), line);
        }
    }

    private Block ParseBody(string end)
    {
        Close(TokenKind.BlockEnd);
        Block body = ParseUntil(end);
        Advance();
        Close(TokenKind.BlockEnd);
        return body;
    }

    private void Close(TokenKind kind)
    {
        if (Current.Kind != kind) throw Unexpected(kind == TokenKind.BlockEnd ? "'end of statement block'" : "'end of print statement'");
        Advance();
    }

    private If ParseIf()
    {
        List<(Expression, Block)> branches = [];
        Block? otherwise = null;
        while (true)
        {
            Expression test = ParseTuple();
            Close(TokenKind.BlockEnd);
            branches.Add((test, ParseUntil("elif", "else", "endif")));
            string next = Advance().Text;
            tag = "if";
            if (next == "elif") continue;
            if (next == "else") otherwise = ParseBody("endif");
            else Close(TokenKind.BlockEnd);
            return new If(branches, otherwise);
        }
    }

    private For ParseFor()
    {
        Target target = ParseTarget();
        if (target.Name == "loop") throw JinjaException.Syntax("can't assign to special loop variable in for-loop target", Current.Line);
        Expect("in");
        Expression source = ParseTuple(withConditional: false);
        Expression? condition = Accept("if") ? ParseExpression() : null;
        bool recursive = Accept("recursive");
        Close(TokenKind.BlockEnd);
        Block body = ParseUntil("endfor", "else");
        tag = "for";
        if (Advance().Text == "else") return new For(target, source, condition, body, ParseBody("endfor"), recursive);
        Close(TokenKind.BlockEnd);
        return new For(target, source, condition, body, null, recursive);
    }

    private Statement ParseSet()
    {
        Target target = ParseTarget();
        if (Accept("="))
        {
            Expression value = ParseTuple();
            Close(TokenKind.BlockEnd);
            return new Set(target, value);
        }

        List<Filtered> filters = [];
        while (Current.Is("|")) filters.Add(ParseFilter(null));
        return new SetBlock(target, filters, ParseBody("endset"));
    }

    private Target ParseTarget()
    {
        Target first = ParseOneTarget();
        if (!Current.Is(",")) return first;
        List<Target> parts = [first];
        while (Accept(",") && !Current.Is("in") && !Current.Is("=")) parts.Add(ParseOneTarget());
        return new Target(parts, "", null);
    }

    private Target ParseOneTarget()
    {
        if (Accept("("))
        {
            Target inner = ParseTarget();
            Expect(")");
            return inner;
        }

        int line = Current.Line;
        string name = ExpectName();
        if (name is "true" or "false" or "none" or "True" or "False" or "None") throw JinjaException.Syntax($"can't assign to '{name}'", line);
        return new Target(null, name, Accept(".") ? ExpectName() : null);
    }

    private MacroStatement ParseMacro()
    {
        string name = ExpectName();
        return ParseMacroBody(name, ParseParameters(), "endmacro");
    }

    private MacroStatement ParseMacroBody(string name, List<(string, Expression?)> parameters, string end)
    {
        HashSet<string> outer = NamesSeen;
        NamesSeen = [];
        MacroStatement macro = new(name, parameters, ParseBody(end), NamesSeen);
        outer.UnionWith(NamesSeen);
        NamesSeen = outer;
        return macro;
    }

    private List<(string, Expression?)> ParseParameters()
    {
        List<(string, Expression?)> parameters = [];
        Expect("(");
        while (!Accept(")"))
        {
            if (parameters.Count > 0) Expect(",");
            string name = ExpectName();
            parameters.Add((name, Accept("=") ? ParseExpression() : null));
        }

        return parameters;
    }

    private CallBlock ParseCall()
    {
        int line = Current.Line;
        List<(string, Expression?)> parameters = Current.Is("(") ? ParseParameters() : [];
        return ParseExpression() is Call call
            ? new CallBlock(call, ParseMacroBody("caller", parameters, "endcall"))
            : throw JinjaException.Syntax("expected call", line);
    }

    private With ParseWith()
    {
        List<(Target, Expression)> bindings = [];
        while (Current.Kind != TokenKind.BlockEnd)
        {
            if (bindings.Count > 0) Expect(",");
            Target target = ParseOneTarget();
            Expect("=");
            bindings.Add((target, ParseExpression()));
        }

        return new With(bindings, ParseBody("endwith"));
    }
}
