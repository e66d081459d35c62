using System.Text.Json;
using Plum.Torch.Checkpoints;
using Plum.Torch.Decoding;

namespace Plum.Cli.Serving;

/// <summary>Answers of <c>POST /v1/completions</c>.</summary>
/// <param name="id">The answer's name.</param>
/// <param name="created">When it was asked for, in seconds of Unix time.</param>
/// <param name="model">The model's name.</param>
/// <param name="tokenizer">Spells tokens.</param>
/// <param name="logProbs">Whether log-probabilities are told.</param>
/// <param name="echoes">What stands before each answer's text: its prompt, or nothing.</param>
internal sealed class CompletionForm(string id, long created, string model, Tokenizer tokenizer, bool logProbs, IReadOnlyList<string> echoes) : AnswerForm(tokenizer, logProbs)
{
    private readonly int[] offsets = new int[echoes.Count];

    public override IEnumerable<byte[]> Opening(int choices) => echoes
        .Select((echo, choice) => new CompletionChoice(choice, echo, null, null))
        .Where(choice => choice.Text.Length > 0)
        .Select(choice => Answer([choice]));

    public override byte[] Piece(int choice, string text, DrawnToken token, string? finish) =>
        Answer([new CompletionChoice(choice, text, LogProbs(choice, [token]), finish)]);

    public override byte[] Last(Usage usage) => Answer([], usage);

    public override byte[] Whole(IReadOnlyList<List<Step>> steps, Usage usage) => Answer(
        [.. steps.Select((answer, choice) => new CompletionChoice(
            choice, echoes[choice] + answer[^1].Token.Finished!.Text, LogProbs(choice, [.. answer.Select(step => step.Token)]), answer[^1].FinishReason))],
        usage);

    private byte[] Answer(IReadOnlyList<CompletionChoice> choices, Usage? usage = null) =>
        JsonSerializer.SerializeToUtf8Bytes(new CompletionAnswer(id, created, model, choices, usage), Wire.Plain.CompletionAnswer);

    private CompletionLogProbs? LogProbs(int choice, IReadOnlyList<DrawnToken> tokens)
    {
        if (!LogProbsTold) return null;
        string[] texts = [.. tokens.Select(token => Spell(token.TokenId))];
        int[] starts = new int[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            starts[i] = offsets[choice];
            offsets[choice] += texts[i].Length;
        }

        return new(texts, [.. tokens.Select(token => Finite(token.LogProb))], [.. tokens.Select(Alternatives)], starts);
    }

    private Dictionary<string, float> Alternatives(DrawnToken token)
    {
        Dictionary<string, float> likely = [];
        foreach (TokenLogProb one in token.Likeliest.Append(new TokenLogProb(token.TokenId, token.LogProb)))
            likely.TryAdd(Spell(one.TokenId), Finite(one.LogProb));
        return likely;
    }
}
