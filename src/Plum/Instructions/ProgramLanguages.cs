using System.Text.RegularExpressions;

namespace Plum.Instructions;

/// <summary>Which language a program is asked for in: from the source's own column, from the words, from fences, from the code.</summary>
internal static partial class ProgramLanguages
{
    private static readonly Row[] Rows =
    [
        // Python first: a text that names two languages mostly asks for a translation into the one that is wanted.
        new("python", "py|python3|python2|py3", @"\bpython\b|\bpandas\b|\bnumpy\b|\bdjango\b|\bflask\b", @"^[ \t]*(?:async\s+)?def\s+\w+\s*\(.*?\).*?:|^(?:from\s+[\w.]+\s+)?import\s+\w+(?:\s+as\s+\w+)?\s*$|^class\s+\w+(?:\(.*\))?:|^if __name__"),
        new("typescript", "ts", @"\btypescript\b|\bangular\b", @"^[ \t]*(?:export\s+)?interface\s+\w+\s*\{|:\s*(?:string|number|boolean)(?:\[\])?\s*[,;=)]"),
        new("javascript", "js|node|nodejs|jsx|react", @"\bjava\s?script\b|\bnode(?:\.?js)?\b|\bjquery\b|\breact(?:\.?js)?\b|\bvue(?:\.?js)?\b|\bjs\b", @"\bfunction\s*\w*\s*\(.*\)\s*\{|^[ \t]*(?:const|let|var)\s+\w+\s*=|\bconsole\.log\(|=>\s*[{(]|\bdocument\.\w+|^[ \t]*alert\("),
        new("csharp", "cs|c#|c-sharp|.net|dotnet", @"\bc#|\bc[ -]sharp\b|(?<!\w)\.net\b|\bunity\b", @"^[ \t]*using\s+System\b|\bConsole\.Write|\bnamespace\s+\w+"),
        new("cpp", "c++|cc|cxx|hpp", @"\bc\+\+|\bcpp\b", @"#include\s*[<""]|\bstd::|\bcout\s*<<"),
        new("c", "h", @"\bin c\b(?![+#])|\bc (?:program|function|code|language)\b", @"#include\s*<stdio\.h>"),
        new("java", "", @"\bjava\b|\bandroid\b|\bspring boot\b", @"\bpublic\s+(?:static\s+|final\s+|abstract\s+)*(?:class|void|int|String|boolean|interface)\b|\bSystem\.out\."),
        new("kotlin", "kt", @"\bkotlin\b", @"^[ \t]*fun\s+\w+\s*\("),
        new("go", "golang", @"\bgolang\b|\bin go\b|\bgo (?:program|function|code)\b", @"^package\s+\w+|^func\s+(?:\(.*?\)\s*)?\w+\s*\("),
        new("rust", "rs", @"\brust\b", @"\bfn\s+\w+\s*(?:<.*?>)?\(.*\)\s*(?:->|\{)|\blet\s+mut\b"),
        new("swift", "", @"\bswift(?:ui)?\b|\bxcode\b", @"^[ \t]*func\s+\w+\s*\(.*\)\s*->\s*\w+\s*\{"),
        new("ruby", "rb", @"\bruby\b|\brails\b", @"^[ \t]*def\s+[\w.?!]+(?:\s*\(.*\))?\s*$|^[ \t]*puts\s"),
        new("php", "", @"\bphp\b|\blaravel\b", @"<\?php"),
        new("scala", "", @"\bscala\b", @"^[ \t]*object\s+\w+\s*(?:extends|\{)"),
        new("perl", "pl", @"\bperl\b", @"^[ \t]*(?:my|use strict)\b"),
        new("haskell", "hs", @"\bhaskell\b", @"^\w+\s*::\s*.*->"),
        new("r", "", @"\bin r\b|\br (?:program|function|code|script)\b", @"<-\s*function\s*\("),
        new("matlab", "octave", @"\bmatlab\b|\boctave\b", @"^[ \t]*function\s+.*=\s*\w+\("),
        new("sql", "mysql|postgresql|sqlite", @"\b(?:my|postgre|t-?)?sql(?:ite)?\b", @"^[ \t]*(?:SELECT\s+[\w*].*\bFROM\b|CREATE\s+TABLE|INSERT\s+INTO)"),
        new("shell", "bash|sh|zsh|powershell|console|batch", @"\bbash\b|\bshell\b|\bpowershell\b|\bbatch (?:file|script)\b|\blinux command\b", @"^#!\s*/\S*(?:sh|bash)\b"),
        new("html", "css|xml|svg|scss", @"\bhtml5?\b|\bcss3?\b", @"<!DOCTYPE|<html|<div\b|<body\b"),
        new("assembly", "asm", @"\bassembly (?:code|language|program)\b|\bx86\b", @"^section\s+\.\w+"),
        new("vba", "vb|vbnet|visual basic", @"\bvba\b|\bvisual basic\b|\bexcel (?:formula|macro)\b", @"^[ \t]*(?:Public\s+|Private\s+)?Sub\s+\w+\("),
        new("lua", "", @"\blua\b", @"^[ \t]*local\s+\w+\s*="),
        new("julia", "jl", @"\bjulia\b", "^[ \t]*using\\s+[A-Z]\\w+\\s*$"),
    ];

