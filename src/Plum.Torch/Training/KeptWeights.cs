using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>A copy of the weights at some step, to go back to.</summary>
/// <param name="masters">The weights that are trained.</param>
internal sealed class KeptWeights(IReadOnlyDictionary<string, Parameter> masters) : IDisposable
{
    private readonly Dictionary<string, Tensor> kept = [];

    /// <summary>The step they are of.</summary>
    public int Step { get; private set; }

    /// <summary>Copies the weights as they are now.</summary>
    public void Keep(int step) => Keep(step, name => masters[name]);

    /// <summary>Takes over weights that were saved.</summary>
    /// <param name="step">Their step.</param>
    /// <param name="load">Gives a tensor by name.</param>
    public void Keep(int step, Func<string, Tensor> load)
    {
        using var _ = no_grad();
        foreach ((string name, Parameter parameter) in masters)
        {
            if (!kept.ContainsKey(name))
                kept[name] = empty_like(parameter).DetachFromDisposeScope();
            kept[name].copy_(load(name));
        }

        Step = step;
    }

    /// <summary>Puts the copy back.</summary>
    public void Restore()
    {
        using var _ = no_grad();
        foreach ((string name, Tensor tensor) in kept)
            masters[name].copy_(tensor);
    }

    /// <summary>The copies, for saving; none where nothing was kept.</summary>
    public IEnumerable<(string Name, Tensor Value)> Tensors(string prefix) => kept.Select(item => (prefix + item.Key, item.Value));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in kept.Values)
            tensor.Dispose();
    }
}
