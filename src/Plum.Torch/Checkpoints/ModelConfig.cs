using System.Text.Json.Serialization;

namespace Plum.Torch.Checkpoints;

/// <summary>The model families that Plum reads, by their <c>model_type</c>.</summary>
public enum ModelFamily
{
    /// <summary><c>llama</c>: Llama 2 and 3, CodeLlama, DeepSeek-Coder, Yi-Coder...</summary>
    Llama,

    /// <summary><c>qwen2</c>: Qwen2, Qwen2.5 and their Coder models.</summary>
    Qwen2,

    /// <summary><c>mistral</c>: Mistral, Codestral.</summary>
    Mistral,

    /// <summary><c>starcoder2</c>.</summary>
    Starcoder2,

    /// <summary><c>gpt2</c>.</summary>
    Gpt2,

    /// <summary><c>gpt_bigcode</c>: SantaCoder, StarCoder.</summary>
    GptBigCode,
}

/// <summary>How activations are normalized.</summary>
public enum NormKind
{
    /// <summary>Divided by their root mean square; a weight, no bias.</summary>
    Rms,

    /// <summary>Mean removed, divided by the standard deviation; a weight and a bias.</summary>
    Layer,
}

/// <summary>How a token's position enters.</summary>
public enum PositionKind
{
    /// <summary>Queries and keys are rotated, halves against each other (GPT-NeoX's layout, as transformers does it).</summary>
    Rope,

    /// <summary>A learned vector per position is added to the embedding.</summary>
    Learned,
}

/// <summary>The non-linearity of the MLP.</summary>
public enum Activation
{
    /// <summary>x * sigmoid(x).</summary>
    Silu,

    /// <summary>GELU by the tanh approximation: <c>gelu_new</c>, <c>gelu_pytorch_tanh</c>, <c>gelu_fast</c>.</summary>
    GeluTanh,

    /// <summary>GELU by the error function.</summary>
    Gelu,

    /// <summary>max(x, 0).</summary>
    Relu,
}

/// <summary>The number type weights are stored in.</summary>
public enum StorageType
{
    /// <summary>IEEE single precision.</summary>
    [JsonStringEnumMemberName("float32")] Float32,

    /// <summary>IEEE half precision.</summary>
    [JsonStringEnumMemberName("float16")] Float16,

    /// <summary>The upper half of a single: 8 bits of exponent, 7 of fraction.</summary>
    [JsonStringEnumMemberName("bfloat16")] BFloat16,
}

/// <summary>
/// What a decoder is made of, read from config.json (and generation_config.json): one record, in which a family is data.
/// A number absent from the file takes the default of transformers' configuration class of that family.
/// </summary>
/// <param name="Family">Whose names and defaults apply.</param>
/// <param name="VocabularySize">Rows of the embedding; may exceed the tokenizer's ids.</param>
/// <param name="HiddenSize">Width of the residual stream.</param>
/// <param name="Layers">Number of blocks.</param>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key and value heads; <paramref name="Heads"/> is a multiple of it.</param>
/// <param name="HeadSize">Width of a head; hidden / heads unless <c>head_dim</c> says otherwise.</param>
/// <param name="IntermediateSize">Width inside the MLP.</param>
/// <param name="MaxPositions">Positions the model was made for; with learned positions a hard limit.</param>
/// <param name="Norm">RMS or layer norm.</param>
/// <param name="NormEpsilon">Added to the mean square or the variance.</param>
/// <param name="Position">Rotary or learned.</param>
/// <param name="RopeTheta">Base of the rotary frequencies; 10000 unless told; unused with learned positions.</param>
/// <param name="RopeScaling">How rotary frequencies are stretched; null for not at all.</param>
/// <param name="SlidingWindows">For each layer the W keys a query sees, itself included; null for all. Query i sees keys j with i - W &lt; j &lt;= i.</param>
/// <param name="Activation">The MLP's non-linearity.</param>
/// <param name="GatedMlp">down(act(gate(x)) * up(x)) where true, down(act(up(x))) where false.</param>
/// <param name="QueryKeyValueBias">Whether the query, key and value projections have a bias.</param>
/// <param name="OutputBias">Whether attention's output projection has one.</param>
/// <param name="MlpBias">Whether the MLP's projections have one.</param>
/// <param name="TiedEmbeddings">Whether the output projection is the embedding; then there is no <c>lm_head.weight</c>.</param>
/// <param name="MultiQueryFused">gpt_bigcode only: the fused projection is [q, k, v] with one key head (<c>multi_query</c>) rather than per head.</param>
/// <param name="StorageType">The type named by <c>torch_dtype</c> (or <c>dtype</c>); float32 where none is.</param>
/// <param name="EndIds">Token ids that end a text: generation_config.json's, else config.json's; may be empty.</param>
/// <param name="BeginId">The token a text begins with; null where there is none.</param>
/// <param name="PadId">The padding token; null where there is none.</param>
/// <param name="ScaledAttention">Whether scores are divided by the root of the head size; GPT-2's line may say no (<c>scale_attn_weights</c>).</param>
/// <param name="ScaledByLayer">Whether scores are divided by the layer's number, from 1, too (<c>scale_attn_by_inverse_layer_idx</c>).</param>
public sealed record ModelConfig(
    ModelFamily Family,
    int VocabularySize,
    int HiddenSize,
    int Layers,
    int Heads,
    int KeyValueHeads,
    int HeadSize,
    int IntermediateSize,
    int MaxPositions,
    NormKind Norm,
    double NormEpsilon,
    PositionKind Position,
    double RopeTheta,
    RopeScaling? RopeScaling,
    IReadOnlyList<int?> SlidingWindows,
    Activation Activation,
    bool GatedMlp,
    bool QueryKeyValueBias,
    bool OutputBias,
    bool MlpBias,
    bool TiedEmbeddings,
    bool MultiQueryFused,
    StorageType StorageType,
    IReadOnlyList<int> EndIds,
    int? BeginId,
    int? PadId,
    bool ScaledAttention = true,
    bool ScaledByLayer = false)
{
    /// <summary>The family's <c>model_type</c>.</summary>
    public string ModelType => ModelConfigReader.ModelTypes[Family];

    /// <summary>The most tokens of a text: the positions the model was made for, and with dynamic NTK as many times more as its factor, as vLLM takes it.</summary>
    public int LongestText => RopeScaling is RopeScaling.Dynamic dynamic ? (int)(dynamic.OriginalPositions * dynamic.Factor) : MaxPositions;

    /// <summary>What a layer's queries are multiplied by before attention, which divides scores by the root of the head size; 1 in most models.</summary>
    /// <param name="layer">Which, from 0.</param>
    public double QueryScale(int layer) => (ScaledAttention ? 1 : Math.Sqrt(HeadSize)) / (ScaledByLayer ? layer + 1 : 1);

    /// <summary>The number of weights, a tied embedding counted once.</summary>
    public long Parameters => TensorLayout.For(this).Shapes.Values.Sum(shape => shape.Elements);

    /// <summary>Reads config.json and, where present, generation_config.json of a checkpoint folder.</summary>
    /// <param name="folder">A checkpoint folder.</param>
    /// <exception cref="InputException">A file is absent or malformed, the model_type unknown, or a feature unsupported; the message names it.</exception>
    public static ModelConfig Read(string folder) => ModelConfigReader.Read(folder);
}
