namespace Plum.Models;

/// <summary>
/// What an endpoint has shown that it can: answers of a given form, and several choices in a call. What it does not know it refuses
/// (400, 422); a call is then put in a plainer way, and once that was answered the endpoint is not asked for it again.
/// </summary>
/// <param name="options">The endpoint.</param>
internal sealed class EndpointAbilities(EndpointOptions options)
{
    private readonly Lock gate = new();
    private bool takesForms, refusesForms, takesChoices, refusesChoices;

    /// <summary>How many samples to ask for in a call.</summary>
    public int Choices
    {
        get
        {
            lock (gate) return refusesChoices ? 1 : options.N;
        }
    }

    /// <summary>A request as it may be answered, the way that is tried first in the first place.</summary>
    /// <param name="request">The request.</param>
    public IReadOnlyList<SampleRequest> FormsOf(SampleRequest request) => options.Structured switch
    {
        _ when request.Structured is null => [request],
        "on" => [request],
        "off" => [request with { Structured = null }],
        _ => [request, request with { Structured = null }],
    };

    /// <summary>The ways to put a call, the one that asks for most first; the others are for where that is refused.</summary>
    /// <param name="request">The request.</param>
    /// <param name="samples">How many samples are wanted.</param>
    public IReadOnlyList<EndpointCall> WaysToAsk(SampleRequest request, int samples)
    {
        lock (gate)
        {
            IEnumerable<SampleRequest> forms = FormsOf(request);
            if (options.Structured == "auto" && takesForms) forms = forms.Take(1);
            if (options.Structured == "auto" && refusesForms) forms = forms.TakeLast(1);
            int most = Math.Min(samples, Choices);
            int[] choices = most == 1 || takesChoices ? [most] : [most, 1];
            return [.. from form in forms from count in choices select new EndpointCall(form.Structured?.Prompt ?? form.Prompt, form.Structured, count)];
        }
    }

    /// <summary>Learns from an answer.</summary>
    /// <param name="refused">The ways that were refused before.</param>
    /// <param name="answered">The way that was answered.</param>
    /// <param name="choices">How many choices came.</param>
    /// <returns>What each refusal was about.</returns>
    public IReadOnlyList<string> Learn(IReadOnlyList<EndpointCall> refused, EndpointCall answered, int choices)
    {
        bool forms = answered.Form is null && refused.Any(call => call.Form is not null), several = answered.Choices == 1 && refused.Any(call => call.Choices > 1);
        lock (gate)
        {
            takesForms |= answered.Form is not null;
            refusesForms |= forms;
            takesChoices |= choices > 1;
            // One choice for several is the answer of an endpoint that does not look at n.
            refusesChoices |= several || answered.Choices > 1 && choices == 1;
        }

        return [.. forms ? [EndpointFault.FormatRefused] : Array.Empty<string>(), .. several ? [EndpointFault.ChoicesRefused] : Array.Empty<string>()];
    }

    /// <summary>Recalls what an earlier start learnt.</summary>
    /// <param name="form">Whether an answer was of a form that it was asked to have.</param>
    /// <param name="retried">The kinds of the failures before an answer.</param>
    public void Recall(bool form, IReadOnlySet<string> retried)
    {
        lock (gate)
        {
            takesForms |= form;
            refusesForms |= retried.Contains(EndpointFault.FormatRefused);
            refusesChoices |= retried.Contains(EndpointFault.ChoicesRefused);
        }
    }
}
