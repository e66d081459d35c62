using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses;

/// <summary>
/// Sums and counts under TRL's metric names, so that micro-batches of unequal size, or with one label only, add up to true means.
/// A class that no example had leaves no key.
/// </summary>
public sealed class LossMetrics
{
    private readonly SortedDictionary<string, (double Sum, double Count)> sums = new(StringComparer.Ordinal);

    /// <summary>Adds one value a counted thing.</summary>
    /// <param name="name">The metric.</param>
    /// <param name="sum">The sum of the values.</param>
    /// <param name="count">How many values; with 0 nothing is recorded.</param>
    public void Add(string name, double sum, double count)
    {
        if (count == 0) return;
        (double oldSum, double oldCount) = sums.GetValueOrDefault(name);
        sums[name] = (oldSum + sum, oldCount + count);
    }

    /// <summary>Adds every element of a tensor.</summary>
    /// <param name="name">The metric.</param>
    /// <param name="values">Any shape.</param>
    public void Add(string name, Tensor values)
    {
        using Tensor total = values.detach().to_type(ScalarType.Float64).sum();
        Add(name, total.item<double>(), values.numel());
    }

    /// <summary>Adds another batch's sums.</summary>
    /// <param name="other">What to add.</param>
    public void Add(LossMetrics other)
    {
        foreach ((string name, (double sum, double count)) in other.sums) Add(name, sum, count);
    }

    /// <summary>The mean of each metric, and <c>rewards/margins</c> as the difference of the two mean rewards where both exist.</summary>
    public IReadOnlyDictionary<string, double> Means()
    {
        SortedDictionary<string, double> means = new(StringComparer.Ordinal);
        foreach ((string name, (double sum, double count)) in sums) means[name] = sum / count;
        if (means.TryGetValue("rewards/chosen", out double chosen) && means.TryGetValue("rewards/rejected", out double rejected))
            means["rewards/margins"] = chosen - rejected;
        return means;
    }
}
