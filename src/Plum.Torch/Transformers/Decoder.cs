using Plum.Torch.Checkpoints;
using static TorchSharp.torch;

namespace Plum.Torch.Transformers;

/// <summary>A decoder's shape and its named parameters; float32 masters where it is being trained.</summary>
public sealed class Decoder : IDisposable
{
    /// <summary>Takes ownership of parameters.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="parameters">Canonical name to tensor, in the checkpoint's order.</param>
    public Decoder(ModelConfig config, IReadOnlyDictionary<string, Tensor> parameters)
    {
        Config = config;
        Parameters = parameters;
        Rotary = config.Position == PositionKind.Rope ? RotaryTables.Create(config) : null;
    }

    /// <summary>The model's shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>The parameters by canonical name.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters { get; }

    /// <summary>The rotary tables; null where positions are learned.</summary>
    public RotaryTables? Rotary { get; }

    /// <summary>Reads a checkpoint folder into float32 masters.</summary>
    /// <param name="folder">The folder, already checked.</param>
    /// <param name="adapter">A low-rank adapter to add to its weights; none unless given.</param>
    public static Decoder Load(CheckpointFolder folder, AdapterFolder? adapter = null)
    {
        HashSet<string> changed = [.. adapter?.Parameters ?? []];
        return new(folder.Config, folder.Shapes.Keys.ToDictionary(name => name, Load));

        Tensor Load(string name)
        {
            Tensor weight = folder.LoadTensor(name, ScalarType.Float32).DetachFromDisposeScope();
            if (!changed.Contains(name))
                return weight;
            using Tensor delta = adapter!.LoadDelta(name);
            using IDisposable frozen = no_grad();
            return weight.add_(delta);
        }
    }

    /// <summary>Random weights: normal with standard deviation 0.02, residual outputs scaled by 1/sqrt(2 layers) (Radford et al. 2019).</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="key">Keys the draws; each tensor has its own stream.</param>
    public static Decoder Create(ModelConfig config, DrawKey key)
    {
        Dictionary<string, Tensor> parameters = [];
        foreach ((string name, Shape shape) in TensorLayout.For(config).Shapes)
        {
            float[] values = new float[shape.Elements];
            bool residual = name.EndsWith(".o.weight", StringComparison.Ordinal) || name.EndsWith(".down.weight", StringComparison.Ordinal);
            double deviation = residual ? 0.02 / Math.Sqrt(2 * config.Layers) : 0.02;
            RandomStream draws = (key with { Subject = name }).Open();
            if (name.EndsWith("norm.weight", StringComparison.Ordinal))
                Array.Fill(values, 1f);
            else if (!name.EndsWith(".bias", StringComparison.Ordinal))
                for (int i = 0; i < values.Length; i++)
                    values[i] = (float)(draws.NextNormal() * deviation);
            parameters[name] = tensor(values).view(shape.ToArray()).DetachFromDisposeScope();
        }

        return new Decoder(config, parameters);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor parameter in Parameters.Values)
            parameter.Dispose();
        Rotary?.Dispose();
    }
}
