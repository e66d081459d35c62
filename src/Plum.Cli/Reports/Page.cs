using System.Net;
using System.Text;

namespace Plum.Cli.Reports;

/// <summary>Pieces of a page.</summary>
internal static class Page
{
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
