using System.Text.RegularExpressions;

namespace Plum.Instructions;

/// <summary>The function that is asked for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Signature">Its head; null where only the name is known.</param>
/// <param name="Origin">Where they come from.</param>
internal sealed partial record EntryPoint(string Name, string? Signature, EntryPointOrigin Origin)
{
    private const int WordsOfName = 4;

    /// <summary>Finds it: what the source says, a head in the text, a head in the answer, a name in the text, else a name made of the text's words.</summary>
    /// <param name="source">The row.</param>
    /// <param name="reason">Why there is none.</param>
    public static EntryPoint? Of(Source source, out DropReason reason)
    {
        PythonFunction[] own = [.. PythonFunction.In(source.Starter), .. PythonFunction.In(source.Text)], answer = [.. PythonFunction.In(source.Answer)];
        if (source.EntryPoint is { Length: > 0 } given)
        {
            reason = default;
            return new(given, own.Concat(answer).FirstOrDefault(function => function.Name == given)?.Signature, EntryPointOrigin.Given);
        }

        foreach ((PythonFunction[] functions, EntryPointOrigin origin) in ((PythonFunction[], EntryPointOrigin)[])[(own, EntryPointOrigin.Text), (answer, EntryPointOrigin.Answer)])
        {
            if (functions.Length == 0) continue;
            (PythonFunction? chosen, DropReason? fault) = Chosen(functions, source.Text);
            if (fault is { } found)
            {
                reason = found;
                return null;
            }

            if (chosen is null) continue;
            reason = Classes().IsMatch(chosen.Signature) || Classes().IsMatch(source.Starter) ? DropReason.CustomTypes
                : chosen.Parameters.Length == 0 ? DropReason.NoArguments
                : default;
            if (reason != default) return null;
            if (!PythonNames.Reserved(chosen.Name)) return new(chosen.Name, chosen.Signature, origin);
            // A function of a built-in's name would be in the way of its own callers.
            string made = Made(source.Text);
            return new(made, (chosen with { Name = made }).Signature, EntryPointOrigin.Derived);
        }

        reason = default;
        if (Called().Matches(source.Text).FirstOrDefault(match => !PythonNames.Reserved(match.Groups["name"].Value)) is { } called)
            return new(called.Groups["name"].Value, called.Groups["parameters"] is { Success: true } parameters ? $"{called.Groups["name"].Value}({parameters.Value})" : null, EntryPointOrigin.Named);
        return new(Made(source.Text), null, EntryPointOrigin.Derived);
    }

    /// <summary>
    /// Of several functions the one that is asked for: the only one that is unfinished, else the only one that the text names,
    /// else the last that no other calls. A program that only has a <c>main</c> has none.
    /// </summary>
    private static (PythonFunction? Chosen, DropReason? Fault) Chosen(PythonFunction[] functions, string text)
    {
        PythonFunction[] outer = [.. functions.Where(function => function.Column == 0 && !function.OfClass && function.Name != "main")];
        if (outer.Length == 0)
        {
            PythonFunction[] methods = [.. functions.Where(function => function.OfClass && !function.Name.StartsWith('_'))];
            if (functions.All(function => function.Name == "main")) return (null, null);
            bool state = methods.Length == 0 || functions.Any(function => function.Name.StartsWith("__", StringComparison.Ordinal) || Member().Matches(function.Source).Any(member => functions.All(one => one.Name != member.Groups[1].Value)));
            if (state) return (null, DropReason.AsksForClass);
            return methods.Length == 1 || methods[1..].All(helper => Mentions(methods[0].Source, helper.Name)) ? (methods[0], null) : (null, DropReason.SeveralFunctions);
        }

        if (functions.Any(function => function.OfClass)) return (null, DropReason.AsksForClass);
        if (outer.Length == 1) return (outer[0], null);
        PythonFunction[] unfinished = [.. outer.Where(function => !function.HasBody)], named = [.. outer.Where(function => Names(text, function.Name))];
        PythonFunction? chosen = unfinished.Length == 1 ? unfinished[0]
            : named.Length == 1 ? named[0]
            : outer.LastOrDefault(function => !outer.Any(other => other != function && Mentions(other.Source, function.Name)));
        return chosen is null ? (null, DropReason.SeveralFunctions) : (chosen, null);
    }

