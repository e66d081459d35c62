using System.Globalization;

namespace Plum.Torch.Checkpoints;

/// <summary>What a family calls its tensors: one row a role, <c>{0}</c> being the layer.</summary>
internal sealed class FamilyNames
{
    private static readonly FamilyNames Llama = new("model.layers.{0}.", fused: false, conv1d: false, new()
    {
        [ParameterRole.TokenEmbedding] = "model.embed_tokens",
        [ParameterRole.AttentionNorm] = "input_layernorm",
        [ParameterRole.Query] = "self_attn.q_proj",
        [ParameterRole.Key] = "self_attn.k_proj",
        [ParameterRole.Value] = "self_attn.v_proj",
        [ParameterRole.Output] = "self_attn.o_proj",
        [ParameterRole.MlpNorm] = "post_attention_layernorm",
        [ParameterRole.Gate] = "mlp.gate_proj",
        [ParameterRole.Up] = "mlp.up_proj",
        [ParameterRole.Down] = "mlp.down_proj",
        [ParameterRole.FinalNorm] = "model.norm",
        [ParameterRole.LmHead] = "lm_head",
    });

    private static readonly FamilyNames Starcoder2 = new("model.layers.{0}.", fused: false, conv1d: false, new(Llama.names)
    {
        [ParameterRole.Up] = "mlp.c_fc",
        [ParameterRole.Down] = "mlp.c_proj",
    });

    private static readonly FamilyNames Gpt2 = new("transformer.h.{0}.", fused: true, conv1d: true, new()
    {
        [ParameterRole.TokenEmbedding] = "transformer.wte",
        [ParameterRole.PositionEmbedding] = "transformer.wpe",
        [ParameterRole.AttentionNorm] = "ln_1",
        [ParameterRole.Query] = "attn.c_attn",
        [ParameterRole.Key] = "attn.c_attn",
        [ParameterRole.Value] = "attn.c_attn",
        [ParameterRole.Output] = "attn.c_proj",
        [ParameterRole.MlpNorm] = "ln_2",
        [ParameterRole.Up] = "mlp.c_fc",
        [ParameterRole.Down] = "mlp.c_proj",
        [ParameterRole.FinalNorm] = "transformer.ln_f",
        [ParameterRole.LmHead] = "lm_head",
    });

    private static readonly FamilyNames GptBigCode = new("transformer.h.{0}.", fused: true, conv1d: false, Gpt2.names);

    private readonly string layerPrefix;
    private readonly bool fused;
    private readonly bool conv1d;
    private readonly Dictionary<ParameterRole, string> names;

    private FamilyNames(string layerPrefix, bool fused, bool conv1d, Dictionary<ParameterRole, string> names)
    {
        this.layerPrefix = layerPrefix;
        this.fused = fused;
        this.conv1d = conv1d;
        this.names = names;
    }

    public static FamilyNames Of(ModelFamily family) => family switch
    {
        ModelFamily.Starcoder2 => Starcoder2,
        ModelFamily.Gpt2 => Gpt2,
        ModelFamily.GptBigCode => GptBigCode,
        _ => Llama,
    };

    public StoredParameter Place(ModelConfig config, ParameterName name, Shape shape)
    {
        bool transposed = conv1d && name.IsLinearWeight && name.Role != ParameterRole.LmHead;
        bool inFused = fused && name.Role is ParameterRole.Query or ParameterRole.Key or ParameterRole.Value;
        return new StoredParameter(name, shape, StoredName(name), transposed, inFused ? FusedRows(config, name.Role) : null);
    }

    private string StoredName(ParameterName name) =>
        (name.InLayer ? string.Format(CultureInfo.InvariantCulture, layerPrefix, name.Layer) : "") + names[name.Role] + (name.IsBias ? ".bias" : ".weight");

    /// <summary>[q; k; v] in three runs, or, in gpt_bigcode with many key heads, [q; k; v] head by head.</summary>
    private static IReadOnlyList<RowRange> FusedRows(ModelConfig config, ParameterRole role)
    {
        long size = config.HeadSize, queries = config.Heads * size, keys = config.KeyValueHeads * size;
        int part = role - ParameterRole.Query;
        if (config.Family == ModelFamily.GptBigCode && !config.MultiQueryFused)
            return [.. Enumerable.Range(0, config.Heads).Select(head => new RowRange(((3 * head) + part) * size, size))];
        return [part == 0 ? new RowRange(0, queries) : new RowRange(queries + ((part - 1) * keys), keys)];
    }
}
