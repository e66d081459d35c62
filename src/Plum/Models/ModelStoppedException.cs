namespace Plum.Models;

/// <summary>
/// No more answers can be had: an endpoint is gone or lets nobody in, or the budget is spent. The command line prints the
/// message without a stack trace and exits with 1; what was answered is kept.
/// </summary>
public sealed class ModelStoppedException : Exception
{
    /// <summary>The end of the answers.</summary>
    /// <param name="message">What happened and how to go on.</param>
    /// <param name="inner">The cause; null where there is none.</param>
    public ModelStoppedException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
