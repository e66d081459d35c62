using System.Reflection;
using Plum.Text;

namespace Plum.Suites;

/// <summary>
/// What a teacher is asked: a set of text files, one a question, in a folder a language (<c>python/inputs.txt</c>). Sets of Plum's own are
/// embedded; a folder of one's own replaces those files that it has.
/// </summary>
public sealed class TeacherPrompts
{
    private const string Embedded = "Plum.Suites.Prompts/", Json = ".json";

    /// <summary>The questions by the names of their files, and the slots that each may name.</summary>
    private static readonly Dictionary<string, string[]> Slots = new()
    {
        ["reference"] = ["instruction", "entry_point"],
        ["inputs"] = ["instruction", "entry_point"],
        ["tests"] = ["instruction", "entry_point"],
        ["properties"] = ["instruction", "entry_point"],
        ["edges"] = ["instruction", "entry_point", "tests"],
        ["killers"] = ["instruction", "entry_point", "tests", "program"],
        ["inputs.json"] = ["instruction", "entry_point"],
        ["tests.json"] = ["instruction", "entry_point"],
        ["edges.json"] = ["instruction", "entry_point", "tests"],
        ["killers.json"] = ["instruction", "entry_point", "tests", "program"],
    };

    private static readonly Dictionary<string, string[]> Questions = new()
    {
        [SuiteModes.Inputs] = ["reference", "inputs"],
        [SuiteModes.Paper] = ["tests"],
        [SuiteModes.Properties] = ["properties"],
        [SuiteModes.Edges] = ["edges"],
        [SuiteModes.Killers] = ["killers"],
    };

    private readonly string language;
    private readonly Dictionary<string, PromptTemplate> templates;

    private TeacherPrompts(string language, Dictionary<string, PromptTemplate> templates)
    {
        this.language = language;
        this.templates = templates;
    }

    /// <summary>For a general model: the paper's teaching assistant, who analyses, solves, then tests.</summary>
    public static TeacherPrompts Default { get; } = Load("default");

    /// <summary>For a small model trained on Plum's own instructions: the instruction alone, and the same behind two words.</summary>
    public static TeacherPrompts Seed { get; } = Load("seed");

    /// <summary>How a question is put.</summary>
    /// <param name="question">The question: <c>reference</c> (a solution), <c>inputs</c> (a call a line), <c>tests</c> (analysis, solution and tests in one answer),
    /// <c>properties</c> (brute force and a <c>check_property</c>), <c>edges</c> (what the tests shown miss) or <c>killers</c> (tests that the program shown fails).</param>
    /// <exception cref="InputException">The set has no text for it.</exception>
    public PromptTemplate Of(string question) => templates.TryGetValue(question, out PromptTemplate? template)
        ? template
        : throw new InputException($"teacher_prompts: there is no {language}/{question}.txt: write it into a folder and name that");

    /// <summary>How a question is put where the answer is to be JSON (<c>inputs.json.txt</c>); null where the set has no text for that.</summary>
    /// <param name="question">The question: <c>inputs</c>, <c>tests</c>, <c>edges</c> or <c>killers</c>.</param>
    public PromptTemplate? Structured(string question) => templates.GetValueOrDefault(question + Json);

    /// <summary>The versions of the texts that are used, by their names, <c>python/inputs</c>.</summary>
    /// <param name="options">The modes of asking.</param>
    /// <param name="structured">Whether a teacher may be asked for JSON.</param>
    /// <exception cref="InputException">A text is not there.</exception>
    public IReadOnlyDictionary<string, string> VersionsOf(SuiteOptions options, bool structured = false)
    {
        ArgumentNullException.ThrowIfNull(options);
        IEnumerable<string> asked = SuiteModes.All.Where(options.Asks).SelectMany(mode => Questions[mode]);
        if (structured) asked = asked.SelectMany(question => Structured(question) is null ? [question] : (string[])[question, question + Json]);
        return new SortedDictionary<string, string>(asked.ToDictionary(question => $"{language}/{question}", question => Of(question).Version), StringComparer.Ordinal);
    }

    /// <summary>Reads a set of prompts.</summary>
    /// <param name="set"><c>default</c>, <c>seed</c>, or a folder; what a set lacks is the default's.</param>
    /// <param name="language">What programs are written in.</param>
    /// <exception cref="InputException">The folder has no prompts for the language, a file's name is no question's, or a text names an unknown slot.</exception>
    public static TeacherPrompts Load(string set, string language = "python")
    {
        ArgumentNullException.ThrowIfNull(set);
        Dictionary<string, PromptTemplate> templates = EmbeddedSet("default", language);
        Dictionary<string, PromptTemplate> own = set is "default" or "seed" ? EmbeddedSet(set, language) : Folder(set, language);
        // Who asks in words of their own does not mean the default's for JSON.
        foreach (string question in own.Keys) templates.Remove(question + Json);
        foreach ((string question, PromptTemplate template) in own) templates[question] = template;
        return new(language, templates);
    }

    private static Dictionary<string, PromptTemplate> EmbeddedSet(string set, string language)
    {
        Assembly own = typeof(TeacherPrompts).Assembly;
        Dictionary<string, PromptTemplate> templates = [];
        foreach ((string question, string[] slots) in Slots)
        {
            string name = $"{set}/{language}/{question}.txt";
            using Stream? text = own.GetManifestResourceStream(Embedded + name);
            if (text is null) continue;
            using StreamReader reader = new(text);
            templates[question] = Template($"prompts {name}", reader.ReadToEnd(), slots);
        }

        return templates;
    }

    private static Dictionary<string, PromptTemplate> Folder(string folder, string language)
    {
        string own = Path.Combine(folder, language);
        if (!Directory.Exists(own))
            throw new InputException($"teacher_prompts: there is no folder {own}: give default, seed, or a folder that holds one named {language} with {string.Join(", ", Slots.Keys)}.txt or some of them");
        Dictionary<string, PromptTemplate> templates = [];
        foreach (string file in Directory.EnumerateFiles(own, "*.txt").Order(StringComparer.Ordinal))
        {
            string question = Path.GetFileNameWithoutExtension(file);
            if (!Slots.TryGetValue(question, out string[]? slots))
                throw new InputException($"{file}: no question has this name; there are {string.Join(", ", Slots.Keys)}" + (Spelling.Closest(question, Slots.Keys) is { } meant ? $": did you mean {meant}.txt?" : ""));
            try
            {
                templates[question] = Template(file, File.ReadAllText(file), slots);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new InputException($"{file}: the prompt cannot be read: check its permissions", failure);
            }
        }

        return templates.Count > 0 ? templates : throw new InputException($"{own}: the folder holds no prompts: write {string.Join(", ", Slots.Keys)}.txt or some of them");
    }

    // An editor ends a file with a line break that no prompt means.
    private static PromptTemplate Template(string name, string text, string[] slots) => new(name, text.ReplaceLineEndings("\n").TrimEnd('\n'), slots);
}
