namespace Plum;

/// <summary>
/// The user's input cannot be used: a file, a line, a key, a missing tool. The message names the place and the remedy;
/// the command line prints it without a stack trace and exits with 2.
/// </summary>
public sealed class InputException : Exception
{
    /// <summary>An error in what the user gave.</summary>
    /// <param name="message">What is wrong, where (file and line), and what to do about it.</param>
    /// <param name="inner">The cause; null where there is none.</param>
    public InputException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
