using System.Text.Json;

namespace Plum.Instructions;

/// <summary>One object of a file of instructions, of whatever layout.</summary>
/// <param name="Json">The object.</param>
/// <param name="Where">The file and the line or record, for messages.</param>
internal readonly record struct SourceRow(JsonElement Json, string Where);
