using System.Net;
using System.Text;

namespace Plum.Cli.Reports;

/// <summary>Pieces of a page.</summary>
internal static class Page
{
    /// <summary>What pages have in common: the reader's own choice of light or dark, tables, a line of figures.</summary>
    public const string Style = """
        :root { color-scheme: light dark; --text: #222; --dim: #666; --back: #fff; --soft: #f6f6f6; --line: #e6e6e6; --ours: #6b2d5c; --other: #8a8a8a; --good: #1d7a3a; --bad: #b3261e; --unsure: #8a6d00; }
        @media (prefers-color-scheme: dark) { :root { --text: #e4e4e4; --dim: #a2a2a2; --back: #17181a; --soft: #232528; --line: #383b3f; --ours: #d08bbf; --other: #8f949a; --good: #6cc58a; --bad: #f28b82; --unsure: #e0c060; } }
        body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 54rem; margin: 2.5rem auto; padding: 0 1rem; }
        h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; } p { margin: .4rem 0; }
        .result { font-size: 1.1rem; } .small { color: var(--dim); font-size: .875rem; overflow-wrap: anywhere; } .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; width: 100%; }
        th, td { text-align: right; padding: .3rem .5rem; border-bottom: 1px solid var(--line); }
        th { font-weight: 600; color: var(--dim); } th:first-child, td:first-child { text-align: left; padding-left: 0; }
        """;

    public static string Text(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A table; the first column is text, the others are numbers.</summary>
    public static string Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        StringBuilder html = new("<table>\n");
        Row(html, "th", head);
        foreach (IReadOnlyList<string> row in rows) Row(html, "td", row);
        return html.Append("</table>\n").ToString();
    }

    private static void Row(StringBuilder html, string cell, IEnumerable<string> texts)
    {
        html.Append("<tr>");
        foreach (string text in texts) html.Append('<').Append(cell).Append('>').Append(Text(text)).Append("</").Append(cell).Append('>');
        html.Append("</tr>\n");
    }
}