    /// <summary>Whether a text says a function's name, and not by accident: a name that is a plain word has to stand with brackets or in quotes.</summary>
    public static bool Names(string text, string name) =>
        name.Any(letter => letter == '_' || char.IsAsciiLetterUpper(letter)) ? Mentions(text, name)
        : text.Contains($"{name}(", StringComparison.Ordinal) || text.Contains($"`{name}`", StringComparison.Ordinal) || text.Contains($"'{name}'", StringComparison.Ordinal) || text.Contains($"\"{name}\"", StringComparison.Ordinal);

    /// <summary>Whether a text has a name as a word of its own.</summary>
    private static bool Mentions(string text, string name)
    {
        for (int at = text.IndexOf(name, StringComparison.Ordinal); at >= 0; at = text.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            if ((at == 0 || !IsOfName(text[at - 1])) && (at + name.Length == text.Length || !IsOfName(text[at + name.Length]))) return true;
        }

        return false;
    }

    private static bool IsOfName(char letter) => char.IsLetterOrDigit(letter) || letter == '_';

    /// <summary>A name from the words behind "function to", "program that" and the like, in their order.</summary>
    private static string Made(string text)
    {
        string first = text.Split('\n').First(line => line.Trim().Length > 0);
        Match asked = Asked().Match(first);
        string[] words = [.. Word().Matches((asked.Success ? first[(asked.Index + asked.Length)..] : first).ToLowerInvariant()).Select(word => word.Value)
            .Where(word => !Fillers.Contains(word)).Take(WordsOfName)];
        string name = string.Join('_', words).Trim('_');
        return name.Length == 0 || !char.IsAsciiLetter(name[0]) || PythonNames.Reserved(name) ? "solve" : name;
    }

    /// <summary>Words that a name can do without.</summary>
    private static readonly HashSet<string> Fillers =
    [
        "a", "an", "the", "of", "in", "on", "to", "for", "from", "with", "by", "and", "or", "is", "are", "be", "that", "which", "this", "it", "its", "as", "at", "given", "using",
        "you", "your", "me", "i", "we", "please", "can", "could", "will", "would", "should", "write", "create", "implement", "python", "function", "program", "code", "script", "method",
        "takes", "take", "two", "one", "input", "all", "any", "each", "into", "their", "whether", "if", "not", "without",
    ];

    /// <summary>A call between backquotes; a name that is quoted beside the word function; a name of several words behind "named" or "called".</summary>
    [GeneratedRegex(@"`(?:def\s+)?(?<name>[A-Za-z_]\w*)\((?<parameters>[^()`\n]*)\)|\b(?:function|method)\s+(?:(?:is\s+)?(?:named|called)\s+)?[`'""](?<name>[A-Za-z_]\w*)[`'""]|`(?<name>[A-Za-z_]\w*)`\s+(?:function|method)\b|\b(?:named|called)\s+(?<name>[a-z]+(?:_\w+|[A-Z]\w*))(?:\((?<parameters>[^()`\n]*)\))?")]
    private static partial Regex Called();

    [GeneratedRegex(@"\b(?:function|method|program|script|routine|procedure|algorithm|code)\b(?:\s+in\s+\w+)?(?:\s+(?:to|that|which|for|for\s+the))?\s+", RegexOptions.IgnoreCase)]
    private static partial Regex Asked();

    [GeneratedRegex("[a-z][a-z0-9]*")]
    private static partial Regex Word();

    [GeneratedRegex(@"\bself\.(\w+)")]
    private static partial Regex Member();

    [GeneratedRegex(@"\b(?:ListNode|TreeNode|Node|NestedInteger|QuadNode|Graph|Callable)\b")]
    private static partial Regex Classes();
}
