using System.Security.Cryptography;
using System.Text;
using Plum.Text;

namespace Plum.Verdicts;

/// <summary>
/// A hash that is equal for Python programs which differ in layout, comments, docstrings or the quotes of strings only:
/// SHA-256 over the tokens, with line ends and changes of indentation in place of white space. Taken here rather than from
/// a syntax tree in the jail: it costs microseconds, a hostile program has no hand in it, and equal programs need no run.
/// </summary>
public static class CanonicalForm
{
    private const char NewLine = '\u0001', Indent = '\u0002', Dedent = '\u0003', Separator = '\u0004', Fault = '\u0005';

    /// <summary>The hash of a program's tokens, in hexadecimal. Text that is not Python has one too.</summary>
    /// <param name="program">The program.</param>
    public static string Of(string program)
    {
        StringBuilder tokens = new(program.Length);
        foreach (PythonToken token in PythonTokens.Of(program))
        {
            _ = token.Kind switch
            {
                PythonTokenKind.NewLine => tokens.Append(NewLine),
                PythonTokenKind.Indent => tokens.Append(Indent),
                PythonTokenKind.Dedent => tokens.Append(Dedent),
                PythonTokenKind.Fault => tokens.Append(Fault),
                _ => tokens.Append(token.Text).Append(Separator),
            };
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(tokens.ToString())));
    }
}
