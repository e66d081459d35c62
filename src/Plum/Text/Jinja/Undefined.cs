namespace Plum.Text.Jinja;

/// <summary>What a name, key or attribute that does not exist evaluates to: empty when printed or iterated, an error when used further.</summary>
internal sealed class Undefined(string message, string kind = "UndefinedError")
{
    public string Message { get; } = message;

    public JinjaException Error() => new(kind, Message);
}
