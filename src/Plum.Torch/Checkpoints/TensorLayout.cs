namespace Plum.Torch.Checkpoints;

/// <summary>A run of rows of a fused projection, seen as [out, in].</summary>
/// <param name="Start">The first row.</param>
/// <param name="Length">How many.</param>
public readonly record struct RowRange(long Start, long Length);

/// <summary>Where a canonical parameter lies in a family's files.</summary>
/// <param name="Name">The canonical name.</param>
/// <param name="Shape">The canonical shape; projections are [out, in].</param>
/// <param name="StoredName">The family's name of the tensor that holds it.</param>
/// <param name="Transposed">Whether that tensor is stored as [in, out] (GPT-2's Conv1D).</param>
/// <param name="Rows">Which rows of the stored tensor, seen as [out, in], are this parameter; null for all of them.</param>
public sealed record StoredParameter(ParameterName Name, Shape Shape, string StoredName, bool Transposed, IReadOnlyList<RowRange>? Rows);

/// <summary>
/// The parameters of a model, in the order of the forward pass, and where its family keeps them. Pure data:
/// the decoder asks by canonical name and never learns a family's names, its fused projections or its transposes.
/// </summary>
public sealed class TensorLayout
{
    private readonly Dictionary<string, StoredParameter> byName;

    private TensorLayout(IReadOnlyList<StoredParameter> parameters)
    {
        Parameters = parameters;
        byName = parameters.ToDictionary(parameter => parameter.Name.ToString());
        Shapes = parameters.ToDictionary(parameter => parameter.Name.ToString(), parameter => parameter.Shape);
        StoredShapes = StoredShapesOf(parameters);
    }

    /// <summary>Every parameter, in the order of the forward pass.</summary>
    public IReadOnlyList<StoredParameter> Parameters { get; }

    /// <summary>Canonical name to canonical shape.</summary>
    public IReadOnlyDictionary<string, Shape> Shapes { get; }

    /// <summary>The family's tensor names to the shapes that its files hold.</summary>
    public IReadOnlyDictionary<string, Shape> StoredShapes { get; }

    /// <summary>The place of one parameter.</summary>
    /// <param name="canonicalName">For instance <c>layers.3.q.weight</c>.</param>
    /// <exception cref="KeyNotFoundException">The model has no such parameter.</exception>
    public StoredParameter this[string canonicalName] => byName.TryGetValue(canonicalName, out StoredParameter? found)
        ? found
        : throw new KeyNotFoundException($"The model has no parameter '{canonicalName}'.");

    /// <summary>The layout of a model.</summary>
    /// <param name="config">Its shape and family.</param>
    public static TensorLayout For(ModelConfig config)
    {
        List<StoredParameter> parameters = [];
        FamilyNames names = FamilyNames.Of(config.Family);
        foreach (ParameterName name in NamesOf(config))
            parameters.Add(names.Place(config, name, ShapeOf(config, name)));
        return new TensorLayout(parameters);
    }

    private static IEnumerable<ParameterName> NamesOf(ModelConfig config)
    {
        bool layerNorm = config.Norm == NormKind.Layer;
        yield return new(ParameterRole.TokenEmbedding);
        if (config.Position == PositionKind.Learned) yield return new(ParameterRole.PositionEmbedding);
        for (int layer = 0; layer < config.Layers; layer++)
        {
            foreach ((ParameterRole role, bool bias) in RolesOf(config))
            {
                yield return new(role, layer);
                if (bias) yield return new(role, layer, IsBias: true);
            }
        }

        yield return new(ParameterRole.FinalNorm);
        if (layerNorm) yield return new(ParameterRole.FinalNorm, IsBias: true);
        if (!config.TiedEmbeddings) yield return new(ParameterRole.LmHead);
    }

    private static IEnumerable<(ParameterRole Role, bool Bias)> RolesOf(ModelConfig config)
    {
        bool layerNorm = config.Norm == NormKind.Layer;
        yield return (ParameterRole.AttentionNorm, layerNorm);
        yield return (ParameterRole.Query, config.QueryKeyValueBias);
        yield return (ParameterRole.Key, config.QueryKeyValueBias);
        yield return (ParameterRole.Value, config.QueryKeyValueBias);
        yield return (ParameterRole.Output, config.OutputBias);
        yield return (ParameterRole.MlpNorm, layerNorm);
        if (config.GatedMlp) yield return (ParameterRole.Gate, config.MlpBias);
        yield return (ParameterRole.Up, config.MlpBias);
        yield return (ParameterRole.Down, config.MlpBias);
    }

    private static Shape ShapeOf(ModelConfig config, ParameterName name)
    {
        long hidden = config.HiddenSize, heads = (long)config.Heads * config.HeadSize, keys = (long)config.KeyValueHeads * config.HeadSize;
        (long rows, long columns) = name.Role switch
        {
            ParameterRole.TokenEmbedding or ParameterRole.LmHead => (config.VocabularySize, hidden),
            ParameterRole.PositionEmbedding => (config.MaxPositions, hidden),
            ParameterRole.Query => (heads, hidden),
            ParameterRole.Key or ParameterRole.Value => (keys, hidden),
            ParameterRole.Output => (hidden, heads),
            ParameterRole.Gate or ParameterRole.Up => (config.IntermediateSize, hidden),
            ParameterRole.Down => (hidden, config.IntermediateSize),
            _ => (hidden, 0L),
        };
        return columns == 0 || name.IsBias ? new Shape(rows) : new Shape(rows, columns);
    }

    private static Dictionary<string, Shape> StoredShapesOf(IReadOnlyList<StoredParameter> parameters)
    {
        Dictionary<string, Shape> shapes = [];
        foreach (IGrouping<string, StoredParameter> stored in parameters.GroupBy(parameter => parameter.StoredName))
        {
            long[] shape = stored.First().Shape.ToArray();
            shape[0] = stored.Sum(parameter => parameter.Shape[0]);
            if (stored.First().Transposed) Array.Reverse(shape);
            shapes[stored.Key] = new Shape(shape);
        }

        return shapes;
    }
}
