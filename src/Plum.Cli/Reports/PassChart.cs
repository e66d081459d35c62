using System.Globalization;
using System.Text;
using Plum.Rounds;

namespace Plum.Cli.Reports;

/// <summary>Held-out pass@1 after each round with its interval, and the control arms beside the last one, as inline SVG.</summary>
internal static class PassChart
{
    private const int Width = 640, Height = 300, Left = 52, Right = 24, Top = 16, Bottom = 40;

    public static string Draw(RunReport report)
    {
        (string Name, PassFigures Figures, string Kind)[] points =
        [
            ("before", report.Before, "run"),
            .. report.Rounds.Select(round => ($"round {round.Round}", round.HeldOut, "run")),
            .. (report.Controls ?? new Dictionary<string, ControlFigures>()).Select(control => ($"control: {control.Key}", control.Value.After, "control")),
        ];
        double low = points.Min(point => point.Figures.CiLow), high = points.Max(point => point.Figures.CiHigh);
        double step = high - low > 0.4 ? 0.2 : high - low > 0.15 ? 0.1 : 0.05;
        low = Math.Max(0, Math.Floor(low / step) * step);
        high = Math.Min(1, Math.Ceiling(high / step) * step);

        double X(int at) => Left + ((at + 0.5) * (Width - Left - Right) / points.Length);
        double Y(double share) => Top + ((high - share) / (high - low) * (Height - Top - Bottom));

        StringBuilder svg = new();
        Line(svg, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"Held-out pass@1 by round\">");
        for (int tick = 0; low + (tick * step) <= high + 1e-9; tick++)
        {
            double share = low + (tick * step);
            Line(svg, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(share):F1}\" y2=\"{Y(share):F1}\"/>");
            Line(svg, $"<text class=\"tick\" x=\"{Left - 8}\" y=\"{Y(share) + 4:F1}\" text-anchor=\"end\">{100 * share:F0}%</text>");
        }

        Line(svg, $"<polyline class=\"run\" points=\"{string.Join(' ', points.Where(point => point.Kind == "run").Select((point, at) => string.Create(CultureInfo.InvariantCulture, $"{X(at):F1},{Y(point.Figures.PassAt1):F1}")))}\"/>");
        for (int at = 0; at < points.Length; at++)
        {
            (string name, PassFigures figures, string kind) = points[at];
            Line(svg, $"<g class=\"{kind}\"><title>{Page.Text(name)}: {RunTable.Share(figures.PassAt1)}, 95% {RunTable.Interval(figures)}</title>");
            Line(svg, $"<line x1=\"{X(at):F1}\" x2=\"{X(at):F1}\" y1=\"{Y(figures.CiLow):F1}\" y2=\"{Y(figures.CiHigh):F1}\"/>");
            Line(svg, $"<circle cx=\"{X(at):F1}\" cy=\"{Y(figures.PassAt1):F1}\" r=\"5\"/></g>");
            // Beside the point, where no line goes up to the next.
            bool rises = at + 1 < points.Length && points[at + 1].Kind == "run" && points[at + 1].Figures.PassAt1 > figures.PassAt1;
            Line(svg, $"<text class=\"value\" x=\"{X(at) + (rises ? -9 : 9):F1}\" y=\"{Y(figures.PassAt1) - 7:F1}\" text-anchor=\"{(rises ? "end" : "start")}\">{RunTable.Share(figures.PassAt1)}</text>");
            Line(svg, $"<text class=\"tick\" x=\"{X(at):F1}\" y=\"{Height - Bottom + 22}\" text-anchor=\"middle\">{Page.Text(name)}</text>");
        }

        return svg.Append("</svg>").ToString();
    }

    private static void Line(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
