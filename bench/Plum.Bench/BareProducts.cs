using Plum.Torch.Checkpoints;
using static TorchSharp.torch;

namespace Plum.Bench;

/// <summary>The matrix products of a pass alone, by libtorch, each layer on weights of its own: what decoding is measured against.</summary>
internal sealed class BareProducts : IDisposable
{
    private readonly ScalarType type;
    private readonly List<Tensor> layers = [];
    private readonly Tensor head;

    public BareProducts(ModelConfig config, ScalarType type)
    {
        this.type = type;
        int heads = config.Heads * config.HeadSize, all = heads + (2 * config.KeyValueHeads * config.HeadSize);
        foreach ((int outputs, int inputs) in Enumerable.Repeat<(int, int)[]>(
            [(all, config.HiddenSize), (config.HiddenSize, heads), ((config.GatedMlp ? 2 : 1) * config.IntermediateSize, config.HiddenSize), (config.HiddenSize, config.IntermediateSize)],
            config.Layers).SelectMany(layer => layer))
            layers.Add(randn([outputs, inputs], type));
        head = randn([config.VocabularySize, config.HiddenSize], type);
    }

    /// <summary>Operations of a pass.</summary>
    public double Operations(int rows, int logitRows) => (2.0 * rows * layers.Sum(weight => weight.numel())) + (2.0 * logitRows * head.numel());

    /// <summary>The least seconds that the products of a pass take on so many processors.</summary>
    public double Seconds(int rows, int logitRows, int threads, double tries)
    {
        using var _ = no_grad();
        set_num_threads(threads);
        Dictionary<long, Tensor> inputs = layers.Append(head).Select(weight => weight.shape[1]).Distinct().ToDictionary(size => size, size => randn([rows, size], type));
        using Tensor last = randn([logitRows, head.shape[1]], type);
        double seconds = Machine.Best(() =>
        {
            foreach (Tensor weight in layers)
                nn.functional.linear(inputs[weight.shape[1]], weight).Dispose();
            nn.functional.linear(last, head).Dispose();
        }, tries);
        foreach (Tensor input in inputs.Values)
            input.Dispose();
        set_num_threads(1);
        return seconds;
    }

    public void Dispose()
    {
        foreach (Tensor weight in layers)
            weight.Dispose();
        head.Dispose();
    }
}
