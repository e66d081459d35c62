using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Plum.Torch.Decoding;

namespace Plum.Cli.Serving;

/// <summary>OpenAI's API over one model: its routes, who is let in, and what becomes of requests that cannot be answered.</summary>
internal sealed class Server : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly WebApplication app;
    private readonly DecodingLoop loop;
    private readonly ServeOptions options;
    private readonly TimeProvider time;
    private int requests;

    private Server(SamplingModel model, ServeOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        int threads = options.Threads ?? (model.FitsCaches ? 1 : Environment.ProcessorCount);
        loop = new DecodingLoop(() => model.OpenSession(options.Rows, threads), options.Capacity);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Somewhat longer bodies get an answer; from here on the connection is cut.
            kestrel.Limits.MaxRequestBodySize = 8 * options.BodyBytes;
            kestrel.Listen(options.Address, options.Port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        app = builder.Build();
        app.Use(AnswerFaultsAsync);
        if (options.Key is { } key) app.Use((context, next) => IsKnown(context, key) ? next(context) : throw new ApiException(401, "The API key is missing or wrong: send Authorization: Bearer KEY.", code: "invalid_api_key"));

        OrderReader orders = new(model, options.Name, options.BodyBytes, time);
        AnswerWriter answers = new(loop, model);
        ModelEntry entry = new(options.Name, time.GetUtcNow().ToUnixTimeSeconds(), model.Config.MaxPositions);
        app.MapGet("/health", context => AnswerWriter.SendAsync(context, "{}"u8.ToArray()));
        app.MapGet("/v1/models", context => AnswerWriter.SendAsync(context, JsonSerializer.SerializeToUtf8Bytes(new ModelList([entry]), Wire.Plain.ModelList)));
        app.MapGet("/v1/models/{**name}", context =>
        {
            orders.CheckModel((string?)context.Request.RouteValues["name"]);
            return AnswerWriter.SendAsync(context, JsonSerializer.SerializeToUtf8Bytes(entry, Wire.Plain.ModelEntry));
        });
        app.MapPost("/v1/chat/completions", async context => await answers.AnswerAsync(context, await orders.ReadChatAsync(context.Request).ConfigureAwait(false)).ConfigureAwait(false));
        app.MapPost("/v1/completions", async context => await answers.AnswerAsync(context, await orders.ReadCompletionAsync(context.Request).ConfigureAwait(false)).ConfigureAwait(false));
    }

    /// <summary>Where it listens: <c>http://127.0.0.1:8000</c>.</summary>
    public string Address => app.Urls.First();

    /// <summary>Requests answered or refused so far.</summary>
    public int Requests => Volatile.Read(ref requests);

    /// <summary>Begins to listen.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How it is served.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="InputException">The port is taken, or the address is not this machine's.</exception>
    public static async Task<Server> StartAsync(SamplingModel model, ServeOptions options, TimeProvider time)
    {
        Server server = new(model, options, time);
        try
        {
            await server.app.StartAsync(CancellationToken.None).ConfigureAwait(false);
            return server;
        }
        catch (Exception failure) when (failure is IOException or System.Net.Sockets.SocketException)
        {
            await server.StopAsync(TimeSpan.Zero).ConfigureAwait(false);
            await server.DisposeAsync().ConfigureAwait(false);
            throw new InputException($"{options.Address}:{options.Port} cannot be listened on ({failure.Message.TrimEnd('.')}): name another --port, or --host", failure);
        }
    }

    /// <summary>Lets nothing more in, waits a while for what is under way, ends the rest with an error each, and stops listening.</summary>
    /// <param name="grace">How long to wait.</param>
    public async Task StopAsync(TimeSpan grace)
    {
        await loop.StopAsync(grace, time).ConfigureAwait(false);
        using CancellationTokenSource late = new(Patience);
        await app.StopAsync(late.Token).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerFaultsAsync(HttpContext context, RequestDelegate next)
    {
        ApiException? fault = null;
        try
        {
            await next(context).ConfigureAwait(false);
            fault = context.Response switch
            {
                { HasStarted: true } => null,
                { StatusCode: 404 } => new ApiException(404, $"There is no {context.Request.Path} here: see /v1/models, /v1/completions, /v1/chat/completions.", code: "unknown_url"),
                { StatusCode: 405 } => new ApiException(405, $"{context.Request.Path} does not take {context.Request.Method}; it takes {context.Response.Headers.Allow}.", code: "method_not_allowed"),
                _ => null,
            };
        }
        catch (ApiException refused)
        {
            fault = refused;
        }
        catch (BadHttpRequestException bad)
        {
            fault = bad.StatusCode == 413 ? BodyReader.TooLong(options.BodyBytes) : new ApiException(bad.StatusCode, bad.Message);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away; there is nobody to tell.
        }
        catch (Exception failure)
        {
            Console.Error.WriteLine($"plum: {context.Request.Method} {context.Request.Path}: {failure}");
            fault = new ApiException(500, $"This is a fault of Plum's: {failure.GetType().Name}.");
        }

        Interlocked.Increment(ref requests);
        if (fault is not null && !context.Response.HasStarted) await AnswerWriter.RefuseAsync(context, fault).ConfigureAwait(false);
    }

    private static bool IsKnown(HttpContext context, string key)
    {
        const string scheme = "Bearer ";
        string given = context.Request.Headers.Authorization.ToString();
        return context.Request.Path == "/health" || (given.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given[scheme.Length..]), Encoding.UTF8.GetBytes(key)));
    }

    /// <summary>Signals are the command line's business.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
