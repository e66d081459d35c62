using System.Text.Json;
using Plum.Torch.Checkpoints;
using Xunit;

namespace Plum.Torch.Tests.Checkpoints;

public sealed class TokenizerTests
{
    public static TheoryData<string> Names => Oracles.Cases("tokenizers");

    [Theory]
    [MemberData(nameof(Names))]
    public void AgreesWithTheReferenceInEveryCase(string name)
    {
        string folder = Oracles.Path($"tokenizers/{name}");
        Tokenizer tokenizer = Tokenizer.Load(folder);
        List<string> wrong = [];
        int count = 0;
        foreach (JsonElement golden in Oracles.Json($"tokenizers/{name}/golden.json").GetProperty("encodings").EnumerateArray())
        {
            count++;
            string text = golden.GetProperty("text").GetString()!;
            int[] ids = Ints(golden.GetProperty("ids"));
            string[] tokens = [.. golden.GetProperty("tokens").EnumerateArray().Select(item => item.GetString()!)];
            Check("ids", ids, tokenizer.Encode(text));
            Check("ids_with_special", Ints(golden.GetProperty("ids_with_special")), tokenizer.Encode(text, addSpecialTokens: true));
            Check("tokens", tokens, [.. ids.Select(id => tokenizer.Token(id)!)]);
            Check("decoded", golden.GetProperty("decoded").GetString()!, tokenizer.Decode(ids));
            Check("decoded_skip_special", golden.GetProperty("decoded_skip_special").GetString()!, tokenizer.Decode(ids, skipSpecial: true));
            TokenStream stream = tokenizer.OpenStream(atTextStart: true, skipSpecial: false);
            Check("streamed", golden.GetProperty("decoded").GetString()!, string.Concat(ids.Select(stream.Append)) + stream.Finish());

            void Check<T>(string what, IEnumerable<T> expected, IEnumerable<T> actual)
            {
                if (!expected.SequenceEqual(actual)) wrong.Add($"{what} of {JsonSerializer.Serialize(text)}: expected {JsonSerializer.Serialize(expected)} got {JsonSerializer.Serialize(actual)}");
            }
        }

        Assert.True(count > 0);
        Assert.True(wrong.Count == 0, $"{wrong.Count} differences in {count} cases, the first:\n{string.Join("\n", wrong.Take(10).Select(line => line[..Math.Min(line.Length, 600)]))}");
    }

    private static int[] Ints(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetInt32())];
}
