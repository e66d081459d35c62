using System.Text.Json;
using Plum.Text;

namespace Plum.Torch.Training;

/// <summary>Learning-rate schedules by transformers' names.</summary>
public static class Schedules
{
    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<LearningRateShape>().Select(shape => JsonNamingPolicy.SnakeCaseLower.ConvertName(shape.ToString()))];

    /// <summary>The schedule of a name.</summary>
    /// <param name="name">For instance <c>cosine</c>.</param>
    /// <exception cref="InputException">It is unknown.</exception>
    public static LearningRateShape Named(string name) => Names.ToList().IndexOf(name) is >= 0 and var at ? (LearningRateShape)at : throw new InputException(
        $"schedule {name} is unknown: " + (Spelling.Closest(name, Names) is { } meant ? $"did you mean {meant}?" : $"known: {string.Join(", ", Names)}"));
}
