using System.CommandLine;
using Plum.Cli.Runs;
using Plum.Cli.Watching;
using Plum.Rounds;
using Plum.Sandboxes;
using Plum.Text;
using Plum.Verdicts;
using Spectre.Console;

namespace Plum.Cli.Verbs;

/// <summary><c>plum verify</c>: stage 2b alone, candidates and suites to verdicts.</summary>
internal static class VerifyVerb
{
    public static Command Create()
    {
        StageFlags stage = new(rounds: true);
        Option<string?> candidates = new("--candidates") { Description = "JSON Lines of candidates.", HelpName = "FILE" };
        Option<string?> suites = new("--suites") { Description = "JSON Lines of test suites.", HelpName = "FILE" };
        Option<string?> to = new("--out") { Description = "The file of verdicts to write; what it holds is gone on with.", HelpName = "FILE" };
        Option<string?> language = new("--language") { Description = "What the candidates are written in; the recipe's language where left out.", HelpName = "NAME" };
        Command command = new("verify", "Stage 2b: every candidate against its suite, in the sandbox.") { candidates, suites, to, language };
        stage.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            Stage one = stage.Read(parsed);
            string programs = Stage.Choose(parsed.GetValue(candidates), "--candidates FILE", one.Files?.Candidates);
            string tests = Stage.Choose(parsed.GetValue(suites), "--suites FILE", one.Run?.Suites);
            string file = Stage.Choose(parsed.GetValue(to), "--out FILE", one.Files?.Verdicts);
            Language? row = Language.Of(parsed.GetValue(language) ?? one.Options.Language);
            row?.Require();
            IReadOnlyList<Candidate> judged = await JsonLines.ReadAllAsync<Candidate>(programs, cancellation).ConfigureAwait(false);
            Dictionary<string, TestSuite> byInstruction = await SuiteStage.ReadAsync(tests, cancellation).ConfigureAwait(false);
            if (judged.FirstOrDefault(candidate => !byInstruction.ContainsKey(candidate.TaskId)) is { } orphan)
                throw new InputException($"{programs}: '{orphan.TaskId}' has no suite in {tests}: give the suites that the candidates were sampled for");
            await using PythonSandbox sandbox = one.OpenSandbox();
            IReadOnlyList<Verdict> verdicts = await Watch.RunAsync(
                progress => VerifyStage.RunAsync(file, judged, byInstruction, new SuiteVerifier(sandbox, row, RunOptions.VerifierOptions), one.Round, progress, cancellation),
                $"stopped; the same command goes on from {file}", cancellation).ConfigureAwait(false);
            int passed = verdicts.Count(verdict => verdict.Passed), undecided = verdicts.Count(verdict => verdict.Undecided);
            double rate = verdicts.Count > undecided ? (double)passed / (verdicts.Count - undecided) : 0;
            Output.Say(one.Json, new { @out = file, verdicts = verdicts.Count, passed, undecided, pass_rate = rate, sandbox = sandbox.Level }, console =>
                console.WriteLine($"{passed:N0} of {verdicts.Count:N0} candidates pass ({100 * rate:F1}%), {undecided:N0} undecided; {file}"));
            return 0;
        });
        return command;
    }
}
