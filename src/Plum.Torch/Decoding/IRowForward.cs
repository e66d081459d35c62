namespace Plum.Torch.Decoding;

/// <summary>The decoder for sampling: tokens of any sequences at any positions, each with the keys and values of its own sequence.</summary>
internal interface IRowForward : IDisposable
{
    /// <summary>Bytes of keys and values that are not in the pool's own blocks.</summary>
    long CacheBytes { get; }

    /// <summary>Runs rows; their keys and values are remembered then.</summary>
    /// <param name="rows">Several rows of one sequence may be among them, in the order of their positions.</param>
    /// <returns>A row of logits for each that wants them, in order; valid until the next call.</returns>
    LogitRows Run(ReadOnlySpan<TokenRow> rows);
}
