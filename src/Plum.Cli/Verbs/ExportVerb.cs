using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Plum.Models;
using Plum.Text;
using Spectre.Console;

namespace Plum.Cli.Verbs;

/// <summary><c>plum export</c>: preferences in TRL's formats and in nothing else, JSON Lines or Parquet.</summary>
internal static class ExportVerb
{
    private static readonly string[] Columns = ["prompt", "chosen", "rejected", "completion", "label"];

    public static Command Create()
    {
        Argument<string> from = Flags.Path<string>("FILE", "A run's preferences.jsonl or passing.jsonl.", ArgumentArity.ExactlyOne);
        Option<string> to = Flags.Required<string>("--out", "FILE", "The file to write: .jsonl or .parquet.");
        Option<string?> instructions = new("--instructions") { Description = "Conversational: prompts and completions as messages, the prompt being the instruction of this file.", HelpName = "FILE" };
        Option<bool> json = Flags.Json();
        Command command = new("export", "Write preferences as TRL's trainers load them: prompt and chosen and rejected, or completion and label.") { from, to, instructions, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            string file = parsed.GetRequiredValue(from), output = parsed.GetRequiredValue(to);
            Dictionary<string, string>? asked = parsed.GetValue(instructions) is not { } given ? null : (await JsonLines.ReadAllAsync<Instruction>(given, cancellation).ConfigureAwait(false))
                .ToDictionary(instruction => instruction.Id, instruction => instruction.Text);
            List<JsonObject> rows = [];
            await foreach (JsonObject row in JsonLines.ReadAsync<JsonObject>(file, cancellation).ConfigureAwait(false))
                rows.Add(asked is null ? Standard(row) : Conversational(row, asked, file, rows.Count + 1));
            if (rows.Count == 0 || rows[0].Count < 2) throw new InputException($"{file}: there are no preferences in it: give a run's preferences.jsonl or passing.jsonl");
            if (ParquetLines.IsNamed(output)) await ParquetLines.WriteAsync(output, rows, cancellation).ConfigureAwait(false);
            else JsonLines.WriteAll(output, rows);
            Output.Say(parsed.GetValue(json), new ExportFigures(output, rows.Count, [.. rows[0].Select(column => column.Key)]), console => console.WriteLine($"{rows.Count:N0} rows of {string.Join(", ", rows[0].Select(column => column.Key))}; {output}"));
            return 0;
        });
        return command;
    }

    private static JsonObject Standard(JsonObject row) => new([.. row.Where(column => Columns.Contains(column.Key)).Select(column => KeyValuePair.Create(column.Key, column.Value?.DeepClone()))]);

    private static JsonObject Conversational(JsonObject row, Dictionary<string, string> asked, string file, int number)
    {
        string task = row["task_id"]?.GetValue<string>() ?? "";
        string question = asked.TryGetValue(task, out string? found) ? found : throw new InputException($"{file}, line {number}: '{task}' is no id of the instructions: give the instructions that the candidates were sampled for");
        return new([.. Standard(row).Select(column => KeyValuePair.Create(column.Key, column.Key switch
        {
            "prompt" => Messages("user", question),
            "label" => column.Value?.DeepClone(),
            _ => Messages("assistant", column.Value!.GetValue<string>()),
        }))]);
    }

    private static JsonArray Messages(string role, string content) => [JsonSerializer.SerializeToNode(new ChatMessage(role, content), PlumJson.Lines)];

    private sealed record ExportFigures(string Out, int Rows, IReadOnlyList<string> Columns);
}
