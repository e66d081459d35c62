using System.Text;
using Plum.Torch.Checkpoints;
using Plum.Torch.Decoding;

namespace Plum.Cli.Serving;

/// <summary>How the answers of one route are spelled.</summary>
/// <param name="tokenizer">Spells tokens.</param>
/// <param name="logProbs">Whether log-probabilities are told.</param>
internal abstract class AnswerForm(Tokenizer tokenizer, bool logProbs)
{
    /// <summary>OpenAI's stand-in for minus infinity, which JSON has no word for.</summary>
    private const float LeastLogProb = -9999;

    /// <summary>Whether log-probabilities are told, so that each token makes a piece.</summary>
    public bool LogProbsTold => logProbs;

    /// <summary>What opens a stream; for many answers, one piece each.</summary>
    public virtual IEnumerable<byte[]> Opening(int choices) => [];

    /// <summary>A piece of an answer that is streamed.</summary>
    /// <param name="choice">Which answer.</param>
    /// <param name="text">Text to add; may be empty.</param>
    /// <param name="token">The token drawn.</param>
    /// <param name="finish">Why the answer ends; null where it goes on.</param>
    public abstract byte[] Piece(int choice, string text, DrawnToken token, string? finish);

    /// <summary>The piece after all answers that tells how many tokens they took.</summary>
    public abstract byte[] Last(Usage usage);

    /// <summary>All answers at once.</summary>
    /// <param name="steps">Each answer's tokens.</param>
    /// <param name="usage">How many tokens they took.</param>
    public abstract byte[] Whole(IReadOnlyList<List<Step>> steps, Usage usage);

    /// <summary>A token's text; U+FFFD where its bytes are no text by themselves.</summary>
    protected string Spell(int token) => Encoding.UTF8.GetString(tokenizer.Bytes(token));

    /// <summary>A token's bytes, as numbers.</summary>
    protected int[] Bytes(int token) => [.. tokenizer.Bytes(token).ToArray().Select(one => (int)one)];

    protected static float Finite(float logProb) => Math.Max(logProb, LeastLogProb);
}
