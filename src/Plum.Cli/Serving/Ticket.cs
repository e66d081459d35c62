using System.Threading.Channels;
using Plum.Torch.Decoding;

namespace Plum.Cli.Serving;

/// <summary>A request that was let in: its tokens are read here as they are drawn.</summary>
internal sealed class Ticket(IReadOnlyList<GenerationRequest> requests, Action<Ticket, int> released)
{
    private readonly Channel<Step> steps = Channel.CreateUnbounded<Step>(new UnboundedChannelOptions { SingleReader = true });
    private int left = requests.Sum(request => request.Count);

    /// <summary>Reads the tokens to the last of the last answer.</summary>
    /// <exception cref="ApiException">The work failed, or the server is stopping.</exception>
    public ChannelReader<Step> Steps => steps.Reader;

    /// <summary>Whether all of it is done or given up.</summary>
    public bool Done => left == 0;

    /// <summary>Puts the work before the model. Each prompt comes alone: what it is padded to would show in its last bits.</summary>
    public void Enter(DecodingSession session)
    {
        if (Done) return;
        int first = 0;
        foreach (GenerationRequest request in requests)
        {
            int choice = first;
            session.Add([request], drawn => Tell(new Step(choice + drawn.Sample, drawn)));
            first += request.Count;
        }
    }

    /// <summary>Takes what is left of the work away again.</summary>
    public void Leave(DecodingSession session)
    {
        if (Done) return;
        foreach (GenerationRequest request in requests) session.Cancel(request);
        End(null);
    }

    /// <summary>Ends the reading; nothing more will come.</summary>
    /// <param name="failure">What the reader is to be told; null where it went away itself.</param>
    public void End(Exception? failure)
    {
        steps.Writer.TryComplete(failure);
        int rest = left;
        left = 0;
        released(this, rest);
    }

    private void Tell(Step step)
    {
        steps.Writer.TryWrite(step);
        if (step.Token.Finished is null) return;
        left--;
        if (Done) steps.Writer.TryComplete();
        released(this, 1);
    }
}
