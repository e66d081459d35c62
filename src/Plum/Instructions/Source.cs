namespace Plum.Instructions;

/// <summary>What a row says, before anything is judged or inferred.</summary>
/// <param name="Layout">The layout that it was read by.</param>
/// <param name="Where">The file and the line, for messages.</param>
/// <param name="Text">What is asked for, with what belongs to it.</param>
/// <param name="Answer">The reference answer; empty where there is none.</param>
/// <param name="EntryPoint">The function's name; null where the row does not tell.</param>
/// <param name="Starter">Code that the answer is to begin with; empty for none.</param>
/// <param name="Language">The program language as the row names it; null where it does not.</param>
/// <param name="Id">The source's own name for the row; null where it has none.</param>
/// <param name="Family">A group for tables; null where there is none.</param>
internal sealed record Source(
    Layout Layout, string Where, string Text, string Answer, string? EntryPoint, string Starter, string? Language, string? Id, string? Family);
