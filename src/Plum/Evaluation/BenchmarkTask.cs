using System.Text.Json.Serialization;

namespace Plum.Evaluation;

/// <summary>A held-out task.</summary>
/// <param name="Id">Unique within the benchmark.</param>
/// <param name="Text">What is asked for, in the words of the user.</param>
/// <param name="EntryPoint">The name of the function that is to be written.</param>
/// <param name="Tests">The hidden tests.</param>
/// <param name="Family">A group for tables in reports; null where there is none.</param>
public sealed record BenchmarkTask(
    string Id,
    [property: JsonPropertyName("instruction")] string Text,
    string EntryPoint,
    IReadOnlyList<TestCase> Tests,
    string? Family = null)
{
    /// <summary>What the policy is shown.</summary>
    [JsonIgnore]
    public Instruction Instruction => new(Id, Text, EntryPoint, Family);

    /// <summary>What its programs are judged by.</summary>
    [JsonIgnore]
    public TestSuite Suite => new(Id, EntryPoint, Tests);
}
