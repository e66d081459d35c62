using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses;

/// <summary>
/// Gives log-probabilities that were computed without autograd their gradients for hidden states and head; logits are recomputed a chunk at a time.
/// Arguments: hidden, head, targets, log-probabilities, log partitions, tokens a chunk.
/// </summary>
internal sealed class TrainedHead : autograd.SingleTensorFunction<TrainedHead>
{
    public override string Name => nameof(TrainedHead);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_for_backward([(Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[4]]);
        ctx.save_data("chunk", vars[5]);
        ctx.save_data("needs_hidden", ((Tensor)vars[0]).requires_grad);
        return ((Tensor)vars[3]).clone();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        (Tensor? hidden, Tensor head) = HeadChunks.Backward(
            saved[0], saved[1], saved[2], saved[3], grad_output, (int)ctx.get_data("chunk"), (bool)ctx.get_data("needs_hidden"));
        return [hidden!, head, null!, null!, null!, null!];
    }
}
