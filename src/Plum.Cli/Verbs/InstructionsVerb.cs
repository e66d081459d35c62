using System.CommandLine;
using Plum.Cli.Reports;
using Plum.Cli.Watching;
using Plum.Instructions;
using Plum.Rounds;

namespace Plum.Cli.Verbs;

/// <summary><c>plum instructions</c>: files of anybody's instructions to Plum's own.</summary>
internal static class InstructionsVerb
{
    public static Command Create()
    {
        InstructionOptions defaults = new();
        Argument<string[]> from = Flags.Path<string[]>("FILE", "Files of instructions: JSON Lines or a JSON array, plain or gzip, Parquet, CSV or TSV.", ArgumentArity.OneOrMore);
        Option<string> to = Flags.Required<string>("--out", "FILE", "The JSON Lines to write; beside it FILE.report.json.");
        Option<string> language = new("--language") { Description = "The program language that is wanted; any for every one.", HelpName = "NAME", DefaultValueFactory = _ => defaults.Language! };
        Option<string?> layout = new("--layout") { Description = "How the files keep their instructions; by their keys where left out.", HelpName = "NAME" };
        Option<string[]> columns = new("--column") { Description = "Where a part stands, over the layout's own: instruction=messages[role=user].content. Can be given again.", HelpName = "NAME=PATH", DefaultValueFactory = _ => [] };
        Option<bool> skip = new("--skip-malformed") { Description = "Count rows that cannot be read instead of stopping at the first." };
        Option<int> longest = Flags.AtLeast(new Option<int>("--max-characters") { Description = "The longest text.", HelpName = "N", DefaultValueFactory = _ => defaults.MaxCharacters }, 1);
        Option<double> similarity = Flags.AtLeast(new Option<double>("--similarity") { Description = "Jaccard similarity from which a text is a near-duplicate of one before; 2 keeps all.", HelpName = "S", DefaultValueFactory = _ => defaults.Similarity }, 0.01);
        Option<int> shingle = Flags.AtLeast(new Option<int>("--shingle") { Description = "Words of a shingle.", HelpName = "N", DefaultValueFactory = _ => defaults.ShingleWords }, 1);
        Option<int> bands = Flags.AtLeast(new Option<int>("--bands") { Description = "Bands of the MinHash signature.", HelpName = "N", DefaultValueFactory = _ => defaults.Bands }, 1);
        Option<int> rows = Flags.AtLeast(new Option<int>("--rows") { Description = "Hashes of a band.", HelpName = "N", DefaultValueFactory = _ => defaults.Rows }, 1);
        Option<string?> benchmarks = new("--decontaminate") { Description = $"Benchmarks whose tasks are removed, with commas between: {string.Join(", ", BenchmarkFiles.Names)}, NAME=FILE, or a file.", HelpName = "NAME,..." };
        Option<string?> data = new("--benchmark-data") { Description = "The folder in which their published files are looked for; $PLUM_DATA where left out.", HelpName = "DIR" };
        Option<int> run = Flags.AtLeast(new Option<int>("--ngram") { Description = "Words in a row that a text must not share with a benchmark's task.", HelpName = "N", DefaultValueFactory = _ => defaults.RunWords }, 3);
        Option<bool> json = Flags.Json();
        Command command = new("instructions", "Make instructions for `plum suites` and recipes from public data sets: read, screened, without near-duplicates and benchmark tasks.")
        {
            from, to, language, layout, columns, skip, longest, similarity, shingle, bands, rows, benchmarks, data, run, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            string output = parsed.GetRequiredValue(to), wanted = parsed.GetRequiredValue(language);
            InstructionOptions options = new InstructionOptions(
                wanted.Equals("any", StringComparison.OrdinalIgnoreCase) ? null : wanted, parsed.GetValue(longest), parsed.GetValue(similarity), parsed.GetValue(shingle),
                parsed.GetValue(bands), parsed.GetValue(rows), parsed.GetValue(run), parsed.GetValue(layout), parsed.GetValue(columns), parsed.GetValue(skip)).Checked();
            string[] files = parsed.GetRequiredValue(from);
            if (files.Any(file => Path.GetFullPath(file) == Path.GetFullPath(output)))
                throw new InputException($"{output}: it is read and written: choose another --out");
            Decontamination? protect = await ReadAsync(parsed.GetValue(benchmarks), parsed.GetValue(data), options, cancellation).ConfigureAwait(false);
            ImportReport report = await Watch.RunAsync(
                progress => new InstructionImport(options, protect).RunAsync(
                    files, output, (done, rows) => progress.Report(new StageProgress("instructions", 0, done, files.Length, "files", $"{rows:N0} rows")), cancellation),
                $"stopped; {output} is as it was", cancellation).ConfigureAwait(false);
            string details = $"{output}.report.json";
            RunDirectory.Write(Path.GetFullPath(details), report);
            Output.Say(parsed.GetValue(json), Output.With(output, report.Figures), console => ImportTable.Print(console, report, output, details));
            return 0;
        });
        return command;
    }

    private static async Task<Decontamination?> ReadAsync(string? names, string? data, InstructionOptions options, CancellationToken cancellation)
    {
        if (names is null) return null;
        string? folder = data ?? Environment.GetEnvironmentVariable("PLUM_DATA");
        Decontamination protect = new(options.RunWords);
        foreach (string name in names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            (string benchmark, IReadOnlyList<string> files) = BenchmarkFiles.Find(name, folder);
            foreach (string file in files) await protect.AddAsync(benchmark, file, cancellation).ConfigureAwait(false);
        }

        return protect.Tasks.Count > 0 ? protect : throw new InputException($"--decontaminate '{names}': name at least one benchmark");
    }
}
