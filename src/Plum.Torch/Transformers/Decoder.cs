using Plum.Torch.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Transformers;

/// <summary>A decoder's shape and its named parameters; float32 masters where it is being trained.</summary>
public sealed class Decoder : IDisposable
{
    /// <summary>Takes ownership of parameters.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="parameters">Canonical name to tensor, in the checkpoint's order.</param>
    /// <param name="device">Where they are; null for the processor.</param>
    public Decoder(ModelConfig config, IReadOnlyDictionary<string, Tensor> parameters, Device? device = null)
    {
        Config = config;
        Parameters = parameters;
        Device = device ?? CPU;
        Rotary = config.Position == PositionKind.Rope ? RotaryTables.Create(config, Device) : null;
    }

    /// <summary>Where the parameters and the tables are.</summary>
    public Device Device { get; }

    /// <summary>The model's shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>The parameters by canonical name.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters { get; }

    /// <summary>The rotary tables; null where positions are learned.</summary>
    public RotaryTables? Rotary { get; }

    /// <summary>The memory that passes over the model work in.</summary>
    internal PassMemories Memories { get; } = new();

    /// <summary>Reads a checkpoint folder into float32 masters.</summary>
    /// <param name="folder">The folder, already checked.</param>
    /// <param name="adapter">A low-rank adapter to add to its weights; none unless given.</param>
    /// <param name="device">Where the weights are put; null for the processor.</param>
    public static Decoder Load(CheckpointFolder folder, AdapterFolder? adapter = null, Device? device = null)
    {
        HashSet<string> changed = [.. adapter?.Parameters ?? []];
        return new(folder.Config, folder.Shapes.Keys.ToDictionary(name => name, Load), device);

        Tensor Load(string name)
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable frozen = no_grad();
            Tensor weight = folder.LoadTensor(name, ScalarType.Float32);
            if (changed.Contains(name))
                weight.add_(adapter!.LoadDelta(name));
            return weight.to(device ?? CPU).DetachFromDisposeScope();
        }
    }

    /// <summary>Random weights: normal with standard deviation 0.02, residual outputs scaled by 1/sqrt(2 layers) (Radford et al. 2019).</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="key">Keys the draws; each tensor has its own stream.</param>
    /// <param name="device">Where the weights are put; null for the processor. The draws are the same.</param>
    public static Decoder Create(ModelConfig config, DrawKey key, Device? device = null)
    {
        TorchRuntime.Load();
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
            parameters[name] = TensorMemory.Own(values, shape.ToArray(), device).DetachFromDisposeScope();
        }

        return new Decoder(config, parameters, device);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor parameter in Parameters.Values)
            parameter.Dispose();
        Rotary?.Dispose();
        Memories.Dispose();
    }
}
