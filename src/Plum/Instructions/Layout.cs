using System.Text.Json;
using System.Text.RegularExpressions;

namespace Plum.Instructions;

/// <summary>How a kind of file keeps its instructions: a row of a table, recognised by its keys.</summary>
/// <param name="Name">As <c>--layout</c> gives it.</param>
/// <param name="Keys">The keys that an object of it has; of several with a bar between them, one.</param>
/// <param name="Columns">Where the parts are.</param>
/// <param name="OfTasks">Whether every row is a task for a program, so that none has to be told from chat.</param>
/// <param name="AnswerContinues">Whether the answer continues the instruction, as in HumanEval.</param>
/// <param name="Ready">Whether its texts are as they should be: Plum's own.</param>
/// <param name="Number">What a row's number is named behind, where its id is a number; null for the layout's name.</param>
internal sealed partial record Layout(
    string Name, IReadOnlyList<string> Keys, Columns Columns, bool OfTasks = false, bool AnswerContinues = false, bool Ready = false, string? Number = null)
{
    private const int AnswerLookedAt = 20_000;

    /// <summary>All rows; the first that fits counts, so the ones with more keys stand first.</summary>
    public static IReadOnlyList<Layout> All { get; } =
    [
        new("plum", ["instruction", "entry_point"], Columns.Of("instruction", entryPoint: "entry_point", family: "family"), OfTasks: true, Ready: true),
        new("humaneval", ["prompt", "entry_point"], Columns.Of("prompt", answer: "canonical_solution", entryPoint: "entry_point"), OfTasks: true, AnswerContinues: true),
        new("mbpp", ["text|prompt", "test_list"], Columns.Of("text|prompt", answer: "code"), OfTasks: true, Number: "Mbpp/"),
        new("leetcode", ["prompt_sft"], Columns.Of("prompt_sft", family: "meta.difficulty"), OfTasks: true),
        new("leetcode", ["problem", "tests"], Columns.Of("problem", answer: "solutions", starter: "starter_code"), OfTasks: true),
        new("livecodebench", ["question_content"], Columns.Of("question_content", starter: "starter_code", id: "question_id", family: "difficulty"), OfTasks: true),
        new("livecodebench", ["question", "sample_code"], Columns.Of("question", answer: "answer", starter: "sample_code"), OfTasks: true),
        new("apps", ["question", "solutions"], Columns.Of("question", answer: "solutions[0]", starter: "starter_code", id: "problem_id|id", family: "difficulty"), OfTasks: true),
        new("contest", ["content", "test"], Columns.Of("content", answer: "canonical_solution"), OfTasks: true),
        new("oss-instruct", ["problem", "solution"], Columns.Of("problem", answer: "solution", language: "lang", id: "id|raw_index|index")),
        new("sharegpt", ["conversations"], Columns.Of("conversations[from=human].value|conversations[from=user].value|conversations[role=user].content", answer: "conversations[from=gpt].value|conversations[from=assistant].value|conversations[role=assistant].content")),
        new("messages", ["messages"], Columns.Of("messages[role=user].content|messages[from=human].value", answer: "messages[role=assistant].content|messages[from=gpt].value")),
        new("seed-tasks", ["instruction", "instances"], Columns.Of("instruction", input: "instances[0].input", answer: "instances[0].output")),
        new("code-alpaca", ["instruction", "input", "output"], Columns.Of("instruction", input: "input", answer: "output")),
        new("evol-instruct", ["instruction", "output|response"], Columns.Of("instruction", answer: "output|response")),
        new("octopack", ["prompt", "completion"], Columns.Of("prompt|prompt[role=user].content", answer: "completion|completion[role=assistant].content")),
    ];

    /// <summary>The layout of an object; null where no row fits.</summary>
    /// <param name="row">The object.</param>
    public static Layout? Of(JsonElement row) => All.FirstOrDefault(layout => layout.Keys.All(keys => keys.Split('|').Any(key => row.TryGetProperty(key, out _))));

    /// <summary>The layout of a name.</summary>
    /// <param name="name">As <c>--layout</c> gives it.</param>
    /// <param name="row">An object of the file: of several layouts of one name, its own.</param>
    /// <exception cref="InputException">There is none.</exception>
    public static Layout Named(string name, JsonElement row)
    {
        Layout[] named = [.. All.Where(layout => layout.Name == name)];
        return named.FirstOrDefault(layout => layout == Of(row)) ?? named.FirstOrDefault() ?? throw new InputException(
            $"--layout {name}: there is no such layout{(Text.Spelling.Closest(name, All.Select(layout => layout.Name)) is { } meant ? $", did you mean {meant}?" : "")}: the layouts are {string.Join(", ", All.Select(layout => layout.Name).Distinct())}");
    }

    /// <summary>What a row says.</summary>
    /// <param name="row">The row.</param>
    /// <returns>Null where it has no instruction.</returns>
    /// <exception cref="InputException">A value is of the wrong kind, or holds half a letter.</exception>
    public Source? Read(SourceRow row)
    {
        if (Find(row, Columns.Instruction) is not { } instruction) return null;
        string answer = Find(row, Columns.Answer) ?? "", starter = Find(row, Columns.Starter) ?? "", text = Wrapping().Replace(instruction, "").Replace('\u00A0', ' ').Trim();
        if (answer.Length > AnswerLookedAt) answer = answer[..AnswerLookedAt];
        // A class around one method is the contests' way to ask for a function.
        if (ClassFence().Match(text) is { Success: true } fence) (starter, text) = (fence.Groups["code"].Value, text.Remove(fence.Index, fence.Length).Trim());
        string input = Find(row, Columns.Input)?.Trim() ?? "";
        if (NoInput().IsMatch(input)) input = "";
        if (input.Length > 0) text += text.EndsWith(':') ? $"\n\n{input}" : $"\n\nInput:\n{input}";
        string? id = Find(row, Columns.Id)?.Trim();
        return new(
            this, row.Where, text, AnswerContinues && answer.Length > 0 ? instruction + answer : answer, Find(row, Columns.EntryPoint)?.Trim(),
            starter, Find(row, Columns.Language)?.Trim(),
            string.IsNullOrEmpty(id) ? null : id.All(char.IsAsciiDigit) ? $"{Number ?? $"{Name}-"}{id}" : id, Find(row, Columns.Family)?.Trim());
    }

    private static string? Find(SourceRow row, IReadOnlyList<ColumnPath> paths)
    {
        foreach (ColumnPath path in paths)
        {
            try
            {
                if (path.Find(row.Json) is { ValueKind: JsonValueKind.String or JsonValueKind.Number } value) return value.ToString();
            }
            catch (InvalidOperationException failure)
            {
                throw new InputException($"{row.Where}: '{path}' holds half a letter (a lone \\ud800 or the like): repair or remove the row, or give --skip-malformed", failure);
            }
        }

        return null;
    }

    [GeneratedRegex(@"^(?:<?\s*no\s?input\s*>?|not applicable\.?|n/?a\.?|none|null|nan)$", RegexOptions.IgnoreCase)]
    private static partial Regex NoInput();

    /// <summary>Sentences that LeetCode collections put around their problems, and which say how to answer rather than what.</summary>
    [GeneratedRegex(@"Please solve the programming task below using a self-contained code snippet in a markdown code block\.\s*|Please complete the (?:following python code precisely|code below to solve above pr\w+):\s*|You are an expert Python programmer\. You will be given a question \(problem specification\).*?except for the program\.\s*(?:### Question:\s*)?", RegexOptions.Singleline)]
    private static partial Regex Wrapping();

    [GeneratedRegex(@"^[ \t]*```[ \t]*(?:python\d?|py)?[ \t]*\n(?<code>(?:(?!^[ \t]*```).)*?^class\s+Solution\b.*?)(?:^[ \t]*```[ \t]*$|\z)", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex ClassFence();
}
