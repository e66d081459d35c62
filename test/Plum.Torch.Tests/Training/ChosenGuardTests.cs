using Plum.Torch.Training;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Training;

public sealed class ChosenGuardTests
{
    [Fact]
    public void ItPutsTheLastHealthyWeightsBack()
    {
        using Parameter weight = new(tensor(new[] { 0f }));
        using ChosenGuard guard = new(new Dictionary<string, Parameter> { ["w"] = weight }, mostDrop: 2);
        string? why = null;
        int step = 0;
        while (why is null && step < 200)
        {
            step++;
            using (no_grad())
                weight.add_(1);
            why = guard.Broke(step, step <= 45 ? 0.5 : -6);
        }

        Assert.Contains("the weights of step 40 were kept", why);
        Assert.Equal(40, weight.item<float>());
    }

    [Fact]
    public void ATrainingThatBreaksAtOnceEndsWhereItBegan()
    {
        using Parameter weight = new(tensor(new[] { 7f }));
        using ChosenGuard guard = new(new Dictionary<string, Parameter> { ["w"] = weight }, mostDrop: 2);
        using (no_grad())
            weight.add_(1);
        Assert.NotNull(guard.Broke(1, -3));
        Assert.Equal(7, weight.item<float>());
    }

    [Fact]
    public void ZeroWatchesNothing()
    {
        using Parameter weight = new(tensor(new[] { 7f }));
        using ChosenGuard guard = new(new Dictionary<string, Parameter> { ["w"] = weight }, mostDrop: 0);
        Assert.Null(guard.Broke(1, -1000));
    }
}
