using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Plum.Torch.Decoding;

namespace Plum.Cli.Serving;

/// <summary>Has the work done and sends what comes of it.</summary>
/// <param name="loop">The decoding thread.</param>
/// <param name="model">Spells tokens.</param>
internal sealed class AnswerWriter(DecodingLoop loop, SamplingModel model)
{
    /// <summary>Answers a request. Where the client goes away, the work stops.</summary>
    /// <exception cref="ApiException">Nothing has been sent yet, and the work cannot be done.</exception>
    public async Task AnswerAsync(HttpContext context, Order order)
    {
        Ticket ticket = loop.Accept(order.Requests);
        try
        {
            if (order.Stream) await StreamAsync(context, order, ticket).ConfigureAwait(false);
            else await WholeAsync(context, order, ticket).ConfigureAwait(false);
        }
        finally
        {
            loop.Withdraw(ticket);
        }
    }

    /// <summary>Sends an error, as JSON.</summary>
    public static Task RefuseAsync(HttpContext context, ApiException fault)
    {
        context.Response.StatusCode = fault.Status;
        if (fault.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = $"{seconds}";
        return SendAsync(context, JsonSerializer.SerializeToUtf8Bytes(fault.Answer, Wire.Plain.ErrorAnswer));
    }

    /// <summary>Sends JSON.</summary>
    public static Task SendAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        return context.Response.Body.WriteAsync(json, context.RequestAborted).AsTask();
    }

    private static async Task WholeAsync(HttpContext context, Order order, Ticket ticket)
    {
        List<Step>[] steps = [.. Enumerable.Range(0, order.Choices).Select(_ => new List<Step>())];
        await foreach (Step step in ticket.Steps.ReadAllAsync(context.RequestAborted).ConfigureAwait(false)) steps[step.Choice].Add(step);
        await SendAsync(context, order.Form.Whole(steps, new Usage(order.PromptTokens, steps.Sum(answer => answer.Count)))).ConfigureAwait(false);
    }

    private async Task StreamAsync(HttpContext context, Order order, Ticket ticket)
    {
        StreamedText[] texts = [.. Enumerable.Range(0, order.Choices).Select(_ => new StreamedText(model.Tokenizer, order.Stops))];
        EventStream events = new(context);
        int tokens = 0;
        try
        {
            // An error before the first token is an answer of its own, not a stream.
            bool any = await ticket.Steps.WaitToReadAsync(context.RequestAborted).ConfigureAwait(false);
            events.Open();
            foreach (byte[] piece in order.Form.Opening(order.Choices)) events.Write(piece);
            for (; any; any = await ticket.Steps.WaitToReadAsync(context.RequestAborted).ConfigureAwait(false))
            {
                for (; ticket.Steps.TryRead(out Step step); tokens++)
                {
                    StreamedText sent = texts[step.Choice];
                    string text = step.Token.Finished is { } whole ? sent.Finish(whole.Text) : sent.Append(step.Token.TokenId);
                    if (text.Length > 0 || step.FinishReason is not null || order.Form.LogProbsTold)
                        events.Write(order.Form.Piece(step.Choice, text, step.Token, step.FinishReason));
                }

                await events.FlushAsync().ConfigureAwait(false);
            }

            if (order.TellUsage) events.Write(order.Form.Last(new Usage(order.PromptTokens, tokens)));
            await events.EndAsync().ConfigureAwait(false);
        }
        catch (ApiException fault) when (context.Response.HasStarted)
        {
            events.Write(JsonSerializer.SerializeToUtf8Bytes(fault.Answer, Wire.Plain.ErrorAnswer));
            await events.FlushAsync().ConfigureAwait(false);
        }
    }
}
