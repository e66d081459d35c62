namespace Plum.Text.Jinja;

/// <summary>Reads expressions with jinja2's precedence, loosest first: if-else, or, and, not, comparison, + -, ~, * / // %, **, unary, postfix, filters and tests.</summary>
internal class ExpressionParser(IReadOnlyList<Token> tokens)
{
    private const int DeepestNesting = 200;

    private int at;
    private int depth;

    /// <summary>Whether what is read may never run: then an unknown filter or test fails when it is reached.</summary>
    protected virtual bool InCondition => false;

    protected Token Current => tokens[at];

    protected HashSet<string> NamesSeen { get; set; } = [];

    protected Token Advance() => tokens[at++];

    protected bool Accept(string text)
    {
        if (!Current.Is(text)) return false;
        at++;
        return true;
    }

    protected void Expect(string text)
    {
        if (!Accept(text)) throw Unexpected($"'{text}'");
    }

    protected string ExpectName() => Current.Kind == TokenKind.Name ? Advance().Text : throw Unexpected("a name");

    protected JinjaException Unexpected(string wanted) =>
        JinjaException.Syntax($"expected token {wanted}, got '{Current.Text}'", Current.Line);

    public Expression ParseExpression(bool withConditional = true)
    {
        if (++depth > DeepestNesting) throw JinjaException.Syntax("the expression is nested too deeply", Current.Line);
        Expression result = ParseOr();
        while (withConditional && Accept("if"))
        {
            Expression test = ParseOr();
            result = new Conditional(test, result, Accept("else") ? ParseExpression() : null);
        }

        depth--;
        return result;
    }

    /// <summary>An expression, or a tuple of several without parentheses.</summary>
    public Expression ParseTuple(bool withConditional = true)
    {
        Expression first = ParseExpression(withConditional);
        if (!Current.Is(",")) return first;
        List<Expression> items = [first];
        while (Accept(",") && !EndsTuple()) items.Add(ParseExpression(withConditional));
        return new ListLiteral(items, IsTuple: true);
    }

    private bool EndsTuple() => Current.Kind is TokenKind.BlockEnd or TokenKind.OutputEnd || Current.Is(")") || Current.Is("in");

    private Expression ParseOr()
    {
        Expression left = ParseAnd();
        while (Accept("or")) left = new Or(left, ParseAnd());
        return left;
    }

    private Expression ParseAnd()
    {
        Expression left = ParseNot();
        while (Accept("and")) left = new And(left, ParseNot());
        return left;
    }

    private Expression ParseNot() => Accept("not") ? new Not(ParseNot()) : ParseComparison();

    private Expression ParseComparison()
    {
        Expression first = ParseSum();
        List<(string, Expression)> rest = [];
        while (true)
        {
            if (Current.Kind == TokenKind.Operator && Current.Text is "==" or "!=" or "<" or "<=" or ">" or ">=") rest.Add((Advance().Text, ParseSum()));
            else if (Accept("in")) rest.Add(("in", ParseSum()));
            else if (Current.Is("not") && tokens[at + 1].Is("in"))
            {
                at += 2;
                rest.Add(("not in", ParseSum()));
            }
            else break;
        }

        return rest.Count == 0 ? first : new Comparison(first, rest);
    }

    private Expression ParseSum() => ParseBinary(ParseConcatenation, "+", "-");

    private Expression ParseConcatenation() => ParseBinary(ParseProduct, "~");

    private Expression ParseProduct() => ParseBinary(ParsePower, "*", "/", "//", "%");

    private Expression ParsePower() => ParseBinary(() => ParseUnary(), "**");

    private Expression ParseBinary(Func<Expression> operand, params ReadOnlySpan<string> signs)
    {
        Expression left = operand();
        while (Current.Kind == TokenKind.Operator && signs.Contains(Current.Text)) left = new Binary(Advance().Text, left, operand());
        return left;
    }

    private Expression ParseUnary(bool withFilters = true)
    {
        Expression result;
        if (Accept("-")) result = new Unary('-', ParseUnary(withFilters: false));
        else if (Accept("+")) result = new Unary('+', ParseUnary(withFilters: false));
        else result = ParsePrimary();
        result = ParsePostfix(result);
        return withFilters ? ParseFiltersAndTests(result) : result;
    }

