using System.Runtime.CompilerServices;

namespace Plum.Torch.Tests;

/// <summary>Tests begin with tensors of their own, so libtorch is there before the first of them.</summary>
internal static class BeforeAll
{
    [ModuleInitializer]
    internal static void LoadLibtorch() => TorchRuntime.Load();
}
