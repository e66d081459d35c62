using System.Text.Json;
using System.Text.Json.Nodes;
using Plum.Rounds;
using Plum.Text;

namespace Plum.Torch.Training;

/// <summary>Figures by step, kept for the summary while they go to disk: JSON Lines, and TensorBoard's events where wished.</summary>
/// <typeparam name="T">A step's figures.</typeparam>
internal sealed class StepLog<T> : IDisposable
    where T : class
{
    private readonly JsonLinesWriter<T> file;
    private readonly TensorBoardWriter? board;
    private readonly List<T> steps = [];

    /// <summary>Opens the file.</summary>
    /// <param name="path">JSON Lines.</param>
    /// <param name="keep">How many steps of an earlier process stay.</param>
    /// <param name="board">The folder of TensorBoard's event files; null for none.</param>
    public StepLog(string path, int keep = 0, string? board = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (keep > 0 && File.Exists(path))
            steps.AddRange(File.ReadLines(path).Take(keep).Select(line => JsonSerializer.Deserialize<T>(line, PlumJson.Lines)!));
        file = new JsonLinesWriter<T>(path, keep);
        this.board = board is null ? null : new TensorBoardWriter(board, TimeProvider.System);
    }

    /// <summary>The steps so far.</summary>
    public IReadOnlyList<T> Steps => steps;

    public void Append(T step)
    {
        steps.Add(step);
        file.Append(step);
        if (board is null) return;
        JsonObject values = JsonSerializer.SerializeToNode(step, PlumJson.Lines)!.AsObject();
        board.Write(steps.Count, values.Where(item => item.Key != "step" && item.Value is JsonValue).Select(item => (Tag(item.Key), (float)item.Value!.GetValue<double>())));
    }

    public TrainingFigures Figures(Func<T, double> loss, Func<T, long> tokens) => new(
        steps.Count, tokens(steps[^1]), steps.Skip(steps.Count * 3 / 4).Average(loss));

    public void Dispose()
    {
        file.Dispose();
        board?.Dispose();
    }

    // As transformers' callback names them.
    private static string Tag(string key) => key.StartsWith("eval_", StringComparison.Ordinal) ? "eval/" + key["eval_".Length..] : "train/" + key;
}
