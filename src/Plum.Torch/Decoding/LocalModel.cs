using Plum.Models;
using Plum.Torch.Checkpoints;
using Plum.Torch.Transformers;

namespace Plum.Torch.Decoding;

/// <summary>A checkpoint folder on this machine as a language model: seam 1 over the policy engine.</summary>
public sealed class LocalModel : ILanguageModel, IDisposable
{
    private readonly DecoderSnapshot snapshot;
    private readonly Tokenizer tokenizer;
    private readonly ChatTemplate? template;
    private readonly ContinuousBatch batch;
    private readonly Decoder decoder;

    private LocalModel(Decoder decoder, Tokenizer tokenizer, ChatTemplate? template, EngineOptions options)
    {
        this.decoder = decoder;
        this.tokenizer = tokenizer;
        this.template = template;
        snapshot = new DecoderSnapshot(decoder, options.DType);
        Parallelism = options.Workers;
        HashSet<int> endTokens = [.. decoder.Config.EndIds];
        if (tokenizer.EndId is int end)
            endTokens.Add(end);
        batch = new ContinuousBatch(snapshot, tokenizer, endTokens, options.MaxRows);
    }

    /// <inheritdoc/>
    public int Parallelism { get; }

    /// <summary>Opens a checkpoint folder.</summary>
    /// <param name="folder">A Hugging Face folder with weights and tokenizer; prompts with roles need its chat template.</param>
    /// <param name="options">How it is run.</param>
    /// <exception cref="InputException">A file is missing or does not fit; the message names it.</exception>
    public static LocalModel Open(string folder, EngineOptions options)
    {
        using CheckpointFolder checkpoint = CheckpointFolder.Open(folder);
        Tokenizer tokenizer = Tokenizer.Load(folder);
        return new LocalModel(Decoder.Load(checkpoint), tokenizer, ChatTemplate.Find(folder), options);
    }

    /// <inheritdoc/>
    public string RenderPrompt(IReadOnlyList<ChatMessage> messages) => template?.Render(messages, addGenerationPrompt: true)
        ?? throw new InputException("The checkpoint has no chat template (chat_template.jinja, or chat_template in tokenizer_config.json): use the instruct version of the model, or prompts without roles.");

    /// <inheritdoc/>
    public Task<IReadOnlyList<IReadOnlyList<Completion>>> SampleAsync(IReadOnlyList<SampleRequest> requests, CancellationToken cancellation) =>
        // A thread of its own: libtorch keeps scopes, grad mode and thread pools by thread, and the work is all computation.
        Task.Factory.StartNew(() => Sample(requests, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <inheritdoc/>
    public void Dispose()
    {
        snapshot.Dispose();
        decoder.Dispose();
    }

    private IReadOnlyList<IReadOnlyList<Completion>> Sample(IReadOnlyList<SampleRequest> requests, CancellationToken cancellation)
    {
        ComputeThread.Enter();
        GenerationRequest[] encoded = [.. requests.Select(r => new GenerationRequest(tokenizer.Encode(r.Prompt), r.Key, r.Count, r.Sampling))];
        return [.. batch.Run(encoded, cancellation).Select(generations => (IReadOnlyList<Completion>)
            [.. generations.Select(g => new Completion(g.Text, g.TokenIds, g.LogProbs, g.Stopped ? "stop" : "length"))])];
    }
}