    private Expression ParsePrimary()
    {
        Token token = Advance();
        switch (token.Kind)
        {
            case TokenKind.Integer or TokenKind.Float:
                return new Constant(token.Value);
            case TokenKind.String:
                string text = (string)token.Value!;
                while (Current.Kind == TokenKind.String) text += (string)Advance().Value!;
                return new Constant(text);
            case TokenKind.Name:
                NamesSeen.Add(token.Text);
                return token.Text switch
                {
                    "true" or "True" => new Constant(true),
                    "false" or "False" => new Constant(false),
                    "none" or "None" => new Constant(null),
                    _ => new Variable(token.Text),
                };
            case TokenKind.Operator when token.Text == "(":
                if (Accept(")")) return new ListLiteral([], IsTuple: true);
                Expression inner = ParseTuple();
                Expect(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                return new ListLiteral(ParseItems("]", () => ParseExpression()), IsTuple: false);
            case TokenKind.Operator when token.Text == "{":
                return new DictionaryLiteral(ParseItems("}", () =>
                {
                    Expression key = ParseExpression();
                    Expect(":");
                    return (key, ParseExpression());
                }));
            default:
                at--;
                throw JinjaException.Syntax($"unexpected '{token.Text}'", token.Line);
        }
    }

    private List<T> ParseItems<T>(string close, Func<T> parse)
    {
        List<T> items = [];
        while (!Accept(close))
        {
            if (items.Count > 0)
            {
                Expect(",");
                if (Accept(close)) break;
            }

            items.Add(parse());
        }

        return items;
    }

    private Expression ParsePostfix(Expression target)
    {
        while (true)
        {
            if (Accept(".")) target = Current.Kind == TokenKind.Integer ? new Subscript(target, new Constant(Advance().Value)) : new Attribute(target, ExpectName());
            else if (Accept("[")) target = ParseSubscript(target);
            else if (Current.Is("(")) target = new Call(target, ParseArguments());
            else return target;
        }
    }

    private Expression ParseSubscript(Expression target)
    {
        Expression? start = Current.Is(":") ? null : ParseExpression();
        if (start is not null && Accept("]")) return new Subscript(target, start);
        if (start is not null && Accept(","))
        {
            List<Expression> keys = [start, .. ParseItems("]", () => ParseExpression())];
            return new Subscript(target, new ListLiteral(keys, IsTuple: true));
        }

        Expect(":");
        Expression? stop = Current.Is(":") || Current.Is("]") ? null : ParseExpression();
        Expression? step = Accept(":") && !Current.Is("]") ? ParseExpression() : null;
        Expect("]");
        return new Slice(target, start, stop, step);
    }

    protected ArgumentList ParseArguments()
    {
        Expect("(");
        List<Expression> positional = [];
        List<(string, Expression)> named = [];
        Expression? spread = null, spreadNamed = null;
        while (!Accept(")"))
        {
            if (positional.Count + named.Count > 0 || spread is not null || spreadNamed is not null)
            {
                Expect(",");
                if (Accept(")")) break;
            }

            if (Accept("*")) spread = ParseExpression();
            else if (Accept("**")) spreadNamed = ParseExpression();
            else if (Current.Kind == TokenKind.Name && tokens[at + 1].Is("="))
            {
                string name = Advance().Text;
                at++;
                named.Add((name, ParseExpression()));
            }
            else positional.Add(ParseExpression());
        }

        return new ArgumentList(positional, named, spread, spreadNamed);
    }

    private Expression ParseFiltersAndTests(Expression target)
    {
        while (true)
        {
            if (Current.Is("|")) target = ParseFilter(target);
            else if (Accept("is")) target = ParseTest(target);
            else if (Current.Is("(")) target = new Call(target, ParseArguments());
            else return target;
        }
    }

    protected Filtered ParseFilter(Expression? target)
    {
        Expect("|");
        return ParseFilterName(target);
    }

    protected Filtered ParseFilterName(Expression? target)
    {
        int line = Current.Line;
        string name = ExpectName();
        while (Accept(".")) name += "." + ExpectName();
        if (!Filters.Exists(name) && !InCondition) throw new JinjaException("TemplateAssertionError", $"No filter named '{name}'.", line);
        return new Filtered(target, name, Current.Is("(") ? ParseArguments() : ArgumentList.None);
    }

    private Expression ParseTest(Expression target)
    {
        bool negated = Accept("not");
        int line = Current.Line;
        string name = ExpectName();
        if (!Tests.Exists(name) && !InCondition) throw new JinjaException("TemplateAssertionError", $"No test named '{name}'.", line);
        ArgumentList arguments = ArgumentList.None;
        if (Current.Is("(")) arguments = ParseArguments();
        else if (BeginsOperand()) arguments = new ArgumentList([ParsePostfix(ParsePrimary())], [], null, null);
        Expression test = new Tested(target, name, arguments);
        return negated ? new Not(test) : test;
    }

    private bool BeginsOperand() => Current.Kind switch
    {
        TokenKind.String or TokenKind.Integer or TokenKind.Float => true,
        TokenKind.Name => Current.Text is "is" ? throw JinjaException.Syntax("You cannot chain multiple tests with is", Current.Line) : Current.Text is not ("else" or "or" or "and" or "if" or "not" or "in"),
        TokenKind.Operator => Current.Text is "[" or "{",
        _ => false,
    };
}
