using Plum.Text;

namespace Plum.Suites;

/// <summary>What a teacher is asked for an instruction; both know the slots <c>{instruction}</c> and <c>{entry_point}</c>.</summary>
/// <param name="Reference">Asks for a solution.</param>
/// <param name="Inputs">Asks for test inputs, a call a line.</param>
public sealed record TeacherPrompts(PromptTemplate Reference, PromptTemplate Inputs)
{
    /// <summary>For a general model: the paper's teaching assistant, who analyses, solves, then tests, one step a request.</summary>
    public static TeacherPrompts Default { get; } = new(
        Template("the default reference prompt", """
            You are a professor's teaching assistant. A programming exercise reads:

            {instruction}

            First analyse in a few sentences what is asked, with its corner cases. Then write a correct solution in Python: a function
            named `{entry_point}` that returns its result and prints nothing, in one ```python block.
            """),
        Template("the default input prompt", """
            You are a professor's teaching assistant. A programming exercise asks for a Python function `{entry_point}`:

            {instruction}

            Write test inputs that tell correct solutions from wrong ones: ordinary ones and corner cases, each different from the others
            and small enough to work out by hand. Write 10 calls of `{entry_point}`, one a line in a ```python block, with literals only as arguments
            and without the expected results, like this:

            {entry_point}(...)
            """));

    /// <summary>For a small model trained on Plum's own instructions: the instruction alone, and the same behind two words.</summary>
    public static TeacherPrompts Seed { get; } = new(
        Template("the seed teacher's reference prompt", "{instruction}"),
        Template("the seed teacher's input prompt", "Test inputs: {instruction}"));

    /// <summary>A prompt template with the slots of a teacher's prompts.</summary>
    /// <param name="name">What errors call it.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="InputException">It names another slot.</exception>
    public static PromptTemplate Template(string name, string text) => new(name, text, "instruction", "entry_point");
}
