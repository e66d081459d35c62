using System.Net;

namespace Plum.Cli.Serving;

/// <summary>How a model is served.</summary>
/// <param name="Name">What the model is called.</param>
/// <param name="Address">The address to listen on.</param>
/// <param name="Port">The port; 0 for any that is free.</param>
/// <param name="Key">What clients have to know; null lets everybody in.</param>
/// <param name="Rows">The most answers in flight.</param>
/// <param name="Capacity">The most answers in flight and waiting.</param>
/// <param name="Threads">Threads that decode; null for one a processor, or a single one for a small model.</param>
/// <param name="BodyBytes">The largest body.</param>
internal sealed record ServeOptions(string Name, IPAddress Address, int Port, string? Key, int Rows, int Capacity, int? Threads, long BodyBytes);
