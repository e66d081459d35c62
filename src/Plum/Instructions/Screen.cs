using System.Text.RegularExpressions;
using Plum.Text;

namespace Plum.Instructions;

/// <summary>
/// Tells the rows that Plum can learn from: they ask, in whatever natural language, for one function of the program language
/// that is wanted, whose values can be compared. It looks at words, not at meaning: what it lets through wrongly is dropped by
/// stage 1, where the references do not agree.
/// </summary>
internal sealed partial class Screen(InstructionOptions options)
{
    private const int FewestWords = 3;

    /// <summary>Judges a row.</summary>
    /// <param name="source">The row; null for one without an instruction.</param>
    /// <param name="entry">The function that is asked for.</param>
    /// <returns>Why it cannot be used; null where it can.</returns>
    public DropReason? Judge(Source? source, out EntryPoint? entry)
    {
        entry = null;
        if (source is null || string.IsNullOrWhiteSpace(source.Text)) return DropReason.Empty;
        if (source.Text.Length > options.MaxCharacters) return DropReason.TooLong;
        if (Words.Of(source.Text).Count < FewestWords) return DropReason.TooShort;
        if (source.EntryPoint is null && !source.Layout.OfTasks && !Asks(source)) return DropReason.NoProgram;
        if (options.Language is { } language && ProgramLanguages.Of(source) is { } found && found != language) return DropReason.OtherLanguage;
        if (source.EntryPoint is null)
        {
            if (ReadsInput().IsMatch(source.Text)) return DropReason.StandardInput;
            if (WantsClass().IsMatch(source.Text)) return DropReason.AsksForClass;
            if (!source.Layout.OfTasks && (Outside().IsMatch(source.Text) || NeedsMore(source))) return DropReason.OutsideWorld;
            if (Nodes().IsMatch(source.Text) && !source.Layout.OfTasks) return DropReason.CustomTypes;
        }

        entry = EntryPoint.Of(source, out DropReason reason);
        return entry is null ? reason : null;
    }

    private static bool Asks(Source source)
    {
        if (OtherWork().IsMatch(source.Text)) return false;
        if (Wanted().IsMatch(source.Text) || GivenAndWanted().IsMatch(source.Text)) return true;
        bool code = PythonFunction.In(source.Text).Count > 0;
        // In other natural languages, and in few words, the answer tells: a function of its own, where the text brought no code.
        return code ? Finish().IsMatch(source.Text) : PythonFunction.In(source.Answer).Any(function => function.Column == 0);
    }

    // What an answer imports tells in every natural language whether values alone are in play.
    private static bool NeedsMore(Source source) =>
        AsyncFunction().IsMatch(source.Text) || AsyncFunction().IsMatch(source.Answer)
        || Imported().Matches($"{source.Text}\n{source.Answer}").Any(import => !PythonNames.PureModules.Contains(import.Groups[1].Value));

    [GeneratedRegex(@"\b(?:write|create|implement|develop|design|build|define|construct|generate|code|make|program|provide|compose|give|show|need|want)\b[^.?!\n]{0,80}?\b(?:functions?|methods?|programs?|scripts?|algorithms?|code|routine|procedure|subroutine|lambda|snippet)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Wanted();

    [GeneratedRegex(@"^\s*(?:you are )?given\b.{0,400}?\b(?:return|find|compute|determine|count|calculate|print|output|check)\b", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex GivenAndWanted();

    [GeneratedRegex(@"\b(?:complete|completion|finish|fill|implement|fix|correct|debug|optimi[sz]e|refactor|rewrite|improve|replace)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Finish();

    [GeneratedRegex(@"\b(?:write|add|create|generate|provide|make)\b[^.?!\n]{0,40}?\b(?:unit tests?|tests? (?:for|of)|test cases?|documentation|docstrings?|comments?|readme|essay|story|poem|article|email|letter|regular expression|regex|query|commit message|pseudo ?code)\b|\bscript for (?:a|an|the)\s+(?:[\w-]+\s+){0,3}?(?:sketch|video|movie|film|play|podcast|episode|show)\b|\bdetect (?:if|whether) there\b|^\s*(?:add|fix|remove|update|allow|use|change|move|rename|make sure|ensure|switch|bump|handle|support|correct|improve)\b(?![^\n]*\b(?:functions?|methods?|code|programs?|bugs? in the)\b)|^\s*(?:explain|describe|what|why|how (?:do|does|can|to|would|should)|summari[sz]e|translate|identify|classify|detect if|compare|is|are|does)\b", RegexOptions.IgnoreCase)]
    private static partial Regex OtherWork();

    [GeneratedRegex(@"\b(?:write|create|implement|develop|design|define|build|make)\s+(?:a|an|the)\s+(?:[\w-]+\s+){0,3}?class\b|\bclass\s+(?:named|called)\b|\b(?:design|implement) (?:the|a|an) [\w-]*(?: [\w-]+)? (?:data structure|system|cache|iterator)\b", RegexOptions.IgnoreCase)]
    private static partial Regex WantsClass();

    [GeneratedRegex(@"\bstandard input\b|\bstdin\b|\binput format\b|^[^\w\n]*input[^\w\n]*$(?=[\s\S]*^[^\w\n]*output[^\w\n]*$)|\bfirst (?:input )?line\b[^.\n]{0,40}\b(?:contains?|consists?)\b|\b(?:user|keyboard)(?:'s)?\s+(?:to\s+)?(?:input|enters?|types?|inputs)\b|\binput from the user\b|\b(?:asks?|prompts?) the user\b|\binput\(\)", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex ReadsInput();

    [GeneratedRegex(@"\b(?:apis?|https?|urls?|web ?(?:site|page|server|app\w*|scrap\w+|socket)s?|scrap(?:e|er|ing)|html|css|gui|tkinter|qt|pyqt\d?|flask|django|fastapi|databases?|mysql|sqlite|mongodb|internet|download\w*|plot(?:s|ting)?|matplotlib|chart|pygame|games?|tensorflow|pytorch|keras|pandas|data ?frames?|numpy|scikit\S*|sklearn|machine learning|neural networks?|regression model|train(?:ing)? (?:a|the) model|sockets?|servers?|emails?|e-mails?|random(?:ly|i[sz]e\w*)?|shuffl\w+|current (?:date|time|price|value|weather)|date and time|threads?|sleep|alert|buttons?|screen|images?|audio|video|camera|pdf|excel|csv|(?:text|json|xml|log|input|output|\.?\w{2,4}) files?|(?:open|read|write)s? (?:a|the|to a|from a) file|director(?:y|ies)|folders?|docker|kubernetes|aws|bot|chat ?bot|blockchain|smart contract|logging|timer|clock|hello,? world)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Outside();

    [GeneratedRegex(@"\blinked[ -]lists?\b|\bbinary (?:search )?trees?\b", RegexOptions.IgnoreCase)]
    private static partial Regex Nodes();

    [GeneratedRegex(@"^[ \t]*async\s+def\b", RegexOptions.Multiline)]
    private static partial Regex AsyncFunction();

    [GeneratedRegex(@"^[ \t]*(?:from|import)\s+([A-Za-z_]\w*)(?:\.[\w.]+)?(?:\s+(?:import|as)\b|\s*,|\s*$)", RegexOptions.Multiline)]
    private static partial Regex Imported();
}
