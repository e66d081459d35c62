using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace Plum.Torch.Transformers;

/// <summary>
/// The memory of one pass, by name, kept for the next one: what a pass allocates anew is faulted in page by page, which takes a sixth as
/// long as the products that fill it.
/// </summary>
internal sealed class PassMemory : IDisposable
{
    private readonly Dictionary<(string Name, int Layer), Tensor> blocks = [];

    /// <summary>A matrix; what stands in it is what was written there last.</summary>
    /// <param name="name">What for.</param>
    /// <param name="layer">Which layer's.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="type">Of its numbers, always the same for a name.</param>
    /// <returns>[rows, columns], owned by the caller's dispose scope; valid until a larger one of this name is asked for.</returns>
    public Tensor Take(string name, int layer, long rows, long columns, ScalarType type)
    {
        if (!blocks.TryGetValue((name, layer), out Tensor? block) || block.numel() < rows * columns)
        {
            block?.Dispose();
            blocks[(name, layer)] = block = empty([rows * columns], type).DetachFromDisposeScope();
        }

        using Tensor part = block.narrow(0, 0, rows * columns);
        return part.view(rows, columns);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor block in blocks.Values)
            block.Dispose();
    }
}

/// <summary>Memory for as many passes as there are at once, lent and given back.</summary>
internal sealed class PassMemories : IDisposable
{
    private readonly ConcurrentBag<PassMemory> idle = [];

    /// <summary>Memory that nobody else uses.</summary>
    public PassMemory Rent() => idle.TryTake(out PassMemory? memory) ? memory : new PassMemory();

    /// <summary>Gives it back.</summary>
    public void Return(PassMemory memory) => idle.Add(memory);

    /// <inheritdoc/>
    public void Dispose()
    {
        while (idle.TryTake(out PassMemory? memory))
            memory.Dispose();
    }
}
