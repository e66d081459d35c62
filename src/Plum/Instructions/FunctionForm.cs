using System.Text;
using Plum.Text;

namespace Plum.Instructions;

/// <summary>
/// Forms by which two functions are the same program: their tokens without layout, comments, docstrings and annotations, and the
/// same with every name but Python's own and attributes' numbered by its first appearance, so that renaming changes nothing.
/// What is rewritten otherwise (another order of statements, redundant brackets) has another form.
/// </summary>
/// <param name="Exact">The tokens.</param>
/// <param name="Renamed">The tokens with numbered names.</param>
/// <param name="Tokens">How many tokens there are.</param>
internal sealed record FunctionForm(string Exact, string Renamed, int Tokens)
{
    /// <summary>The forms of a function.</summary>
    /// <param name="function">The function.</param>
    public static FunctionForm Of(PythonFunction function)
    {
        StringBuilder exact = new(), renamed = new();
        Dictionary<string, int> numbers = [];
        int count = 0;
        PythonToken before = default;
        foreach (PythonToken token in WithoutAnnotations(PythonTokens.Of(function.Source)))
        {
            if (token.Text.Length > 0) count++;
            string written = token.Text.Length > 0 ? token.Text : token.Kind.ToString();
            exact.Append(written).Append('\n');
            bool free = token.Kind == PythonTokenKind.Name && before.Text != "." && !PythonNames.Reserved(token.Text);
            if (free && !numbers.ContainsKey(token.Text)) numbers[token.Text] = numbers.Count;
            renamed.Append(free ? $"#{numbers[token.Text]}" : written).Append('\n');
            before = token;
        }

        return new(exact.ToString(), renamed.ToString(), count);
    }

    /// <summary>Leaves out what stands behind the colons of a head's parameters and behind its arrow.</summary>
    private static IEnumerable<PythonToken> WithoutAnnotations(IReadOnlyList<PythonToken> tokens)
    {
        int depth = 0;
        bool head = false, skipped = false;
        foreach (PythonToken token in tokens)
        {
            if (token is { Kind: PythonTokenKind.Name, Text: "def" } && depth == 0) head = true;
            if (token.Text is ")" or "]" or "}") depth--;
            if (head)
            {
                if (depth == 0 && token.Text == ":") (head, skipped) = (false, false);
                else if (depth == 0 && token.Text is ")" or "->" || depth == 1 && token.Text is "," or "=" or ":") skipped = token.Text is ":" or "->";
            }

            if (!skipped) yield return token;
            if (token.Text is "(" or "[" or "{") depth++;
        }
    }
}
