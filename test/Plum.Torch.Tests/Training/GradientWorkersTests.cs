using Plum.Torch.Checkpoints;
using Plum.Torch.Training;
using Plum.Torch.Transformers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Training;

public sealed class GradientWorkersTests
{
    [Fact]
    public void A_worker_s_failure_reaches_the_caller_and_the_same_threads_work_on()
    {
        string name = Oracles.Folders("models").FirstOrDefault() ?? Oracles.None;
        using CheckpointFolder folder = CheckpointFolder.Open(Oracles.Path($"models/{name}"));
        using FullModel model = new(Decoder.Load(folder));
        using GradientWorkers workers = new(model, 2);

        int[] Threads() => workers.Accumulate([0, 1, 2, 3], null, (_, weights, _) =>
        {
            weights.Head.sum().backward();
            return Environment.CurrentManagedThreadId;
        });

        int[] before = Threads();
        Assert.Equal("of one", Assert.Throws<InvalidOperationException>(() => workers.Accumulate<int, int>([0, 1], null, (_, _, part) =>
            part == 1 ? throw new InvalidOperationException("of one") : part)).Message);
        Assert.Equal(before, Threads());
        Assert.Equal([before[0], before[1], before[0], before[1]], before);
        Assert.NotEqual(before[0], before[1]);
        string head = model.Model.Config.TiedEmbeddings ? "token_embedding.weight" : "lm_head.weight";
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(4 * model.Masters[head].numel(), workers.Masters[head].grad!.sum().item<float>());
    }
}
