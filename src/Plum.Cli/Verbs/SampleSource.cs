using System.Security.Cryptography;
using System.Text;
using Plum.Cli.Runs;
using Plum.Models;
using Plum.Torch.Checkpoints;

namespace Plum.Cli.Verbs;

/// <summary>What writes an evaluation's samples.</summary>
internal abstract record SampleSource
{
    private SampleSource()
    {
    }

    /// <summary>Names the very weights: samples of others are not gone on with.</summary>
    public abstract string Fingerprint { get; }

    /// <summary>Whether it is asked by conversation where nothing else is said.</summary>
    public abstract bool HasChat { get; }

    /// <summary>Whether its answer can be begun for it, as EvalPlus does where it has the template.</summary>
    public abstract bool Begins { get; }

    /// <summary>What the flags name; null where they name none.</summary>
    /// <param name="policy">A checkpoint's folder.</param>
    /// <param name="adapter">An adapter's folder.</param>
    /// <param name="endpoint">An endpoint's address.</param>
    /// <param name="model">What the endpoint calls its model.</param>
    /// <exception cref="InputException">They do not fit together, or a folder is none.</exception>
    public static SampleSource? Of(string? policy, string? adapter, string? endpoint, string? model)
    {
        if (policy is not null && endpoint is not null) throw new InputException("--policy and --endpoint both name a model: give one of them");
        if (adapter is not null && policy is null) throw new InputException("--adapter needs the model that it belongs to: give --policy DIR too");
        if (endpoint is null != model is null) throw new InputException("--endpoint URL and --model NAME belong together: give both");
        if (policy is not null && !File.Exists(Path.Combine(policy, "config.json")))
            throw new InputException($"policy: there is no {policy}/config.json: name a checkpoint folder with config.json, model.safetensors and tokenizer.json");
        return policy is not null ? new Folder(policy, adapter) : endpoint is not null ? new Endpoint(new EndpointOptions(endpoint, model!)) : null;
    }

    /// <summary>Opens it.</summary>
    /// <param name="stage">Where folders are run.</param>
    public abstract ILanguageModel Open(Stage stage);

    /// <summary>A checkpoint's folder, with an adapter or without.</summary>
    private sealed record Folder(string Policy, string? Adapter) : SampleSource
    {
        private static readonly string[] Endings = [".safetensors", ".json", ".jinja"];

        public override string Fingerprint
        {
            get
            {
                StringBuilder all = new();
                foreach (string file in new[] { Policy, Adapter }.OfType<string>().SelectMany(folder => Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)))
                    if (Endings.Contains(Path.GetExtension(file))) all.Append(Path.GetFileName(file)).Append(' ').Append(Runs.Fingerprint.Of(file)).Append('\n');
                return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())));
            }
        }

        public override bool HasChat => CheckpointSummary.Of(Policy).ChatTemplateFault is null;

        public override bool Begins => true;

        public override ILanguageModel Open(Stage stage) => stage.Engine().Open(Policy, Adapter);
    }

    /// <summary>A model behind OpenAI's chat API; its key is in the environment.</summary>
    private sealed record Endpoint(EndpointOptions Options) : SampleSource
    {
        public override string Fingerprint => $"{Options.Model} at {Options.Url}";

        public override bool HasChat => true;

        public override bool Begins => false;

        public override ILanguageModel Open(Stage stage) => new ChatEndpoint(Options, TimeProvider.System);
    }
}
