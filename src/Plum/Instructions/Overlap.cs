using System.Text.Json.Serialization;

namespace Plum.Instructions;

/// <summary>By what an instruction was found to be a benchmark's task.</summary>
public enum OverlapKind
{
    /// <summary>All its words, or those of a line of it, are the task's.</summary>
    [JsonStringEnumMemberName("text")]
    SameText,

    /// <summary>A run of words is in both.</summary>
    [JsonStringEnumMemberName("words")]
    Words,

    /// <summary>A function in its text or its answer is the canonical solution's.</summary>
    [JsonStringEnumMemberName("code")]
    Code,

    /// <summary>The same but for the names.</summary>
    [JsonStringEnumMemberName("renamed_code")]
    RenamedCode,

    /// <summary>It asks for a function of the task's name, and shares words with it.</summary>
    [JsonStringEnumMemberName("name")]
    Name,
}

/// <summary>What an instruction shares with a benchmark's task.</summary>
/// <param name="Benchmark">The benchmark.</param>
/// <param name="Task">The task.</param>
/// <param name="Kind">By what it was found.</param>
/// <param name="Shared">What both have.</param>
public sealed record Overlap(string Benchmark, string Task, OverlapKind Kind, string Shared);
