using System.Globalization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>Early stopping: keeps the weights that did best on held-out preferences, and ends a training that no longer improves on them.</summary>
/// <param name="masters">The weights that are trained.</param>
/// <param name="every">Steps between looks.</param>
/// <param name="patience">After how many looks without improvement training ends.</param>
internal sealed class HeldOutWatch(IReadOnlyDictionary<string, Parameter> masters, int every, int patience) : IDisposable
{
    private const string Prefix = "best.";

    private readonly KeptWeights best = new(masters);
    private double bestLoss = double.PositiveInfinity;
    private int worse;

    /// <summary>Whether a look is due after a step.</summary>
    public bool Due(int step, int steps) => step % every == 0 || step == steps;

    /// <summary>The step that did best; 0 before the first look.</summary>
    public int BestStep => best.Step;

    /// <summary>Takes in a look.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="loss">The held-out loss.</param>
    /// <returns>Why training ends; null while it goes on.</returns>
    public string? Look(int step, double loss)
    {
        if (loss < bestLoss)
        {
            (bestLoss, worse) = (loss, 0);
            best.Keep(step);
            return null;
        }

        return ++worse < patience ? null : string.Create(CultureInfo.InvariantCulture,
            $"the held-out loss has not fallen below {bestLoss:G4} since step {best.Step}; the weights of that step were kept");
    }

    /// <summary>Puts the best weights back, where there was a look.</summary>
    public void Restore() => best.Restore();

    /// <summary>What a saved state needs of it.</summary>
    public SavedState Describe(SavedState state) => double.IsFinite(bestLoss) ? state with { Best = bestLoss, BestStep = best.Step, Worse = worse } : state;

    /// <summary>The best weights, for a saved state.</summary>
    public IEnumerable<(string Name, Tensor Value)> Tensors() => best.Tensors(Prefix);

    /// <summary>Goes on from a saved state.</summary>
    public void Restore(SavedState state, Func<string, Tensor> load)
    {
        if (state.Best is not { } loss)
            return;
        (bestLoss, worse) = (loss, state.Worse);
        best.Keep(state.BestStep, name => load(Prefix + name));
    }

    /// <inheritdoc/>
    public void Dispose() => best.Dispose();
}
