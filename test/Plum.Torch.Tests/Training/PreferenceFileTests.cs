using System.Text.Json.Nodes;
using Plum.Models;
using Plum.Text;
using Plum.Torch.Tests.Checkpoints;
using Plum.Torch.Training;
using Xunit;

namespace Plum.Torch.Tests.Training;

/// <summary>TRL's formats as its documentation gives them (dataset_formats), JSON Lines and Parquet.</summary>
public sealed class PreferenceFileTests
{
    private static readonly PolicyWords Words = PolicyWords.Load(Path.Combine(Repository, "assets/policy"));

    public static TheoryData<string> Pairs =>
    [
        """{"prompt": "The sky is", "chosen": " blue.", "rejected": " green."}""",
        """{"chosen": "The sky is blue.", "rejected": "The sky is green."}""",
    ];

    public static TheoryData<string> ConversationalPairs =>
    [
        """{"prompt": [{"role": "user", "content": "What color is the sky?"}], "chosen": [{"role": "assistant", "content": "It is blue."}], "rejected": [{"role": "assistant", "content": "It is green."}]}""",
        """{"chosen": [{"role": "user", "content": "What color is the sky?"}, {"role": "assistant", "content": "It is blue."}], "rejected": [{"role": "user", "content": "What color is the sky?"}, {"role": "assistant", "content": "It is green."}]}""",
    ];

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Standard_pairs_are_taken_as_they_stand(string line)
    {
        foreach (PreferencePair pair in await ReadBoth(line, PreferenceFile.ReadPairsAsync))
        {
            Assert.Equal(("The sky is", " blue.", " green."), (pair.Prompt, pair.Chosen, pair.Rejected));
            Assert.Equal([.. Words.Tokenizer.Encode(" blue."), Words.EndToken], pair.ChosenTokens!);
            Assert.Equal([.. Words.Tokenizer.Encode(" green."), Words.EndToken], pair.RejectedTokens!);
        }
    }

    [Theory]
    [MemberData(nameof(ConversationalPairs))]
    public async Task Conversational_pairs_go_through_the_chat_template(string line)
    {
        foreach (PreferencePair pair in await ReadBoth(line, PreferenceFile.ReadPairsAsync))
        {
            Assert.Equal(Words.Template.Render([new ChatMessage("user", "What color is the sky?")], addGenerationPrompt: true), pair.Prompt);
            Assert.Equal(("It is blue.", "It is green."), (pair.Chosen, pair.Rejected));
            Assert.Equal(Words.EndToken, pair.ChosenTokens![^1]);
        }
    }

    [Fact]
    public async Task Labels_of_both_kinds_are_read()
    {
        foreach (LabelledCompletion label in await ReadBoth("""{"prompt": "The sky is", "completion": " blue.", "label": true}""", PreferenceFile.ReadLabelsAsync))
            Assert.Equal(("The sky is", " blue.", true), (label.Prompt, label.Completion, label.Label));
        foreach (LabelledCompletion label in await ReadBoth("""{"prompt": [{"role": "user", "content": "Sky?"}], "completion": [{"role": "assistant", "content": "Green."}], "label": false}""", PreferenceFile.ReadLabelsAsync))
        {
            Assert.Equal(("Green.", false), (label.Completion, label.Label));
            Assert.Equal([.. Words.Tokenizer.Encode("Green."), Words.EndToken], label.CompletionTokens!);
        }
    }

    [Fact]
    public async Task Plum_s_own_tokens_are_never_encoded_again()
    {
        PreferencePair pair = Assert.Single(await Read("""{"prompt": "p", "chosen": "a", "rejected": "b", "task_id": "t", "chosen_tokens": [1, 2], "rejected_tokens": [3]}""", "own.jsonl", PreferenceFile.ReadPairsAsync));
        Assert.Equal(("t", 2, 1), (pair.TaskId, pair.ChosenTokens!.Count, pair.RejectedTokens!.Count));
    }

    [Theory]
    [InlineData("""{"prompt": "x", "chosen": "a"}""", "there is no rejected")]
    [InlineData("""{"prompt": [{"role": "user", "content": "x"}], "chosen": "a", "rejected": "b"}""", "the completion is none")]
    [InlineData("""{"prompt": "x", "chosen": [{"role": "assistant", "content": "a"}], "rejected": [{"role": "assistant", "content": "b"}]}""", "end with the assistant's")]
    [InlineData("""{"prompt": "x", "chosen": 3, "rejected": "b"}""", "row 1")]
    public async Task Anything_else_is_named_by_its_row(string line, string words)
    {
        InputException refused = await Assert.ThrowsAsync<InputException>(() => Read(line, "bad.jsonl", PreferenceFile.ReadPairsAsync));
        Assert.Contains("bad.jsonl, row 1", refused.Message);
        Assert.Contains(words, refused.Message);
    }

    private static string Repository
    {
        get
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder!.FullName, "Plum.slnx"))) folder = folder.Parent;
            return folder.FullName;
        }
    }

    private static async Task<IEnumerable<T>> ReadBoth<T>(string line, Func<string, PolicyWords, CancellationToken, Task<IReadOnlyList<T>>> read) =>
        [.. await Read(line, "rows.jsonl", read), .. await Read(line, "rows.parquet", read)];

    private static async Task<IReadOnlyList<T>> Read<T>(string line, string name, Func<string, PolicyWords, CancellationToken, Task<IReadOnlyList<T>>> read)
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, name);
        if (ParquetLines.IsNamed(file)) await ParquetLines.WriteAsync(file, [JsonNode.Parse(line)!.AsObject()], TestContext.Current.CancellationToken);
        else await File.WriteAllTextAsync(file, line + "\n", TestContext.Current.CancellationToken);
        return await read(file, Words, TestContext.Current.CancellationToken);
    }
}
