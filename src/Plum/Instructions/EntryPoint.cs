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

        if (Chosen(own, source.Text, out reason, unfinished: true) is { } inText) return Checked(new(inText.Name, inText.Signature, EntryPointOrigin.Text), source, out reason);
        if (own.Length > 0) return null;
        if (Chosen(answer, source.Text, out reason, unfinished: false) is { } inAnswer) return Checked(new(inAnswer.Name, inAnswer.Signature, EntryPointOrigin.Answer), source, out reason);
        if (answer.Length > 0 && reason == DropReason.AsksForClass) return null;
        reason = default;
        if (Called().Matches(source.Text).FirstOrDefault(match => !PythonNames.Reserved(match.Groups["name"].Value)) is { } called)
            return new(called.Groups["name"].Value, called.Groups["parameters"] is { Success: true } parameters ? $"{called.Groups["name"].Value}({parameters.Value})" : null, EntryPointOrigin.Named);
        return new(Made(source.Text), null, EntryPointOrigin.Derived);
    }

    /// <summary>Of several functions the one that is asked for: the one that the text names, else the only one that is unfinished, else the last that no other calls.</summary>
    private static PythonFunction? Chosen(PythonFunction[] functions, string text, out DropReason reason, bool unfinished)
    {
        reason = DropReason.SeveralFunctions;
        // What stands within a function or in the class of a finished program is its own affair.
        PythonFunction[] outer = [.. functions.Where(function => function.Column == 0)];
        if (outer.Length == 0)
        {
            PythonFunction[] methods = [.. functions.Where(function => function.OfClass && !function.Name.StartsWith('_'))];
            if (methods.Length == 0 || functions.Any(function => function.Name == "__init__")) reason = DropReason.AsksForClass;
            else if (methods.Length == 1 || methods[1..].All(helper => methods[0].Source.Contains($"self.{helper.Name}(", StringComparison.Ordinal))) return methods[0];
            return null;
        }

        if (functions.Any(function => function.OfClass && function.Name == "__init__")) reason = DropReason.AsksForClass;
        if (outer.Length == 1) return outer[0];
        PythonFunction[] chosen = unfinished
            ? [.. outer.Where(function => !function.HasBody)]
            : [.. outer.Where(function => Mentions(text, function.Name))];
        if (chosen.Length == 1) return chosen[0];
        return unfinished ? null : outer.Where(function => function.Name != "main" && !outer.Any(other => other != function && other.Name != "main" && Mentions(other.Source, function.Name))).LastOrDefault();
    }

    private static EntryPoint? Checked(EntryPoint entry, Source source, out DropReason reason)
    {
        reason = DropReason.CustomTypes;
        return Classes().IsMatch(entry.Signature!) || Classes().IsMatch(source.Starter) ? null : entry;
    }

    /// <summary>Whether a text has a name as a word of its own.</summary>
    public static bool Mentions(string text, string name)
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

    [GeneratedRegex(@"\b(?:ListNode|TreeNode|Node|NestedInteger|QuadNode|Graph|Callable)\b")]
    private static partial Regex Classes();
}
