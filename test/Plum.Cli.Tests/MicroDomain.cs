using System.Globalization;
using System.Text.Json;
using Xunit;

[assembly: AssemblyFixture(typeof(Plum.Cli.Tests.MicroDomain))]

namespace Plum.Cli.Tests;

/// <summary>
/// A domain so small that a model of it is trained in seconds: adding, subtracting and multiplying by a constant. The policy is
/// made by <c>plum sft</c> with fresh weights and is wrong often enough to be improved.
/// </summary>
public sealed class MicroDomain : IAsyncLifetime
{
    private static readonly (string Name, char Symbol, string[] Wordings)[] Operations =
    [
        ("add", '+', ["Add {0} to n.", "Return n plus {0}."]),
        ("sub", '-', ["Subtract {0} from n.", "Return n minus {0}."]),
        ("mul", '*', ["Multiply n by {0}.", "Return n times {0}."]),
    ];

    private static readonly int[] Inputs = [0, 1, -4, 7, 12];

    public string Folder { get; } = Directory.CreateTempSubdirectory("plum-cli-").FullName;

    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>What <c>plum sft</c> said about the policy's training.</summary>
    public JsonElement Trained { get; private set; }

    public async ValueTask InitializeAsync()
    {
        var tasks = (
            from operation in Operations
            from number in Enumerable.Range(2, 16)
            from wording in operation.Wordings
            select (Id: $"{operation.Name}-{number}-{wording.Length}", Text: string.Format(CultureInfo.InvariantCulture, wording, number), operation.Symbol, Number: number)).ToArray();
        string[] Calls(int from) => [.. Inputs.Select(input => $"solve({input + from})")];

        Lines("examples.jsonl", tasks.Select(task => (object)new { instruction = task.Text, solution = Solution(task.Symbol, task.Number), inputs = Calls(0) }));
        Lines("sft.jsonl", tasks.Where(task => task.Number % 4 != 1).SelectMany(task => (object[])
        [
            new { messages = new[] { new { role = "user", content = task.Text }, new { role = "assistant", content = Solution(task.Symbol, task.Number) } } },
            // TRL's other format.
            new { prompt = new[] { new { role = "user", content = "Test inputs: " + task.Text } }, completion = new[] { new { role = "assistant", content = string.Join('\n', Calls(0)) } } },
        ]));
        Lines("plum.jsonl", tasks.Select(task => (object)new { id = task.Id, family = task.Id[..3], instruction = task.Text, entry_point = "solve" }));
        Lines("heldout.jsonl", tasks.Where((_, at) => at % 5 == 0).Select(task => (object)new
        {
            id = task.Id,
            family = task.Id[..3],
            instruction = task.Text,
            entry_point = "solve",
            tests = Inputs.Select(input => new { arguments = $"{input}", expected = $"{Value(task.Symbol, task.Number, input)}" }),
        }));
        File.WriteAllText(this["recipe.json"], """
            {
              // Comments and trailing commas are welcome.
              "policy": "policy", "teacher": "self", "teacher_prompts": "seed", "instructions": "plum.jsonl", "held_out": "heldout.jsonl", "sft": "sft.jsonl",
              "rounds": 2, "instructions_per_round": 40, "samples": 4, "workers": 2, "sampling": { "max_tokens": 48 },
              "suites": {
                "min_tests": 2, "max_tests": 5, "chunk_instructions": 8,
                "reference_sampling": { "temperature": 0.3, "max_tokens": 48 }, "input_sampling": { "temperature": 0.3, "max_tokens": 48 },
              },
              "training": { "method": "dpo", "prompts_per_step": 4, "replay_per_step": 2 },
            }
            """);
        await TokenizerAsync();
        Trained = await PlumProcess.FiguresAsync(
            Folder, "sft", "--data", "sft.jsonl", "--config", "fresh", "--out", "policy",
            "--epochs", "32", "--batch", "32", "--learning-rate", "5e-3", "--warmup", "10", "--schedule", "cosine", "--workers", "2");
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string Solution(char symbol, int number) => $"def solve(n):\n    return n {symbol} {number}";

    private static int Value(char symbol, int number, int input) => symbol switch { '+' => input + number, '-' => input - number, _ => input * number };

    private void Lines(string name, IEnumerable<object> lines) => File.WriteAllLines(this[name], lines.Select(line => JsonSerializer.Serialize(line)));

    /// <summary>A folder to begin a fresh model from, by the tool that makes the embedded policy's tokenizer.</summary>
    private async Task TokenizerAsync()
    {
        using PlumProcess python = PlumProcess.Start(Folder, [Repository.File("tools/domain/bpe.py"), "--vocab", "300", "--out", "fresh", "examples.jsonl"], "python3");
        PlumProcess.Result made = await python.EndAsync();
        Assert.True(made.Code == 0, made.Error);
        File.WriteAllText(this["fresh/config.json"], """
            {
              "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "vocab_size": 300, "hidden_size": 64, "intermediate_size": 128,
              "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 256, "rms_norm_eps": 1e-6,
              "rope_theta": 10000.0, "tie_word_embeddings": true, "hidden_act": "silu", "torch_dtype": "float32", "eos_token_id": 299
            }
            """);
    }
}
