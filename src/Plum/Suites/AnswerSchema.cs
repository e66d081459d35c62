namespace Plum.Suites;

/// <summary>
/// The forms of answers in JSON, for endpoints that can be held to a schema. Programs and calls are texts within, since JSON has
/// neither tuples nor sets; what is thought about stands first, so that a model writes it first. <see cref="StructuredAnswer"/> reads them.
/// </summary>
internal static class AnswerSchema
{
    /// <summary>The schema of a question's answer.</summary>
    /// <param name="question">The question, by its file: <c>inputs</c>, <c>tests</c>, <c>edges</c> or <c>killers</c>.</param>
    public static string Of(string question) => question switch
    {
        "inputs" => Object(("inputs", Texts)),
        "tests" => Object(("analysis", Text), ("reference", Text), ("tests", Texts)),
        "edges" or "killers" => Object(("analysis", Text), ("tests", Texts)),
        _ => throw new ArgumentOutOfRangeException(nameof(question), question, "No such question has an answer in JSON."),
    };

    private const string Text = """{"type": "string"}""";
    private const string Texts = """{"type": "array", "items": {"type": "string"}}""";

    private static string Object(params (string Name, string Schema)[] members) =>
        $$"""{"type": "object", "properties": {{{string.Join(", ", members.Select(one => $"\"{one.Name}\": {one.Schema}"))}}}, "required": [{{string.Join(", ", members.Select(one => $"\"{one.Name}\""))}}], "additionalProperties": false}""";
}
