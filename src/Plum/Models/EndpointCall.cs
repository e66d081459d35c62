namespace Plum.Models;

/// <summary>How one call to an endpoint is put.</summary>
/// <param name="Prompt">The messages, as <see cref="ChatEndpoint.RenderPrompt"/> wrote them.</param>
/// <param name="Form">The form of the answer; null for plain text.</param>
/// <param name="Choices">How many choices are asked for.</param>
internal sealed record EndpointCall(string Prompt, StructuredForm? Form, int Choices);

/// <summary>What came of a call.</summary>
/// <param name="Structured">Whether it was asked for in the form of the request's <see cref="SampleRequest.Structured"/>.</param>
/// <param name="Choices">The answers, one at least; the failures before them stand in the first.</param>
internal sealed record EndpointAnswer(bool Structured, IReadOnlyList<Completion> Choices);
