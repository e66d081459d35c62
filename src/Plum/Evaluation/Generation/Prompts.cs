using Plum.Evaluation.Benchmarks;
using Plum.Models;
using Plum.Text.Jinja;

namespace Plum.Evaluation.Generation;

/// <summary>The prompts of public harnesses, for base models and for chat models.</summary>
internal static class Prompts
{
    // evalplus/codegen.py and provider/utility.py.
    private const string EvalPlusInstruction = "Please provide a self-contained Python script that solves the following problem in a markdown code block:";
    private const string EvalPlusResponse = "Below is a Python script with a self-contained function that solves the problem and passes corresponding tests:";
    private const string Splitter = "-[[]]-this-is-really-our-highest-priority-[[]]-";

    // lcb_runner/prompts/code_generation.py.
    private const string LiveCodeBenchSystem = "You are an expert Python programmer. You will be given a question (problem specification) and will generate a correct Python program that matches the specification and passes all tests.";
    private const string LiveCodeBenchStarter = "You will use the following starter code to write the solution to the problem and enclose your code within delimiters.";
    private const string LiveCodeBenchInput = "Read the inputs from stdin solve the problem and write the answer to stdout (do not directly test on the sample inputs). Enclose your code within delimiters as follows. Ensure that when the python program runs, it reads the inputs, runs the algorithm and writes output to STDOUT.";

    /// <summary>The text that the model continues.</summary>
    /// <param name="task">The task.</param>
    /// <param name="model">The model, whose chat template is used.</param>
    /// <param name="chat">Whether it is a chat model.</param>
    /// <param name="begun">Whether a chat model's answer is begun for it.</param>
    public static string Of(PublicTask task, ILanguageModel model, bool chat, bool begun = true) => (task.Style.Kind, chat) switch
    {
        // evalplus/provider/openai.py.
        (PromptKind.EvalPlus, true) when !begun => model.RenderPrompt([new("user", $"{EvalPlusInstruction}\n```python\n{task.Prompt.Trim()}\n```")]),
        (PromptKind.Continuation, true) when !begun => model.RenderPrompt([new("user", Continue(task))]),
        (PromptKind.EvalPlus, false) => task.Prompt.Trim() + "\n",
        (PromptKind.EvalPlus, true) => Opened(model, $"{EvalPlusInstruction}\n```\n{task.Prompt.Trim()}\n```\n", $"{EvalPlusResponse}\n```python\n", "\n```\n"),
        (PromptKind.Continuation, false) => task.Prompt,
        (PromptKind.Continuation, true) => Opened(
            model, Continue(task), $"```{task.Style.Language}\n{task.Prompt}", "\n```\n"),
        (PromptKind.LiveCodeBench, false) => LiveCodeBench(task),
        (PromptKind.LiveCodeBench, true) => WithSystem(model, LiveCodeBenchSystem, LiveCodeBench(task)),
        (_, false) => task.Prompt,
        _ => model.RenderPrompt([new("user", task.Prompt)]),
    };

    /// <summary>Texts that end a completion.</summary>
    public static IReadOnlyList<string> StopOf(PublicTask task, bool chat, bool begun = true) => (task.Style.Kind, chat) switch
    {
        (PromptKind.EvalPlus or PromptKind.Continuation, true) when !begun => [],
        (PromptKind.EvalPlus, true) => [.. EvalPlusTasks.Ends, "\n```\n"],
        (PromptKind.Continuation, true) => [.. task.Style.Stop, "\n```"],
        _ => task.Style.Stop,
    };

    private static string Continue(PublicTask task) =>
        $"Please complete the following {task.Style.Language} program in a markdown code block:\n```{task.Style.Language}\n{task.Prompt.Trim()}\n```\n";

    private static string LiveCodeBench(PublicTask task) => $"### Question:\n{task.Prompt}\n\n"
        + (task.Starter.Length > 0 ? $"### Format: {LiveCodeBenchStarter}\n```python\n{task.Starter}\n```\n\n" : $"### Format: {LiveCodeBenchInput}\n```python\n# YOUR CODE HERE\n```\n\n")
        + "### Answer: (use the provided format with backticks)\n\n";

    /// <summary>A conversation whose answer has begun: EvalPlus renders it whole and cuts it where the answer's code begins.</summary>
    private static string Opened(ILanguageModel model, string instruction, string begun, string end) =>
        model.RenderPrompt([new("user", instruction), new("assistant", begun + Splitter + end)]).Split(Splitter)[0];

    private static string WithSystem(ILanguageModel model, string system, string user)
    {
        try
        {
            return model.RenderPrompt([new("system", system), new("user", user)]);
        }
        catch (JinjaException)
        {
            // Some templates know no system's turn.
            return model.RenderPrompt([new("user", $"{system}\n\n{user}")]);
        }
    }
}
