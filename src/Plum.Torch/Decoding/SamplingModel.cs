using Plum.Models;
using Plum.Torch.Checkpoints;
using static TorchSharp.torch;

namespace Plum.Torch.Decoding;

/// <summary>A checkpoint folder ready to be sampled from: weights, tokenizer, chat template, the tokens that end a text.</summary>
public sealed class SamplingModel : IDisposable
{
    /// <summary>About what a processor's last cache keeps of one model.</summary>
    private const long CachedBytes = 16L << 20;

    private readonly Snapshot snapshot;

    private SamplingModel(Snapshot snapshot, Tokenizer tokenizer, ChatTemplate? template, SamplingOptions defaults)
    {
        this.snapshot = snapshot;
        Tokenizer = tokenizer;
        Template = template;
        Defaults = defaults;
        EndTokens = tokenizer.EndId is int end ? [.. Config.EndIds, end] : [.. Config.EndIds];
    }

    /// <summary>The model's shape.</summary>
    public ModelConfig Config => snapshot.Config;

    /// <summary>What the weights take in memory.</summary>
    public long Bytes => snapshot.Bytes;

    /// <summary>Whether the weights are so small that threads lose more by waiting for each other than they win by sharing a batch.</summary>
    public bool FitsCaches => snapshot.SharesWorkers && Bytes <= CachedBytes;

    /// <summary>Text to tokens and back.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>How conversations are rendered; null where the folder has no template, as base models do.</summary>
    public ChatTemplate? Template { get; }

    /// <summary>Tokens that end a completion.</summary>
    public HashSet<int> EndTokens { get; }

    /// <summary>How tokens are drawn where nobody says: generation_config.json's settings.</summary>
    public SamplingOptions Defaults { get; }

    /// <summary>Opens a checkpoint folder.</summary>
    /// <param name="folder">A Hugging Face folder with weights and tokenizer.</param>
    /// <param name="dtype">The type of the matrix products.</param>
    /// <param name="adapter">The folder of a low-rank adapter to add to the weights; none unless given.</param>
    /// <param name="device">What computes; null for the processor.</param>
    /// <exception cref="InputException">A file is missing or does not fit; the message names it.</exception>
    public static SamplingModel Open(string folder, ScalarType dtype, string? adapter = null, Device? device = null)
    {
        using CheckpointFolder checkpoint = CheckpointFolder.Open(folder);
        using AdapterFolder? added = adapter is null ? null : AdapterFolder.Open(adapter, checkpoint.Config);
        Tokenizer tokenizer = Tokenizer.Load(folder);
        ChatTemplate? template = ChatTemplate.Find(folder);
        SamplingOptions defaults = SamplingDefaults.Read(folder);
        return new SamplingModel(Snapshot.Load(checkpoint, added, dtype, device), tokenizer, template, defaults);
    }

    /// <summary>Samples a set of requests that grows; see <see cref="DecodingSession"/>.</summary>
    /// <param name="maxRows">The most samples in flight.</param>
    /// <param name="threads">How many threads decode them together; null for one a processor.</param>
    public DecodingSession OpenSession(int maxRows, int? threads = null) => new(snapshot, Tokenizer, EndTokens, maxRows, threads ?? Environment.ProcessorCount);

    /// <summary>Samples a closed set of requests; see <see cref="ContinuousBatch"/>.</summary>
    /// <param name="maxRows">The most samples in flight.</param>
    /// <param name="threads">How many threads decode them together.</param>
    public ContinuousBatch OpenBatch(int maxRows, int threads) => new(snapshot, Tokenizer, EndTokens, maxRows, threads);

    /// <inheritdoc/>
    public void Dispose() => snapshot.Dispose();
}
