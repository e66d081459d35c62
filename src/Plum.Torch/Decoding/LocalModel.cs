using Plum.Models;
using Plum.Torch.Checkpoints;
using Plum.Torch.Transformers;

namespace Plum.Torch.Decoding;

/// <summary>A checkpoint folder on this machine as a language model: seam 1 over the policy engine.</summary>
public sealed class LocalModel : ILanguageModel, IDisposable
{
    private readonly SamplingModel model;
    private readonly ChatTemplate? template;
    private readonly ContinuousBatch batch;

    private LocalModel(SamplingModel model, ChatTemplate? template, EngineOptions options)
    {
        this.model = model;
        this.template = template;
        // Weights that fit the caches are read by each worker for a batch of its own, without waiting for others; larger ones
        // come from memory, whose speed all workers share, and are better read once for one batch.
        Parallelism = model.FitsCaches ? options.Workers : 1;
        batch = model.OpenBatch(options.MaxRows, model.FitsCaches ? 1 : options.Workers);
    }

    /// <inheritdoc/>
    public int Parallelism { get; }

    /// <summary>Opens a checkpoint folder.</summary>
    /// <param name="folder">A Hugging Face folder with weights and tokenizer; prompts with roles need its chat template.</param>
    /// <param name="options">How it is run.</param>
    /// <param name="adapter">The folder of a low-rank adapter to add to the weights; none unless given.</param>
    /// <exception cref="InputException">A file is missing or does not fit; the message names it.</exception>
    public static LocalModel Open(string folder, EngineOptions options, string? adapter = null)
    {
        ChatTemplate? template = ChatTemplate.Find(folder);
        return new LocalModel(SamplingModel.Open(folder, options.DType, adapter, options.Device), template, options);
    }

    /// <inheritdoc/>
    public string RenderPrompt(IReadOnlyList<ChatMessage> messages) => template?.Render(messages, addGenerationPrompt: true)
        ?? throw new InputException("The checkpoint has no chat template (chat_template.jinja, or chat_template in tokenizer_config.json): use the instruct version of the model, or prompts without roles.");

    /// <inheritdoc/>
    public Task<IReadOnlyList<IReadOnlyList<Completion>>> SampleAsync(IReadOnlyList<SampleRequest> requests, CancellationToken cancellation) =>
        // A thread of its own: libtorch keeps scopes, grad mode and thread pools by thread, and the work is all computation.
        Task.Factory.StartNew(() => Sample(requests, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();

    private IReadOnlyList<IReadOnlyList<Completion>> Sample(IReadOnlyList<SampleRequest> requests, CancellationToken cancellation)
    {
        ComputeThread.Enter();
        GenerationRequest[] encoded = [.. requests.Select(r => new GenerationRequest(model.Tokenizer.Encode(r.Prompt), r.Key, r.Count, r.Sampling))];
        // A prompt is computed once, for the first of its samples.
        return [.. batch.Run(encoded, cancellation).Select((generations, at) => (IReadOnlyList<Completion>)
            [.. generations.Select((g, sample) => new Completion(
                g.Text, g.TokenIds, g.LogProbs, g.Stopped ? "stop" : "length", new(sample == 0 ? encoded[at].Prompt.Length : 0, g.TokenIds.Count)))])];
    }
}
