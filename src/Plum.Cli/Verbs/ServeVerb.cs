using System.CommandLine;
using System.Net;
using Plum.Cli.Serving;
using Plum.Torch;
using Plum.Torch.Checkpoints;
using Plum.Torch.Decoding;
using Spectre.Console;

namespace Plum.Cli.Verbs;

/// <summary><c>plum serve</c>: a policy behind OpenAI's API, until it is stopped.</summary>
internal static class ServeVerb
{
    private const int MostRows = 128;

    public static Command Create()
    {
        Option<string> policy = Flags.Required<string>("--policy", "DIR", "The checkpoint folder.");
        Option<string?> adapter = Flags.Adapter();
        Option<string> host = new("--host") { Description = "The address to listen on.", HelpName = "ADDRESS", DefaultValueFactory = _ => "127.0.0.1" };
        Option<int> port = Flags.AtLeast(new Option<int>("--port") { Description = "The port; 0 for any that is free.", HelpName = "N", DefaultValueFactory = _ => 8000 }, 0);
        Option<string?> name = new("--name") { Description = "What clients call the model; the folder's name where left out.", HelpName = "NAME" };
        Option<string?> key = new("--api-key-env") { Description = "The environment variable that holds the key which clients have to send.", HelpName = "NAME" };
        Option<int?> rows = Flags.AtLeast(new Option<int?>("--rows") { Description = "The most answers in flight; as many as half of the memory holds where left out, at most 128.", HelpName = "N" }, 1);
        Option<int> capacity = Flags.AtLeast(new Option<int>("--capacity") { Description = "The most answers in flight and waiting; requests beyond it get 429.", HelpName = "N", DefaultValueFactory = _ => 1024 }, 1);
        Option<int> body = Flags.AtLeast(new Option<int>("--max-body") { Description = "The largest body of a request, in KiB.", HelpName = "KIB", DefaultValueFactory = _ => 2048 }, 1);
        Option<int> grace = Flags.AtLeast(new Option<int>("--grace") { Description = "How many seconds answers under way may take after a signal to stop.", HelpName = "SECONDS", DefaultValueFactory = _ => 5 }, 0);
        Option<int?> workers = Flags.AtLeast(new Option<int?>("--workers") { Description = "Threads that decode; where left out one a processor, or a single one for a small model.", HelpName = "N" }, 1);
        Option<string> precision = new("--precision") { Description = "The number type of matrix products: float32, bfloat16, or auto for what the machine does well.", HelpName = "TYPE", DefaultValueFactory = _ => "float32" };
        Option<string?> device = Flags.Device();
        Option<bool> json = Flags.Json();
        Command command = new("serve", "Serve a policy over HTTP, as OpenAI's API does: chat, completions, streams. Ctrl-C stops it.") { policy, adapter, host, port, name, key, rows, capacity, body, grace, workers, precision, device, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            string folder = parsed.GetRequiredValue(policy);
            CheckpointSummary summary = CheckpointSummary.Of(folder);
            ServeOptions options = new(
                parsed.GetValue(name) ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(parsed.GetValue(adapter) ?? folder))),
                Address(parsed.GetRequiredValue(host)),
                Port(parsed.GetValue(port)),
                parsed.GetValue(key) is { } variable ? Key(variable) : null,
                parsed.GetValue(rows) ?? (int)Math.Clamp(Machine() / 2 / summary.CacheBytes(StorageType.Float32), 1, MostRows),
                parsed.GetValue(capacity),
                parsed.GetValue(workers),
                1024L * parsed.GetValue(body));
            using SamplingModel model = SamplingModel.Open(folder, TorchRuntime.TypeOf(parsed.GetRequiredValue(precision), TorchDevice.Of(parsed.GetValue(device) ?? "cpu")), parsed.GetValue(adapter), TorchDevice.Of(parsed.GetValue(device) ?? "cpu"));
            await using Server server = await Server.StartAsync(model, options, TimeProvider.System).ConfigureAwait(false);
            Console.Error.WriteLine($"plum: {options.Name} at {server.Address}/v1, {options.Rows} answers at once, {options.Capacity} with those that wait");
            if (options.Key is null && !IPAddress.IsLoopback(options.Address))
                Console.Error.WriteLine($"plum: everybody who reaches {options.Address} can use it: --api-key-env NAME asks for a key");
            await Forever(cancellation).ConfigureAwait(false);
            await server.StopAsync(TimeSpan.FromSeconds(parsed.GetValue(grace))).ConfigureAwait(false);
            Output.Say(parsed.GetValue(json), new { requests = server.Requests }, console => console.WriteLine($"stopped after {server.Requests:N0} requests"));
            return 0;
        });
        return command;
    }

    private static IPAddress Address(string host) => host == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(host, out IPAddress? address) ? address
        : throw new InputException($"--host {host}: it takes an address: 127.0.0.1 for this machine alone, 0.0.0.0 for everybody who can reach it");

    private static int Port(int port) => port <= IPEndPoint.MaxPort ? port : throw new InputException($"--port {port}: ports end at {IPEndPoint.MaxPort}");

    private static string Key(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } key
        ? key
        : throw new InputException($"--api-key-env {variable}: the environment has no {variable}: set it to the key that clients send");

    private static long Machine() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private static async Task Forever(CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Being stopped is how serving ends.
        }
    }
}
