using Plum.Rounds;
using Plum.Text;
using Xunit;

namespace Plum.Tests.Rounds;

/// <summary>What becomes of a trained policy: kept where the probe finds nothing, thrown away where it finds it broken.</summary>
public sealed class TrainStageTest
{
    private static readonly ProbeFigures Healthy = new(10, 0.4, 0.45, 0.1, 0.1, null);

    [Fact]
    public async Task AHealthyPolicyIsTheRounds()
    {
        using TemporaryFolder folder = new();
        (TrainingFigures figures, RoundDirectory files) = await TrainAsync(folder, Healthy);
        Assert.Null(figures.Stopped);
        Assert.Equal("trained", File.ReadAllText(Path.Combine(files.Policy, "weights")));
        Assert.False(Directory.Exists(files.Trained));
    }

    [Fact]
    public async Task ABrokenPolicyIsLeftAsideAndTheOneBeforeStays()
    {
        using TemporaryFolder folder = new();
        (TrainingFigures figures, RoundDirectory files) = await TrainAsync(folder, Healthy with { PassRate = 0.1, Broken = "undone: it forgot" });
        Assert.Equal("undone: it forgot", figures.Stopped);
        Assert.Equal("before", File.ReadAllText(Path.Combine(files.Policy, "weights")));
        Assert.Equal("trained", File.ReadAllText(Path.Combine(files.Trained, "weights")));
        Assert.Equal(figures, RunDirectory.Read<TrainingFigures>(files.Training));
    }

    private static async Task<(TrainingFigures Figures, RoundDirectory Files)> TrainAsync(TemporaryFolder folder, ProbeFigures found)
    {
        RunDirectory run = new(folder["run"]);
        RoundDirectory files = run.Round(1);
        string before = folder["policy"];
        Directory.CreateDirectory(before);
        Directory.CreateDirectory(files.Path);
        File.WriteAllText(Path.Combine(before, "weights"), "before");
        JsonLines.WriteAll<PreferencePair>(files.Preferences, []);
        JsonLines.WriteAll<PassingCompletion>(files.Passing, []);
        TrainingFigures figures = await TrainStage.RunAsync(
            run, before, new RunOptions(before, "self", "none", "none"), new TrainingOptions(), round: 1, tokenBudget: 0, new FolderWriter(),
            trained => Task.FromResult(File.Exists(Path.Combine(trained, "weights")) ? found : throw new InvalidOperationException(trained)),
            new Progress<StageProgress>(), TestContext.Current.CancellationToken);
        return (figures, files);
    }

    /// <summary>Stands for the policy engine, which this assembly cannot see.</summary>
    private sealed class FolderWriter : IPreferenceTrainer
    {
        public Task<TrainingFigures> TrainAsync(TrainingTask task, IProgress<StageProgress>? progress, CancellationToken cancellation)
        {
            Directory.CreateDirectory(task.Output);
            File.WriteAllText(Path.Combine(task.Output, "weights"), "trained");
            return Task.FromResult(new TrainingFigures(1, 1, 0));
        }
    }
}
