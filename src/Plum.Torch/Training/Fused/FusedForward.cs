using Plum.Torch.Checkpoints;
using Plum.Torch.Kernels;
using Plum.Torch.Transformers;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Training.Fused;

/// <summary>
/// The layers of the Llama line with frozen weights, forward and back, written out: libtorch multiplies, and what lies between the products goes
/// through memory once, in kernels that compute in float32. Nothing is recorded by autograd, no gradient of a frozen weight is
/// computed, and what can be had again without a product (norms, gates) is not kept.
/// </summary>
/// <remarks>
/// What is kept of a layer: its input, queries, keys, values, attention's weights and result, the residual stream between attention and MLP,
/// gate and up, and the low-rank inner rows. With checkpointing the input alone, and the layer is run again.
/// </remarks>
internal sealed class FusedForward : ILayerPass
{
    private readonly ModelConfig config;
    private readonly DecoderWeights weights;
    private readonly PassMemory memory;
    private readonly PassMemories memories;
    private readonly FusedAttention attention;
    private readonly PassOptions options;
    private readonly HeadShape shape;
    private readonly ScalarType type;
    private readonly long tokens;
    private readonly bool back;
    private readonly Tensor cos, sin;

    /// <summary>Runs the layers.</summary>
    /// <param name="model">Shape, rotary tables, and memory.</param>
    /// <param name="weights">The weights, arranged; <see cref="Fits"/>.</param>
    /// <param name="batch">The packed groups.</param>
    /// <param name="options">How to spare memory.</param>
    public FusedForward(Decoder model, DecoderWeights weights, PackedBatch batch, PassOptions options)
    {
        (config, this.weights, this.options, memories, memory) = (model.Config, weights, options, model.Memories, model.Memories.Rent());
        (tokens, type, back) = (batch.Tokens.numel(), weights.TokenEmbedding.dtype, is_grad_enabled());
        shape = new HeadShape(config.KeyValueHeads, config.Heads / config.KeyValueHeads, config.HeadSize);
        attention = new FusedAttention(shape, type, batch, memory);
        using IDisposable frozen = no_grad();
        options.Clock?.Begin();
        (cos, sin) = DecoderForward.Turn(model.Rotary, batch.Positions, ScalarType.Float32)!.Value;
        Input(0).copy_(DecoderForward.Embed(weights, batch.Tokens, batch.Positions).view(tokens, config.HiddenSize));
        options.Clock?.Lap("embedding");
        for (int layer = 0; layer < config.Layers; layer++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor up = UpTo(layer), act = Take("act", config.IntermediateSize), next = Input(layer + 1);
            FusedGate.Forward(up, act);
            options.Clock?.Lap("gate");
            next.copy_(Kept("middle", layer, config.HiddenSize));
            Project(layer, act, weights.Layers[layer].Down, weights.Layers[layer].Updates?.Down, "down", next, add: true);
        }

        Hidden = Input(config.Layers).view(batch.Tokens.shape[0], batch.Tokens.shape[1], config.HiddenSize).detach().requires_grad_(back);
    }

    /// <inheritdoc/>
    public Tensor Hidden { get; }

    /// <summary>Whether a model's layers are of the kind that is written out here, and nothing but low-rank updates is trained.</summary>
    /// <param name="model">The model.</param>
    /// <param name="weights">Its weights, arranged.</param>
    public static bool Fits(Decoder model, DecoderWeights weights) => Knows(model.Config) && Stored.Knows(weights.TokenEmbedding)
        && weights.Tensors().All(tensor => !tensor.requires_grad && tensor.is_contiguous())
        && weights.Layers.All(layer => layer.Updates is not ({ Qkv.Dropout: > 0 } or { Output.Dropout: > 0 } or { Up.Dropout: > 0 } or { Down.Dropout: > 0 }));

    /// <summary>Whether layers of this shape are written out here, as far as the shape tells.</summary>
    /// <param name="config">The model's shape.</param>
    public static bool Knows(ModelConfig config) => Processor.HasKernels
        && config is { Norm: NormKind.Rms, GatedMlp: true, Activation: Activation.Silu, Position: PositionKind.Rope, OutputBias: false, MlpBias: false }
        && config.HeadSize % 2 == 0 && config.SlidingWindows.All(window => window is null);

