namespace Plum.Models;

/// <summary>Tells an endpoint that fails some prompts from one that is gone.</summary>
/// <param name="options">The endpoint.</param>
internal sealed class EndpointHealth(EndpointOptions options)
{
    // So many prompts given up one after the other, each with all its retries, are no longer the prompts' fault.
    private const int MostInARow = 20;

    private readonly Lock gate = new();
    private int inARow;
    private ModelStoppedException? dead;

    /// <summary>Fails where the endpoint is known to be gone.</summary>
    public void ThrowIfDead()
    {
        if (Volatile.Read(ref dead) is { } known) throw new ModelStoppedException(known.Message);
    }

    /// <summary>Somebody was answered.</summary>
    public void Answered()
    {
        lock (gate) inARow = 0;
    }

    /// <summary>A prompt was given up.</summary>
    /// <param name="fault">Its last failure.</param>
    /// <exception cref="ModelStoppedException">The endpoint is gone.</exception>
    public void GaveUp(EndpointFault fault)
    {
        lock (gate)
        {
            if (!fault.Ends && fault.Kind != "no_connection" && ++inARow < MostInARow) return;
            string remedy = fault.Message.StartsWith("HTTP 401", StringComparison.Ordinal) || fault.Message.StartsWith("HTTP 403", StringComparison.Ordinal)
                ? $"put a key that it accepts into the environment variable {options.KeyVariable}"
                : fault.Ends ? "correct its url and model"
                : fault.Kind == "no_connection" ? "start it, or correct its url"
                : fault.Kind == "refused" ? $"{MostInARow} prompts in a row were refused; where they ask for too much, lower max_tokens in suites.reference_sampling and suites.input_sampling"
                : $"{MostInARow} prompts in a row got no answer; see to the endpoint";
            dead ??= new ModelStoppedException($"{options.Url}, model {options.Model}: {fault.Message}: {remedy}, and run the same command again: what was answered is kept");
        }

        ThrowIfDead();
    }
}
