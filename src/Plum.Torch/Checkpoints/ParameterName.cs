using System.Globalization;

namespace Plum.Torch.Checkpoints;

/// <summary>What a parameter does in the decoder, whatever its family calls it.</summary>
public enum ParameterRole
{
    /// <summary>[vocabulary, hidden].</summary>
    TokenEmbedding,

    /// <summary>[positions, hidden]; learned positions only.</summary>
    PositionEmbedding,

    /// <summary>The norm before attention, [hidden].</summary>
    AttentionNorm,

    /// <summary>[heads * head size, hidden].</summary>
    Query,

    /// <summary>[key-value heads * head size, hidden].</summary>
    Key,

    /// <summary>[key-value heads * head size, hidden].</summary>
    Value,

    /// <summary>Attention's output projection, [hidden, heads * head size].</summary>
    Output,

    /// <summary>The norm before the MLP, [hidden].</summary>
    MlpNorm,

    /// <summary>[intermediate, hidden]; gated MLPs only.</summary>
    Gate,

    /// <summary>[intermediate, hidden].</summary>
    Up,

    /// <summary>[hidden, intermediate].</summary>
    Down,

    /// <summary>The norm after the last layer, [hidden].</summary>
    FinalNorm,

    /// <summary>[vocabulary, hidden]; absent where embeddings are tied.</summary>
    LmHead,
}

/// <summary>A parameter's canonical name, the same for every family: <c>layers.3.q.weight</c>, <c>final_norm.bias</c>.</summary>
/// <param name="Role">What it does.</param>
/// <param name="Layer">Its block, from 0; -1 for parameters outside the blocks.</param>
/// <param name="IsBias">A bias rather than a weight.</param>
public readonly record struct ParameterName(ParameterRole Role, int Layer = -1, bool IsBias = false)
{
    private static readonly string[] RoleNames =
        ["token_embedding", "position_embedding", "attention_norm", "q", "k", "v", "o", "mlp_norm", "gate", "up", "down", "final_norm", "lm_head"];

    /// <summary>Whether the role occurs once a block.</summary>
    public bool InLayer => Role is >= ParameterRole.AttentionNorm and <= ParameterRole.Down;

    /// <summary>Whether this is a projection's weight, canonical as [out, in].</summary>
    public bool IsLinearWeight => !IsBias && Role is ParameterRole.Query or ParameterRole.Key or ParameterRole.Value or ParameterRole.Output
        or ParameterRole.Gate or ParameterRole.Up or ParameterRole.Down or ParameterRole.LmHead;

    /// <summary>Whether this is a norm's weight or bias, which is always computed with in float32.</summary>
    public bool IsNorm => Role is ParameterRole.AttentionNorm or ParameterRole.MlpNorm or ParameterRole.FinalNorm;

    /// <summary>The role's word within the name: <c>q</c>.</summary>
    public string RoleName => RoleNames[(int)Role];

    /// <summary>The name: <c>layers.3.q.weight</c>.</summary>
    public override string ToString() =>
        (InLayer ? string.Create(CultureInfo.InvariantCulture, $"layers.{Layer}.") : "") + RoleName + (IsBias ? ".bias" : ".weight");

    /// <summary>Reads a name as <see cref="ToString"/> writes it.</summary>
    /// <param name="name">For instance <c>layers.3.q.weight</c>.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public static ParameterName Parse(string name)
    {
        string[] parts = name.Split('.');
        int layer = -1;
        bool inLayer = parts is ["layers", _, _, _] && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out layer);
        if (!inLayer && parts.Length != 2) throw Malformed(name);
        int role = Array.IndexOf(RoleNames, parts[^2]);
        ParameterName parsed = new((ParameterRole)role, layer, parts[^1] == "bias");
        return role >= 0 && parsed.InLayer == inLayer && parts[^1] is "weight" or "bias" ? parsed : throw Malformed(name);
    }

    private static FormatException Malformed(string name) => new($"'{name}' is not the canonical name of a parameter.");
}
