using System.Text.Json;
using Plum.Torch.Checkpoints;
using Plum.Torch.Decoding;

namespace Plum.Cli.Serving;

/// <summary>Answers of <c>POST /v1/chat/completions</c>.</summary>
/// <param name="id">The answer's name.</param>
/// <param name="created">When it was asked for, in seconds of Unix time.</param>
/// <param name="model">The model's name.</param>
/// <param name="tokenizer">Spells tokens.</param>
/// <param name="logProbs">Whether log-probabilities are told.</param>
internal sealed class ChatForm(string id, long created, string model, Tokenizer tokenizer, bool logProbs) : AnswerForm(tokenizer, logProbs)
{
    public override IEnumerable<byte[]> Opening(int choices) =>
        Enumerable.Range(0, choices).Select(choice => Chunk([new ChatDelta(choice, new ChatTurn("assistant", ""), null, null)]));

    public override byte[] Piece(int choice, string text, DrawnToken token, string? finish) =>
        Chunk([new ChatDelta(choice, new ChatTurn(null, text), LogProbs([token]), finish)]);

    public override byte[] Last(Usage usage) => Chunk([], usage);

    public override byte[] Whole(IReadOnlyList<List<Step>> steps, Usage usage) => JsonSerializer.SerializeToUtf8Bytes(
        new ChatAnswer(id, created, model, [.. steps.Select((answer, choice) => new ChatChoice(
            choice, new ChatTurn("assistant", answer[^1].Token.Finished!.Text), LogProbs(answer.Select(step => step.Token)), answer[^1].FinishReason!))], usage),
        Wire.Plain.ChatAnswer);

    private byte[] Chunk(IReadOnlyList<ChatDelta> choices, Usage? usage = null) =>
        JsonSerializer.SerializeToUtf8Bytes(new ChatChunk(id, created, model, choices, usage), Wire.Plain.ChatChunk);

    private ChatLogProbs? LogProbs(IEnumerable<DrawnToken> tokens) => !LogProbsTold ? null : new([.. tokens.Select(token => new ChatToken(
        Spell(token.TokenId), Finite(token.LogProb), Bytes(token.TokenId),
        [.. token.Likeliest.Select(one => new ChatAlternative(Spell(one.TokenId), Finite(one.LogProb), Bytes(one.TokenId)))]))]);
}
