using Plum.Models;

namespace Plum.Rounds;

/// <summary>One of a recipe's teachers: a checkpoint folder or an endpoint.</summary>
/// <param name="Policy">A checkpoint folder; <c>self</c> for the policy. Null for an endpoint.</param>
/// <param name="Endpoint">An endpoint; null for a checkpoint.</param>
/// <param name="Weight">How often it is asked, relative to the others.</param>
public sealed record TeacherOptions(string? Policy = null, EndpointOptions? Endpoint = null, double Weight = 1)
{
    /// <summary>What is wrong with it, in words that name the key; null where it can be used.</summary>
    internal string? Fault => Endpoint is null == string.IsNullOrWhiteSpace(Policy) ? "name either a policy (a checkpoint folder, or self) or an endpoint (an object with url and model)"
        : Weight is not (> 0 and < double.PositiveInfinity) ? $"weight is {Weight:R}; it has to be above 0"
        : Endpoint?.Fault is { } fault ? $"endpoint.{fault}"
        : null;
}

/// <summary>Where teachers' answers are kept.</summary>
/// <param name="File">JSON Lines; null for beside the suites.</param>
/// <param name="ReplayOnly">Whether the record alone answers: no teacher is asked, and an answer that is not there is an error.</param>
public sealed record TeacherRecordOptions(string? File = null, bool ReplayOnly = false);
