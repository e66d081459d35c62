using static TorchSharp.torch;

namespace Plum.Torch.Tests;

/// <summary>What computes in the tests that compare with other people's answers: PLUM_DEVICE, such as cuda:0; else the processor.</summary>
internal static class TestDevice
{
    public static Device Device { get; } = TorchDevice.Of(Environment.GetEnvironmentVariable("PLUM_DEVICE") is { Length: > 0 } named ? named : "cpu");
}
