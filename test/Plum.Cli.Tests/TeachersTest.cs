using System.Globalization;
using System.Text.Json;
using Plum.Tests.Models;
using Xunit;

namespace Plum.Cli.Tests;

/// <summary>
/// <c>plum suites</c> with teachers behind endpoints: <c>plum serve</c> with the embedded teacher, and a server that misbehaves.
/// The run ends, nothing is paid twice, each failure is counted and explained, and a killed run ends as one that was not.
/// </summary>
public sealed class TeachersTest : IDisposable
{
    private const string Key = "sk-plum-secret-0123456789";
    private readonly string folder = Directory.CreateTempSubdirectory("plum-teachers-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string this[string name] => Path.Combine(folder, name);

    /// <summary>A teacher of arithmetic: a right program, or six calls.</summary>
    private static Reply Teach(Asked asked)
    {
        int number = int.Parse(asked.Prompt[(asked.Prompt.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
        return asked.Prompt.StartsWith("Test inputs: ", StringComparison.Ordinal)
            ? Reply.Answer(asked, string.Join('\n', Enumerable.Range(0, 6).Select(i => $"solve({i * 3 - number})")))
            : Reply.Answer(asked, $"def solve(n):\n    return n * n + {number}");
    }

    private void Write(FakeEndpoint server, int instructions, string more = "", string endpoint = "", string suites = "", string prompts = "seed")
    {
        File.WriteAllLines(this["i.jsonl"], Enumerable.Range(0, instructions).Select(i => $$"""{"id": "t-{{i}}", "instruction": "The square of n plus {{i}}", "entry_point": "solve"}"""));
        File.WriteAllText(this["recipe.json"], $$"""
            {
              "policy": "plum:policy", "instructions": "i.jsonl", "held_out": "plum:instructions/heldout.jsonl", "teacher_prompts": "{{prompts}}", "workers": 2,
              "teachers": [{ "endpoint": { "url": "{{server.Url}}", "model": "m", "key_variable": "PLUM_TEACHER_KEY", "retry_seconds": 0.02{{endpoint}} } }],
              "suites": { "references": 3, "input_completions": 1, "min_tests": 4, "chunk_instructions": 8{{suites}} }{{more}}
            }
            """);
    }

    private PlumProcess Start(string suites, params string[] more) => PlumProcess.Start(
        folder, [PlumProcess.Program, "suites", "--recipe", "recipe.json", "--instructions", "i.jsonl", "--out", suites, "--json", .. more], environment: [("PLUM_TEACHER_KEY", Key)]);

    private async Task<JsonElement> SuitesAsync(string suites, params string[] more)
    {
        using PlumProcess process = Start(suites, more);
        PlumProcess.Result result = await process.EndAsync();
        Assert.True(result.Code == 0, $"{result.Code}: {result.Error}");
        return JsonDocument.Parse(result.Output.TrimEnd().Split('\n')[^1]).RootElement;
    }

    private static Dictionary<string, int> Counts(JsonElement figures, string name) =>
        figures.GetProperty(name).EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetInt32());

    [Fact]
    public async Task AServerThatMisbehavesInEveryWayIsOutlivedAndTold()
    {
        // Two of three calls fail at first, each in another way; six instructions fail for ever, and one rambles.
        static Reply Bad(int kind) => kind switch
        {
            0 => Reply.Status(429, headers: "Retry-After: 0\r\n"),
            1 => Reply.Status(429),
            2 => Reply.Status(500, "oops", type: "text/plain"),
            3 => Reply.HalfClosed("def sol"),
            4 => Reply.Broken("def sol"),
            5 => Reply.Status(200, "<html><body>Sign in</body></html>", type: "text/html"),
            6 => Reply.Status(200, Reply.Events(["""{"hello": []}"""]), type: "text/event-stream"),
            7 => Reply.Status(200, "data: {\"choices\": \n\n", type: "text/event-stream"),
            _ => Reply.Never,
        };
        System.Collections.Concurrent.ConcurrentDictionary<string, int> seen = new();
        await using FakeEndpoint server = new(asked =>
        {
            int time = seen.AddOrUpdate(asked.Body, 1, (_, before) => before + 1);
            string prompt = asked.Prompt;
            if (prompt.EndsWith(" 3", StringComparison.Ordinal)) return Reply.Status(400, """{"error": {"message": "this prompt breaks our rules"}}""");
            if (prompt.EndsWith(" 9", StringComparison.Ordinal)) return Reply.Status(200, Reply.Events(["""{"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": []}"""]) + "data: [DONE]\n\n", type: "text/event-stream");
            if (prompt.EndsWith(" 15", StringComparison.Ordinal)) return Bad(5);
            if (prompt.EndsWith(" 21", StringComparison.Ordinal)) return Bad(3);
            if (prompt.EndsWith(" 27", StringComparison.Ordinal)) return Bad(2);
            if (prompt.EndsWith(" 33", StringComparison.Ordinal) && prompt.StartsWith("Test", StringComparison.Ordinal)) return Bad(8);
            if (prompt.EndsWith(" 37", StringComparison.Ordinal)) return Reply.Answer(asked, string.Concat(Enumerable.Repeat("and so on, ", 2_500)), "length", 10_000);
            return time == 1 && asked.Number % 3 > 0 ? Bad(asked.Number / 3 % 9) : Teach(asked);
        });
        Write(server, 40, endpoint: """, "timeout_seconds": 4, "retries": 4""");
        JsonElement figures = await SuitesAsync("suites.jsonl");

        Assert.Equal(40, figures.GetProperty("instructions").GetInt32());
        Assert.Equal(33, figures.GetProperty("kept").GetInt32());
        Assert.Equal(new Dictionary<string, int> { ["few_tests"] = 1, ["teacher_failed"] = 6 }, Counts(figures, "dropped"));
        Assert.Equal(
            new Dictionary<string, int> { ["cut_off"] = 4, ["empty"] = 4, ["malformed"] = 4, ["refused"] = 4, ["server_error"] = 4, ["timed_out"] = 1 }, Counts(figures, "teacher_failures"));
        Dictionary<string, int> retries = Counts(figures, "teacher_retries");
        Assert.All((string[])["rate_limited", "server_error", "cut_off", "malformed", "empty", "timed_out"], kind => Assert.True(retries.GetValueOrDefault(kind) > 0, kind));
        Assert.Equal(160, figures.GetProperty("teacher_calls").GetInt32());
        Assert.All(server.Paid.Values, times => Assert.Equal(1, times));
        Assert.Contains(File.ReadLines(this["teacher.jsonl"]), line => line.Contains("this prompt breaks our rules", StringComparison.Ordinal));

        int asked = server.Requests.Count;
        byte[] suites = File.ReadAllBytes(this["suites.jsonl"]);
        File.Delete(this["suites.jsonl"]);
        await SuitesAsync("suites.jsonl");
        Assert.Equal(WithoutTimings(suites), WithoutTimings(File.ReadAllBytes(this["suites.jsonl"])));
        Assert.Equal(asked, server.Requests.Count);
        AssertNoKey();
    }

    [Theory]
    [InlineData(1, 240)]
    [InlineData(2, 180)]
    public async Task KilledAtAnyPointItEndsAsIfItHadNotBeenAndPaysNothingTwice(int choices, int calls)
    {
        const int Parallel = 6;
        await using FakeEndpoint server = new(asked =>
        {
            Thread.Sleep(5);
            if (asked.N == 1) return Teach(asked);
            int number = int.Parse(asked.Prompt[(asked.Prompt.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
            return Reply.Choices(asked, [.. Enumerable.Range(0, asked.N).Select(i => $"def solve(n):\n    return n * n + {number} # {asked.Json.GetProperty("seed")} {i}")], 7 * asked.N);
        });
        Write(server, 60, endpoint: $", \"parallelism\": {Parallel}, \"n\": {choices}");
        await SuitesAsync("whole.jsonl");
        Assert.Equal(calls, server.Requests.Count);
        server.Paid.Clear();

        int[] reached = [1, 37, 90, 131, calls - 7];
        foreach (int answers in reached)
        {
            using PlumProcess process = Start("killed.jsonl");
            while (!process.Ended && server.Paid.Count < answers) await Task.Delay(1);
            await process.KillAsync();
            foreach (string file in ((string[])["killed.jsonl", "killed.teacher.jsonl"]).Where(name => Lines(name) > 0))
                File.AppendAllText(this[file], """{"request": "torn""");
        }

        JsonElement figures = await SuitesAsync("killed.jsonl");
        Assert.Equal(WithoutTimings(File.ReadAllBytes(this["whole.jsonl"])), WithoutTimings(File.ReadAllBytes(this["killed.jsonl"])));
        Assert.Equal((60, 240), (figures.GetProperty("kept").GetInt32(), figures.GetProperty("teacher_calls").GetInt32()));
        Assert.Equal(calls, server.Paid.Count);
        Assert.InRange(server.Paid.Values.Sum() - calls, 0, reached.Length * Parallel);
    }

    /// <summary>The same teacher, in the form that it is asked for: a whole answer, calls, or further tests.</summary>
    private static Reply TeachInFull(Asked asked)
    {
        int number = int.Parse(System.Text.RegularExpressions.Regex.Match(asked.Prompt, @"plus (\d+)").Groups[1].Value, CultureInfo.InvariantCulture);
        string program = $"def solve(n):\n    return n * n + {number}";
        string[] calls = [.. Enumerable.Range(0, 6).Select(i => $"solve({(i + 3 * number) * 3})")], asserts = [.. calls.Select((call, i) => $"assert {call} == {Math.Pow((i + 3 * number) * 3, 2) + number}")];
        string[] tests = asked.Prompt.Contains("tests are there already", StringComparison.Ordinal) ? ["assert solve(-1) == " + (1 + number)] : asserts;
        string fenced = $"```python\n{program}\n```\n\n```python\n{string.Join('\n', tests)}\n```";
        if (!asked.Structured) return Reply.Answer(asked, fenced);
        return Reply.Answer(asked, asked.Json.GetProperty("response_format").GetProperty("json_schema").GetProperty("name").GetString() switch
        {
            "inputs" => JsonSerializer.Serialize(new { inputs = calls }),
            "tests" => JsonSerializer.Serialize(new { analysis = "A square.", reference = program, tests }),
            _ => JsonSerializer.Serialize(new { analysis = "Negative numbers.", tests }),
        });
    }

    [Fact]
    public async Task StructuredOrPlainTheSuitesAreTheSame()
    {
        await using FakeEndpoint takes = new(TeachInFull), refuses = new(asked => asked.Structured ? Reply.Status(400, """{"error": {"message": "no response_format here"}}""") : TeachInFull(asked));
        const string Modes = """, "modes": ["inputs", "paper", "edges"]""";
        Write(takes, 12, suites: Modes, prompts: "default");
        JsonElement structured = await SuitesAsync("structured.jsonl");
        Assert.Equal((12, 1.0), (structured.GetProperty("kept").GetInt32(), structured.GetProperty("paper_consistency").GetDouble()));
        // References alone are asked for in plain text.
        Assert.Equal((36, 12 * (3 + 1 + 3 + 1)), (takes.Requests.Count(asked => !asked.Structured), takes.Requests.Count));

        Write(refuses, 12, suites: Modes, prompts: "default");
        JsonElement plain = await SuitesAsync("plain.jsonl");
        Assert.InRange(Counts(plain, "teacher_retries")["format_refused"], 1, 8);
        Assert.Equal(Counts(plain, "teacher_retries")["format_refused"], refuses.Requests.Count(asked => asked.Structured));
        Assert.Equal(WithoutTimings(File.ReadAllBytes(this["structured.jsonl"])), WithoutTimings(File.ReadAllBytes(this["plain.jsonl"])));

        int asked = refuses.Requests.Count;
        File.Delete(this["plain.jsonl"]);
        using PlumProcess told = PlumProcess.Start(folder, [PlumProcess.Program, "suites", "--recipe", "recipe.json", "--instructions", "i.jsonl", "--out", "plain.jsonl"]);
        PlumProcess.Result result = await told.EndAsync();
        Assert.Contains("calls made again: format_refused", result.Output, StringComparison.Ordinal);
        Assert.Equal(asked, refuses.Requests.Count);
    }

    [Fact]
    public async Task ASpentBudgetEndsTheWorkAndALargerOneGoesOn()
    {
        await using FakeEndpoint server = new(Teach);
        Write(server, 24, more: """, "teacher_budget": { "money": 0.02 } """, endpoint: """, "prompt_price": 10, "completion_price": 30, "parallelism": 2""");
        using PlumProcess process = Start("suites.jsonl");
        PlumProcess.Result result = await process.EndAsync();
        // 11 tokens at 10 and 7 at 30 a million: 62 calls are 0.02.
        Assert.Equal(1, result.Code);
        Assert.Contains("of 0.02 in money", result.Error, StringComparison.Ordinal);
        Assert.Contains("teacher_budget", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("fault of Plum's", result.Error, StringComparison.Ordinal);
        Assert.InRange(server.Requests.Count, 63, 64);
        Assert.Equal(server.Requests.Count, Lines("teacher.jsonl"));

        JsonElement figures = await SuitesAsync("suites.jsonl", "--budget-money", "1");
        Assert.Equal((24, 96), (figures.GetProperty("kept").GetInt32(), server.Requests.Count));
        Assert.Equal(96 * 18, figures.GetProperty("teacher_tokens").GetInt32());
        Assert.Equal(96 * 320e-6, figures.GetProperty("teacher_cost").GetDouble(), 1e-9);
        AssertNoKey();
    }

    [Fact]
    public async Task WhereTheTeacherFailedItIsAskedAgainOnDemandAlone()
    {
        bool well = false;
        await using FakeEndpoint server = new(asked => !well && asked.Prompt.EndsWith(" 5", StringComparison.Ordinal) ? Reply.Status(500) : Teach(asked));
        Write(server, 12, endpoint: """, "retries": 1""");
        Assert.Equal(11, (await SuitesAsync("suites.jsonl")).GetProperty("kept").GetInt32());
        well = true;
        int asked = server.Requests.Count;
        Assert.Equal(11, (await SuitesAsync("suites.jsonl")).GetProperty("kept").GetInt32());
        Assert.Equal(asked, server.Requests.Count);
        JsonElement mended = await SuitesAsync("suites.jsonl", "--ask-failed-again");
        Assert.Equal(12, mended.GetProperty("kept").GetInt32());
        Assert.Equal(asked + 4, server.Requests.Count);
        Assert.Empty(Counts(mended, "teacher_failures"));
        await SuitesAsync("fresh.jsonl");
        Assert.Equal(WithoutTimings(File.ReadAllBytes(this["fresh.jsonl"])), WithoutTimings(File.ReadAllBytes(this["suites.jsonl"])));
    }

    [Fact]
    public async Task ADeadEndpointEndsWithOneSentence()
    {
        FakeEndpoint gone = new(Teach);
        Write(gone, 8, endpoint: """, "retries": 2""");
        await gone.DisposeAsync();
        await using FakeEndpoint shut = new(_ => Reply.Status(401, $$$"""{"error": {"message": "bad key {{{Key}}}"}}"""));
        foreach ((FakeEndpoint server, string word) in ((FakeEndpoint, string)[])[(gone, "Connection refused"), (shut, "PLUM_TEACHER_KEY")])
        {
            Write(server, 8, endpoint: """, "retries": 2""");
            using PlumProcess process = Start("suites.jsonl");
            PlumProcess.Result result = await process.EndAsync();
            Assert.Equal(1, result.Code);
            Assert.Contains(word, result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain(Key, result.Error, StringComparison.Ordinal);
        }

        AssertNoKey();
    }

    [Fact]
    public async Task TheFlagsNameATeacherOrSayWhatIsWrong()
    {
        await using FakeEndpoint server = new(Teach);
        Write(server, 4);
        string[] files = ["--instructions", "i.jsonl", "--out", "o.jsonl", "--set", "teacher_prompts=seed"];
        (await PlumProcess.RunAsync(folder, ["suites", .. files, "--teacher", server.Url])).IsRefused("--teacher-model NAME");
        (await PlumProcess.RunAsync(folder, ["suites", .. files, "--teacher-model", "m"])).IsRefused("--teacher");
        (await PlumProcess.RunAsync(folder, ["suites", .. files, "--teacher", server.Url, "--teacher-model", "m", "--replay-only"])).IsRefused("no such record");
        Assert.Equal(4, (await PlumProcess.FiguresAsync(folder, ["suites", .. files, "--teacher", server.Url, "--teacher-model", "m", "--teacher-record", "answers.jsonl"])).GetProperty("instructions").GetInt32());
        Assert.True(Lines("answers.jsonl") > 4);
    }

    [Fact]
    public async Task TheEmbeddedTeacherBehindServeIsATeacherLikeAnyOther()
    {
        using PlumProcess server = PlumProcess.Start(Repository.Root, [PlumProcess.Program, "serve", "--policy", Repository.File("assets/teacher"), "--name", "seed", "--port", "0"]);
        string url = (await server.SaysAsync("http://")).Split(' ').First(word => word.StartsWith("http://", StringComparison.Ordinal)).TrimEnd(',');
        string[] Flags(string instructions, string suites) => ["suites", "--instructions", instructions, "--out", suites, "--teacher", url, "--teacher-model", "seed", "--workers", "2"];

        File.WriteAllLines(this["embedded.jsonl"], File.ReadLines(Repository.File("assets/instructions/plum.jsonl")).Take(40));
        JsonElement figures = await PlumProcess.FiguresAsync(folder, Flags("embedded.jsonl", "embedded/suites.jsonl"));
        Assert.Equal(40, figures.GetProperty("instructions").GetInt32());
        Assert.True(figures.GetProperty("kept").GetInt32() >= 30, figures.ToString());
        // Eight references and a completion of inputs, as the embedded recipe asks.
        Assert.Equal(40 * 9, figures.GetProperty("teacher_calls").GetInt32());
        Assert.True(figures.GetProperty("teacher_tokens").GetInt32() > 40 * 9 * 20);

        string data = Environment.GetEnvironmentVariable("PLUM_DATA") ?? Repository.File("../shared/data");
        int foreign = 0;
        (string, string, string)[] others = [("alpaca", "instruct/codealpaca_seed_tasks.jsonl", "instruction"), ("octopack", "instruct/octopack_oasstcommitpackftmanual.jsonl", "prompt"), ("mbpp", "mbpp/mbpp.jsonl", "text")];
        foreach ((string name, string file, string key) in Directory.Exists(data) ? others : [])
        {
            File.WriteAllLines(this[name + ".jsonl"], File.ReadLines(Path.Combine(data, file)).Take(20).Select((line, at) => JsonSerializer.Serialize(new
            {
                id = $"{name}-{at}",
                instruction = JsonDocument.Parse(line).RootElement.GetProperty(key).GetString(),
                entry_point = "solve",
            })));
            JsonElement told = await PlumProcess.FiguresAsync(folder, Flags(name + ".jsonl", name + "/suites.jsonl"));
            int instructions = told.GetProperty("instructions").GetInt32(), kept = told.GetProperty("kept").GetInt32();
            Assert.Equal(instructions, kept + Counts(told, "dropped").Values.Sum());
            Assert.Equal(9 * instructions, told.GetProperty("teacher_calls").GetInt32());
            foreign += instructions;
        }

        server.Signal(15);
        await server.EndAsync();
        byte[] suites = File.ReadAllBytes(this["embedded/suites.jsonl"]);
        File.Delete(this["embedded/suites.jsonl"]);
        await PlumProcess.FiguresAsync(folder, [.. Flags("embedded.jsonl", "embedded/suites.jsonl"), "--replay-only"]);
        Assert.Equal(WithoutTimings(suites), WithoutTimings(File.ReadAllBytes(this["embedded/suites.jsonl"])));
        Assert.SkipWhen(foreign == 0, $"{data} is absent: set PLUM_DATA");
    }

    private void AssertNoKey() => Assert.All(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories), file => Assert.DoesNotContain(Key, File.ReadAllText(file), StringComparison.Ordinal));

    private int Lines(string file) => File.Exists(this[file]) ? File.ReadAllText(this[file]).Count(symbol => symbol == '\n') : 0;

    private static string[] WithoutTimings(byte[] suites) => [.. System.Text.Encoding.UTF8.GetString(suites).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
    {
        System.Text.Json.Nodes.JsonObject record = System.Text.Json.Nodes.JsonNode.Parse(line)!.AsObject();
        record.Remove("reference_cpu_milliseconds");
        return record.ToJsonString();
    })];
}
