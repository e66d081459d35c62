using static TorchSharp.torch;

namespace Plum.Torch.Transformers;

/// <summary>
/// How a layer's queries meet keys: a whole batch under a mask in training, the cache of earlier tokens in decoding.
/// </summary>
/// <param name="layer">The layer's index.</param>
/// <param name="queries">[rows, heads, length, head_dim], rotated.</param>
/// <param name="keys">[rows, kv_heads, length, head_dim], rotated.</param>
/// <param name="values">[rows, kv_heads, length, head_dim].</param>
/// <returns>[rows, heads, length, head_dim].</returns>
public delegate Tensor Attention(int layer, Tensor queries, Tensor keys, Tensor values);
