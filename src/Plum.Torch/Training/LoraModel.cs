using Plum.Rounds;
using Plum.Torch.Checkpoints;
using Plum.Torch.Transformers;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>
/// Low-rank updates beside a frozen base (LoRA, Hu et al., arXiv 2106.09685; with <c>rank_stabilized</c> rsLoRA,
/// Kalajdzievski, arXiv 2312.03732). The base without them is the reference.
/// </summary>
/// <remarks>
/// PEFT's initialization: A uniform in +-1/sqrt(in), B zero. Projections that share an input (q, k, v; gate, up) share one
/// product and one dropout mask, where PEFT draws a mask for each.
/// </remarks>
public sealed class LoraModel : TrainedModel
{
    private static readonly ParameterRole[][] Slots =
    [
        [ParameterRole.Query, ParameterRole.Key, ParameterRole.Value], [ParameterRole.Output], [ParameterRole.Gate, ParameterRole.Up], [ParameterRole.Down],
    ];

    private readonly LoraOptions options;
    private readonly IReadOnlyDictionary<string, Shape> shapes;
    private readonly Dictionary<string, Tensor> masters = [];

    /// <summary>Draws fresh updates, which change nothing yet.</summary>
    /// <param name="base">The frozen model; owned from here on.</param>
    /// <param name="options">Rank, scale and which projections.</param>
    /// <param name="key">Keys the draws; each tensor has its own stream.</param>
    /// <exception cref="InputException">The model has none of the projections named.</exception>
    public LoraModel(FrozenDecoder @base, LoraOptions options, DrawKey key)
    {
        Base = @base;
        this.options = options;
        shapes = TensorLayout.For(@base.Model.Config).Shapes;
        HashSet<string> targets = [.. options.Roles];
        Adapted = [.. shapes.Keys.Where(name => ParameterName.Parse(name) is { IsLinearWeight: true, InLayer: true } parsed && targets.Contains(parsed.RoleName))];
        if (Adapted.Count == 0)
            throw new InputException($"training.lora.targets '{options.Targets}': the model has none of these projections");
        foreach (string name in Adapted)
        {
            long inputs = shapes[name][1];
            RandomStream draws = (key with { Purpose = key.Purpose + "/lora", Subject = name }).Open();
            float[] values = new float[options.Rank * inputs];
            for (int i = 0; i < values.Length; i++)
                values[i] = (float)(((2 * draws.NextDouble()) - 1) / Math.Sqrt(inputs));
            masters[name + ".lora_A"] = TensorMemory.Own(values, [options.Rank, inputs], Model.Device).DetachFromDisposeScope();
            masters[name + ".lora_B"] = zeros(shapes[name][0], options.Rank, device: Model.Device).DetachFromDisposeScope();
        }
    }

    /// <summary>The model beside which the updates are trained.</summary>
    public FrozenDecoder Base { get; }

    /// <summary>The canonical weights that are updated.</summary>
    public IReadOnlyList<string> Adapted { get; }

    /// <inheritdoc/>
    public override Decoder Model => Base.Model;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> Masters => masters;

    /// <inheritdoc/>
    public override DecoderWeights Arrange(IReadOnlyDictionary<string, Tensor> leaves, ScalarType dtype, DrawKey? drops = null) =>
        Base.Weights with { Layers = [.. Base.Weights.Layers.Select((layer, at) => layer with { Updates = Updates(at, leaves, dtype, drops) })] };

    /// <summary>Writes the base with the updates added in, in the base's stored type, and the updates alone in the subfolder <c>adapter</c> as PEFT writes them.</summary>
    /// <inheritdoc/>
    public override void Save(string path, string source)
    {
        string adapter = Path.TrimEndingDirectorySeparator(path) + ".adapter";
        AdapterWriter.Save(
            adapter, Model.Config, new LoraSettings(options.Rank, options.Alpha, options.RankStabilized, source, options.Dropout),
            Adapted.Select(name => (name, masters[name + ".lora_A"], masters[name + ".lora_B"])));
        AdapterFolder.Merge(source, adapter, path);
        Directory.Move(adapter, Path.Combine(path, "adapter"));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (Tensor tensor in masters.Values) tensor.Dispose();
        Base.Dispose();
    }

    private LayerUpdates Updates(int layer, IReadOnlyDictionary<string, Tensor> leaves, ScalarType dtype, DrawKey? drops)
    {
        LowRank?[] updates = [.. Slots.Select(roles => Update([.. roles.Select(role => new ParameterName(role, layer).ToString()).Where(shapes.ContainsKey)], leaves, dtype, drops))];
        return new(updates[0], updates[1], updates[2], updates[3]);
    }

    /// <summary>One update of projections that share an input: the A's stacked, each B on its own rows and columns.</summary>
    private LowRank? Update(string[] names, IReadOnlyDictionary<string, Tensor> leaves, ScalarType dtype, DrawKey? drops)
    {
        string[] adapted = [.. names.Where(name => leaves.ContainsKey(name + ".lora_A"))];
        if (adapted.Length == 0) return null;
        using DisposeScope scope = NewDisposeScope();
        double scale = options.Alpha / (options.RankStabilized ? Math.Sqrt(options.Rank) : options.Rank);
        Tensor a = cat([.. adapted.Select(name => leaves[name + ".lora_A"])], 0).to(dtype);
        Tensor b = cat([.. names.Select(name =>
        {
            int at = Array.IndexOf(adapted, name);
            long rows = shapes[name][0], rank = options.Rank;
            if (at < 0) return zeros(rows, rank * adapted.Length, device: Model.Device);
            Tensor own = leaves[name + ".lora_B"] * Constants.Of(scale);
            return adapted.Length == 1 ? own : cat([zeros(rows, rank * at, device: Model.Device), own, zeros(rows, rank * (adapted.Length - at - 1), device: Model.Device)], 1);
        })], 0).to(dtype);
        bool dropping = drops is not null && options.Dropout > 0;
        return new LowRank(
            a.MoveToOuterDisposeScope(), b.MoveToOuterDisposeScope(), dropping ? options.Dropout : 0,
            dropping ? (drops!.Value with { Subject = names[0] }).StreamSeed() : 0);
    }
}
