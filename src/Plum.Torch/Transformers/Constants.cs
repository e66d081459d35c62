using System.Collections.Concurrent;
using TorchSharp;

namespace Plum.Torch.Transformers;

/// <summary>
/// Numbers that operations on tensors take again and again, as the native objects that TorchSharp makes of them: made
/// once and kept, since each new one costs an allocation, a finalizer and (see build/RelaxLibstdcxx.targets) 32 bytes.
/// </summary>
internal static class Constants
{
    private static readonly ConcurrentDictionary<double, Scalar> Kept = [];

    /// <summary>The number as a Scalar that lives as long as the process.</summary>
    public static Scalar Of(double value) => Kept.GetOrAdd(value, number => (Scalar)number);
}
