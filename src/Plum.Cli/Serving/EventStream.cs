using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Plum.Cli.Serving;

/// <summary>Server-sent events, as OpenAI's streams use them: one <c>data:</c> line an event, the last one <c>[DONE]</c>.</summary>
internal sealed class EventStream(HttpContext context)
{
    private PipeWriter Body => context.Response.BodyWriter;

    public void Open()
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        // Proxies that collect answers before they pass them on are asked not to.
        context.Response.Headers["X-Accel-Buffering"] = "no";
    }

    public void Write(ReadOnlySpan<byte> data)
    {
        Body.Write("data: "u8);
        Body.Write(data);
        Body.Write("\n\n"u8);
    }

    public async Task FlushAsync() => await Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);

    public Task EndAsync()
    {
        Write("[DONE]"u8);
        return FlushAsync();
    }
}
