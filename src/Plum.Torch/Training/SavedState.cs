using System.Globalization;
using System.Text.Json;
using Plum.Torch.Checkpoints;
using Plum.Torch.Training.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>Where a training is: with the weights, the moments and the data, which it names, all that goes on depends on.</summary>
/// <param name="Task">What was being trained, hashed: another task begins anew.</param>
/// <param name="Step">Steps taken; the order of the data follows from it.</param>
/// <param name="Tokens">Completion tokens trained on.</param>
/// <param name="Loss">What the loss carries from step to step.</param>
/// <param name="Recent">The <see cref="ChosenGuard"/>'s window.</param>
/// <param name="HealthyStep">The step of its kept weights.</param>
/// <param name="Best">The best held-out loss so far; null before the first look.</param>
/// <param name="BestStep">Its step.</param>
/// <param name="Worse">Looks since then.</param>
public sealed record SavedState(
    string Task, int Step, long Tokens, LossState Loss = default, IReadOnlyList<double>? Recent = null, int HealthyStep = 0, double? Best = null, int BestStep = 0, int Worse = 0);

/// <summary>The last few states of a training on disk, and the best. Each is a folder that appears whole: a kill at any moment leaves the one before.</summary>
/// <param name="folder">Where they are kept.</param>
/// <param name="task">What is trained, hashed.</param>
/// <param name="every">Steps between states; 0 keeps none.</param>
/// <param name="keep">How many of the last stay.</param>
/// <param name="best">Whether the state that did best on held-out data stays too, however old it is, in the folder <c>best</c>. Nothing goes on from it.</param>
public sealed class SavedStates(string folder, string task, int every, int keep, bool best = false)
{
    private const string Tensors = "state.safetensors", Numbers = "state.json", Best = "best";

    /// <summary>The hash of what is trained.</summary>
    public string Task => task;

    /// <summary>The last state's folder, for messages; null where there is none.</summary>
    public string? Last => Folders().LastOrDefault();

    /// <summary>Keeps the state after a step: where one is due, as the last, letting go of the oldest; where it did best, as the best. A training that goes
    /// on from before the best comes to it again, and writes the same.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="didBest">Whether no step did better on held-out data.</param>
    /// <param name="numbers">The state's numbers; not asked for where nothing is kept.</param>
    /// <param name="tensors">Its tensors, likewise.</param>
    public void Keep(int step, bool didBest, Func<SavedState> numbers, Func<IReadOnlyList<(string Name, Tensor Value)>> tensors)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        ArgumentNullException.ThrowIfNull(tensors);
        bool due = every > 0 && step % every == 0, asBest = every > 0 && best && didBest;
        if (asBest) Write(Best, numbers(), tensors());
        if (!due) return;
        Write(string.Create(CultureInfo.InvariantCulture, $"step-{step:00000000}"), numbers(), tensors());
        foreach (string old in Folders().SkipLast(keep))
            Directory.Delete(old, recursive: true);
    }

    /// <summary>The step that the last state was saved after; 0 where there is none. States of another task are removed.</summary>
    public int Step => Read()?.Step ?? 0;

    /// <summary>Goes on from the last state, where there is one.</summary>
    /// <param name="restore">Takes the numbers, and a function that loads a tensor into the scope it is called in.</param>
    /// <returns>The step to go on after; 0 where there is no state.</returns>
    public int Restore(Action<SavedState, Func<string, Tensor>> restore)
    {
        ArgumentNullException.ThrowIfNull(restore);
        if (Read() is not { } state) return 0;
        using SafetensorsReader reader = SafetensorsReader.Open(Path.Combine(Last!, Tensors));
        using DisposeScope scope = NewDisposeScope();
        restore(state, reader.Load);
        return state.Step;
    }

    private void Write(string name, SavedState state, IEnumerable<(string Name, Tensor Value)> tensors) => FolderSwap.Write(Path.Combine(folder, name), building =>
    {
        SafetensorsWriter.Write(Path.Combine(building, Tensors), tensors.ToDictionary(t => t.Name, t => t.Value));
        File.WriteAllText(Path.Combine(building, Numbers), JsonSerializer.Serialize(state, PlumJson.Pretty) + "\n");
    });

    private SavedState? Read()
    {
        if (every == 0 || Last is not { } last) return null;
        SavedState state = JsonSerializer.Deserialize<SavedState>(File.ReadAllBytes(Path.Combine(last, Numbers)), PlumJson.Lines)!;
        if (state.Task == task) return state;
        Directory.Delete(folder, recursive: true);
        return null;
    }

    private string[] Folders() => Directory.Exists(folder)
        ? [.. Directory.EnumerateDirectories(folder, "step-*").Where(name => !Path.GetFileName(name).Contains('.', StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
        : [];
}
