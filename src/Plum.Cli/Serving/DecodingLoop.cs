using System.Threading.Channels;
using Plum.Torch.Decoding;
using Plum.Torch.Transformers;

namespace Plum.Cli.Serving;

/// <summary>
/// The one thread that decodes. Requests join what is in flight between two steps, and leave when their clients do.
/// At most a fixed number of samples is unfinished; what comes beyond it is refused at once rather than kept waiting.
/// </summary>
internal sealed class DecodingLoop
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly Func<DecodingSession> open;
    private readonly int capacity;
    private readonly Channel<Action<DecodingSession>> orders = Channel.CreateUnbounded<Action<DecodingSession>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly HashSet<Ticket> tickets = [];
    private readonly Task work;
    private int unfinished;
    private bool stopping;
    private volatile bool halted;

    /// <summary>Starts the thread.</summary>
    /// <param name="open">Opens a session; again where one has failed.</param>
    /// <param name="capacity">The most samples in flight and waiting.</param>
    public DecodingLoop(Func<DecodingSession> open, int capacity)
    {
        this.open = open;
        this.capacity = capacity;
        work = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Lets requests in, all or none.</summary>
    /// <param name="requests">One for each prompt.</param>
    /// <exception cref="ApiException">There is no room for them, now or ever, or the server is stopping.</exception>
    public Ticket Accept(IReadOnlyList<GenerationRequest> requests)
    {
        int samples = requests.Sum(request => request.Count);
        if (samples > capacity)
            throw ApiException.Bad("n", $"The request asks for {samples} answers; this server takes {capacity} at once.");
        Ticket ticket = new(requests, Release);
        lock (tickets)
        {
            if (stopping) throw ApiException.Stopping();
            if (unfinished + samples > capacity)
                throw new ApiException(429, $"{unfinished} answers are under way or waiting; this server takes {capacity}. Try again.", code: "queue_full") { RetryAfter = 1 };
            unfinished += samples;
            tickets.Add(ticket);
        }

        orders.Writer.TryWrite(ticket.Enter);
        return ticket;
    }

    /// <summary>Gives up what is left of a request's work.</summary>
    public void Withdraw(Ticket ticket) => orders.Writer.TryWrite(ticket.Leave);

    /// <summary>Lets nothing more in, waits a while for what is under way, and ends the rest.</summary>
    /// <param name="grace">How long to wait.</param>
    /// <param name="time">The clock.</param>
    public async Task StopAsync(TimeSpan grace, TimeProvider time)
    {
        long began = time.GetTimestamp();
        lock (tickets) stopping = true;
        while (Volatile.Read(ref unfinished) > 0 && time.GetElapsedTime(began) < grace)
            await Task.Delay(Glance, time).ConfigureAwait(false);
        halted = true;
        orders.Writer.TryComplete();
        await work.ConfigureAwait(false);
    }

    private void Run()
    {
        ComputeThread.Enter();
        DecodingSession session = open();
        try
        {
            while (!halted)
            {
                try
                {
                    while (orders.Reader.TryRead(out Action<DecodingSession>? order)) order(session);
                    if (!session.Step() && !orders.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult()) break;
                }
                catch (Exception failure)
                {
                    // Whoever was in that session has lost its keys and values; those who come next get a new one.
                    Console.Error.WriteLine($"plum: a step of decoding failed: {failure.GetType().Name}: {failure.Message}");
                    EndAll(new ApiException(500, $"The model failed: {failure.Message}"));
                    session.Dispose();
                    session = open();
                }
            }
        }
        finally
        {
            lock (tickets) stopping = true;
            EndAll(ApiException.Stopping());
            session.Dispose();
        }
    }

    private void EndAll(ApiException reason)
    {
        Ticket[] all;
        lock (tickets) all = [.. tickets];
        foreach (Ticket ticket in all) ticket.End(reason);
    }

    private void Release(Ticket ticket, int samples)
    {
        lock (tickets)
        {
            unfinished -= samples;
            if (ticket.Done) tickets.Remove(ticket);
        }
    }
}
