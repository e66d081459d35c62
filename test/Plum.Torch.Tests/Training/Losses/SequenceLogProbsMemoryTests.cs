using Plum.Torch.Training.Losses;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Training.Losses;

/// <summary>What reads the whole process's memory, or sets how many threads MKL has in all of it, so that nothing may run beside it.</summary>
[CollectionDefinition(nameof(AloneInTheProcess), DisableParallelization = true)]
public sealed class AloneInTheProcess;

[Collection(nameof(AloneInTheProcess))]
public sealed class SequenceLogProbsMemoryTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Steps_leave_memory_flat(bool trained)
    {
        using DisposeScope outer = NewDisposeScope();
        Tensor head = randn([4000, 64]).requires_grad_(trained), inputs = randn([512, 64]).requires_grad_();
        Tensor targets = randint(0, 4000, [512], ScalarType.Int64);
        long before = 0;
        for (int step = 0; step < 50; step++)
        {
            if (step == 10) before = Environment.WorkingSet;
            using DisposeScope scope = NewDisposeScope();
            using Tensor hidden = inputs * 2;
            SequenceLogProbs.FromHidden(hidden, head, targets, chunk: 256).LogProbs.mean().backward();
        }

        long growth = (Environment.WorkingSet - before) >> 20;
        output.WriteLine($"{growth} MB");

        // A step's logits are 8 MB, its hidden states and the head's gradient 1.1 MB: 40 leaked steps would show.
        Assert.InRange(growth, long.MinValue, 30);
    }
}
