using static TorchSharp.torch;

namespace Plum.Torch.Transformers;

/// <summary>
/// A layer's weights as a forward pass wants them: the projections that share an input joined into one matrix, in the
/// type of the computation. Linear weights are [out, in]. Null where the family has no such tensor.
/// </summary>
/// <param name="AttentionNorm">Weight [hidden] of the norm before attention.</param>
/// <param name="AttentionNormBias">Its bias [hidden]; null for RMS norms.</param>
/// <param name="Qkv">Queries, keys and values joined: [(heads + 2 kv_heads) * head_dim, hidden].</param>
/// <param name="QkvBias">Their biases, joined.</param>
/// <param name="Output">[hidden, heads * head_dim].</param>
/// <param name="OutputBias">[hidden].</param>
/// <param name="MlpNorm">Weight [hidden] of the norm before the MLP.</param>
/// <param name="MlpNormBias">Its bias; null for RMS norms.</param>
/// <param name="Up">Gate and up joined, [2 * intermediate, hidden], for gated MLPs; else up alone.</param>
/// <param name="UpBias">Its bias.</param>
/// <param name="Down">[hidden, intermediate].</param>
/// <param name="DownBias">[hidden].</param>
/// <param name="Updates">Low-rank updates beside the projections; null where there are none.</param>
public sealed record LayerWeights(
    Tensor AttentionNorm, Tensor? AttentionNormBias,
    Tensor Qkv, Tensor? QkvBias,
    Tensor Output, Tensor? OutputBias,
    Tensor MlpNorm, Tensor? MlpNormBias,
    Tensor Up, Tensor? UpBias,
    Tensor Down, Tensor? DownBias,
    LayerUpdates? Updates = null);