    /// <inheritdoc/>
    public void Backward()
    {
        using IDisposable frozen = no_grad();
        using DisposeScope all = NewDisposeScope();
        List<(Tensor Updated, Tensor Gradient)> found = [];
        Tensor gradient = Take("gradient", config.HiddenSize);
        gradient.copy_((Hidden.grad ?? throw new InvalidOperationException("The loss does not depend on the hidden states.")).view(tokens, config.HiddenSize));
        options.Clock?.Lap("loss");
        for (int layer = config.Layers - 1; layer >= 0; layer--)
        {
            using DisposeScope scope = NewDisposeScope();
            // The last layer's is still there.
            if (options.Checkpoint && layer < config.Layers - 1)
                UpTo(layer);
            found.AddRange(Back(layer, gradient).Select(one => (one.Updated, one.Gradient.MoveToOuterDisposeScope())));
        }

        Release();
        if (found.Count > 0)
            autograd.backward([.. found.Select(one => one.Updated)], [.. found.Select(one => one.Gradient)]);
        options.Clock?.Lap("updates' leaves");
    }

    /// <summary>Gives back the memory: at the end of the way back, or where there is none.</summary>
    public void Release() => memories.Return(memory);

    /// <summary>A layer up to its gate and up.</summary>
    private Tensor UpTo(int layer)
    {
        LayerWeights w = weights.Layers[layer];
        Tensor x = Input(layer), normed = Take("normed", config.HiddenSize), joined = Take("joined", shape.Joined);
        FusedNorm.Forward(x, w.AttentionNorm, config.NormEpsilon, normed);
        options.Clock?.Lap("norms");
        Project(layer, normed, w.Qkv, w.Updates?.Qkv, "qkv", joined, add: false);
        (Tensor queries, Tensor keys, Tensor values) = Heads(layer);
        FusedHeads.Split(shape, joined, w.QkvBias, cos, sin, queries, keys, values);
        options.Clock?.Lap("heads");
        Tensor attended = Kept("merged", layer, shape.Queries);
        attention.Forward(Slot(layer), Scale(layer), queries, keys, values, attended);
        options.Clock?.Lap("attention");
        Tensor middle = Kept("middle", layer, config.HiddenSize), up = Kept("up", layer, 2 * config.IntermediateSize);
        middle.copy_(x);
        Project(layer, attended, w.Output, w.Updates?.Output, "output", middle, add: true);
        FusedNorm.Forward(middle, w.MlpNorm, config.NormEpsilon, normed);
        options.Clock?.Lap("norms");
        Project(layer, normed, w.Up, w.Updates?.Up, "up", up, add: false);
        return up;
    }