    /// <summary>The language; null where nothing tells.</summary>
    /// <param name="source">The row.</param>
    public static string? Of(Source source)
    {
        if (source.Language is { Length: > 0 } told) return Named(told) ?? told.ToLowerInvariant();
        // A contest's problem speaks of strings that go swift or of rust; its code says what it wants.
        return source.Layout.OfTasks ? OfCode(source) ?? OfWords(source.Text) : OfWords(source.Text) ?? OfCode(source);
    }

    /// <summary>The language that one of its names means; null where it is unknown.</summary>
    /// <param name="name">A language's name, in any case.</param>
    public static string? Named(string name)
    {
        string lower = name.ToLowerInvariant();
        return Rows.FirstOrDefault(row => row.Name == lower || row.Names.Split('|').Contains(lower))?.Name;
    }

    private static string? OfWords(string text)
    {
        string prose = CodeLine().Replace(Fence().Replace(text, " "), " ");
        return Rows.FirstOrDefault(row => row.Words.IsMatch(prose))?.Name;
    }

    private static string? OfCode(Source source) =>
        Fenced(source.Starter) ?? Fenced(source.Text) ?? Fenced(source.Answer) ?? OfCode(source.Starter) ?? OfCode(source.Text) ?? OfCode(source.Answer);

    private static string? Fenced(string text) => Fence().Matches(text).Select(fence => fence.Groups["language"].Value).FirstOrDefault(language => language.Length > 0) is { } name ? Named(name) ?? name.ToLowerInvariant() : null;

    private static string? OfCode(string text) => text.Length == 0 ? null : Rows.FirstOrDefault(row => row.Code.IsMatch(text))?.Name;

    [GeneratedRegex(@"^[ \t]*```[ \t]*(?<language>[\w+#.-]*)[^\n]*\n.*?(?:^[ \t]*```|\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    /// <summary>A line that no sentence looks like: it stands in, or ends as code does.</summary>
    [GeneratedRegex(@"^(?:[ \t]{2,}\S.*|.*[;{}][ \t]*)$", RegexOptions.Multiline)]
    private static partial Regex CodeLine();

    /// <param name="Name">The language's name.</param>
    /// <param name="Names">Other names of it, with bars between them.</param>
    /// <param name="Words">How prose speaks of it.</param>
    /// <param name="Code">What only its code looks like.</param>
    private sealed record Row(string Name, string Names, Regex Words, Regex Code)
    {
        public Row(string name, string names, string words, string code)
            : this(name, names, new Regex(words, RegexOptions.IgnoreCase | RegexOptions.Compiled), new Regex(code, RegexOptions.Multiline | RegexOptions.Compiled))
        {
        }
    }
}