    /// <summary>Carries the gradient of a layer's output to its input, in place, and gives the updates' own.</summary>
    private List<(Tensor Updated, Tensor Gradient)> Back(int layer, Tensor gradient)
    {
        LayerWeights w = weights.Layers[layer];
        List<(Tensor, Tensor)> found = [];
        Tensor up = Kept("up", layer, 2 * config.IntermediateSize), act = Take("act", config.IntermediateSize), normed = Take("normed", config.HiddenSize), slope = Take("slope", config.HiddenSize);

        Tensor? inner = Carry(gradient, w.Down, w.Updates?.Down, act);
        FusedGate.Backward(up, act);
        options.Clock?.Lap("gate");
        if (options.Checkpoint && w.Updates?.Down is { } down)
            Kept("down inner", layer, down.A.shape[0]).addmm_(act, down.A.t(), 0, 1);
        Learn("down", act, gradient, inner, w.Updates?.Down);

        Tensor middle = Kept("middle", layer, config.HiddenSize);
        inner = Carry(up, w.Up, w.Updates?.Up, slope);
        FusedNorm.Forward(middle, w.MlpNorm, config.NormEpsilon, normed);
        FusedNorm.Backward(middle, w.MlpNorm, config.NormEpsilon, slope, gradient);
        options.Clock?.Lap("norms");
        Learn("up", normed, up, inner, w.Updates?.Up);

        Tensor attended = Kept("merged", layer, shape.Queries), attendedSlope = Take("attended slope", shape.Queries);
        inner = Carry(gradient, w.Output, w.Updates?.Output, attendedSlope);
        Learn("output", attended, gradient, inner, w.Updates?.Output);

        (Tensor queries, Tensor keys, Tensor values) = Heads(layer);
        Tensor keySlopes = memory.Take("key slopes", 0, keys.shape[0], shape.Size, ScalarType.Float32), valueSlopes = memory.Take("value slopes", 0, keys.shape[0], shape.Size, ScalarType.Float32);
        attention.Backward(Slot(layer), Scale(layer), queries, keys, values, attendedSlope, keySlopes, valueSlopes);
        options.Clock?.Lap("attention");
        Tensor joined = Take("joined", shape.Joined);
        FusedHeads.Join(shape, queries, keySlopes, valueSlopes, cos, sin, joined);
        options.Clock?.Lap("heads");

        Tensor x = Input(layer);
        inner = Carry(joined, w.Qkv, w.Updates?.Qkv, layer > 0 ? slope : null);
        FusedNorm.Forward(x, w.AttentionNorm, config.NormEpsilon, normed);
        if (layer > 0)
            FusedNorm.Backward(x, w.AttentionNorm, config.NormEpsilon, slope, gradient);
        options.Clock?.Lap("norms");
        Learn("qkv", normed, joined, inner, w.Updates?.Qkv);
        return found;

        void Learn(string name, Tensor input, Tensor output, Tensor? innerSlope, LowRank? update)
        {
            if (update is null) return;
            found.Add((update.A, mm(innerSlope!.t(), input)));
            found.Add((update.B, mm(Kept(name + " inner", layer, update.A.shape[0]).t(), output).t()));
            options.Clock?.Lap("updates");
        }
    }

    /// <summary>y = W x + B A x, or that added to what is there.</summary>
    private void Project(int layer, Tensor x, Tensor weight, LowRank? update, string name, Tensor to, bool add)
    {
        to.addmm_(x, weight.t(), add ? 1 : 0, 1);
        options.Clock?.Lap("products of " + name);
        if (update is null) return;
        Tensor inner = Kept(name + " inner", layer, update.A.shape[0]);
        inner.addmm_(x, update.A.t(), 0, 1);
        to.addmm_(inner, update.B.t(), 1, 1);
        options.Clock?.Lap("updates");
    }

    /// <summary>The gradient of a projection's input, where one is asked for, and of what lies between A and B.</summary>
    private Tensor? Carry(Tensor slope, Tensor weight, LowRank? update, Tensor? to)
    {
        to?.addmm_(slope, weight, 0, 1);
        options.Clock?.Lap("products back");
        if (update is null) return null;
        Tensor inner = Take("inner slope", update.A.shape[0]);
        inner.addmm_(slope, update.B, 0, 1);
        to?.addmm_(inner, update.A, 1, 1);
        options.Clock?.Lap("updates");
        return inner;
    }

    private double Scale(int layer) => config.QueryScale(layer) / Math.Sqrt(config.HeadSize);

    /// <summary>Where a layer keeps what it keeps: all in one place where it is run again, or never asked for.</summary>
    private int Slot(int layer) => options.Checkpoint || !back ? 0 : layer;

    private Tensor Input(int layer) => memory.Take("input", back ? layer : layer % 2, tokens, config.HiddenSize, type);

    private Tensor Kept(string name, int layer, long width) => memory.Take(name, Slot(layer), tokens, width, type);

    private Tensor Take(string name, long width) => memory.Take(name, 0, tokens, width, type);

    private (Tensor Queries, Tensor Keys, Tensor Values) Heads(int layer) => (
        memory.Take("queries", Slot(layer), tokens * shape.Group * shape.Keys, shape.Size, type),
        memory.Take("keys kept", Slot(layer), tokens * shape.Keys, shape.Size, type),
        memory.Take("values kept", Slot(layer), tokens * shape.Keys, shape.Size, type));
}
