using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Plum.Torch.Checkpoints.Tokenizers;

namespace Plum.Torch.Checkpoints;

/// <summary>
/// A tokenizer.json with a BPE model, giving the ids of Hugging Face's tokenizers library: added tokens, normalizer,
/// pre-tokenizer, model, post-processor and decoder. Immutable and safe for concurrent use.
/// </summary>
public sealed class Tokenizer
{
    private readonly AddedTokenFinder raw;
    private readonly AddedTokenFinder normalized;
    private readonly Func<string, string> normalize;
    private readonly PreTokenizer preTokenizer;
    private readonly BpeModel model;
    private readonly PostProcessor postProcessor;
    private readonly TokenDecoder decoder;
    private readonly Dictionary<int, AddedToken> added;
    private readonly Dictionary<string, int> addedByContent;
    private readonly string?[] tokens;
    private readonly byte[]?[] bytes;

    private Tokenizer(JsonSettings json, IReadOnlyDictionary<string, string> named)
    {
        JsonSettings section = json.Section("model") ?? throw new InputException($"{json.File}: model is missing.");
        string type = section.TextOrNull("type") ?? (section.Has("merges") ? "BPE" : "unknown");
        if (type != "BPE") throw new InputException($"{json.File}: a tokenizer model of type {type} is not supported; Plum reads BPE.");
        model = new BpeModel(section);
        normalize = Normalizer.Read(json.Section("normalizer"));
        preTokenizer = PreTokenizer.Read(json.Section("pre_tokenizer"));
        postProcessor = PostProcessor.Read(json.Section("post_processor"));
        decoder = TokenDecoder.Read(json.Section("decoder"));
        added = [];
        addedByContent = [];
        foreach (AddedToken token in AddedToken.ReadAll(json))
        {
            added[token.Id] = token;
            addedByContent[token.Content] = token.Id;
        }

        raw = new AddedTokenFinder(added.Values.Where(token => !token.Normalized).Select(token => (token.Content, token)));
        normalized = new AddedTokenFinder(added.Values.Where(token => token.Normalized).Select(token => (normalize(token.Content), token)));
        tokens = new string?[Math.Max(model.Vocabulary.Values.DefaultIfEmpty(-1).Max(), added.Keys.DefaultIfEmpty(-1).Max()) + 1];
        foreach ((string content, int id) in model.Vocabulary) tokens[id] = content;
        foreach (AddedToken token in added.Values) tokens[token.Id] = token.Content;
        bytes = new byte[tokens.Length][];
        EndId = named.TryGetValue("eos_token", out string? end) ? IdOf(end) : null;
        BeginId = named.TryGetValue("bos_token", out string? begin) ? IdOf(begin) : null;
    }

    /// <summary>One more than the largest id; a model's embedding may have more rows.</summary>
    public int Size => tokens.Length;

    /// <summary>The token that ends a text, as tokenizer_config.json names it; null where it names none. A model's own list is <see cref="ModelConfig.EndIds"/>.</summary>
    public int? EndId { get; }

    /// <summary>The token that begins a text, as tokenizer_config.json names it; null where it names none.</summary>
    public int? BeginId { get; }

    /// <summary>Reads a folder's tokenizer.json, and what its tokenizer_config.json names the end and the begin token.</summary>
    /// <param name="folder">A checkpoint folder.</param>
    /// <exception cref="InputException">The file is absent, malformed, or asks for what is not supported; the message names it.</exception>
    public static Tokenizer Load(string folder)
    {
        string file = Path.Combine(folder, "tokenizer.json");
        if (File.Exists(file)) return new Tokenizer(JsonSettings.Read(file), SpecialTokens.Read(folder));
        string remedy = File.Exists(Path.Combine(folder, "vocab.json")) || File.Exists(Path.Combine(folder, "tokenizer.model"))
            ? "convert the older files with transformers' AutoTokenizer.from_pretrained(...).save_pretrained(...)"
            : "a checkpoint folder needs it to turn text into tokens";
        throw new InputException($"{file} does not exist; {remedy}.");
    }

    /// <summary>Reads one tokenizer.json.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="InputException">As for <see cref="Load"/>.</exception>
    public static Tokenizer Read(string file) => new(JsonSettings.Read(file), new Dictionary<string, string>());

    /// <summary>The ids of a text; added tokens in it are recognised wherever they stand.</summary>
    /// <param name="text">Any text; a lone surrogate counts as U+FFFD.</param>
    /// <param name="addSpecialTokens">Whether the post-processor puts its tokens around, such as a begin token; a rendered chat template already has them.</param>
    public int[] Encode(string text, bool addSpecialTokens = false)
    {
        List<int> ids = [];
        if (addSpecialTokens) ids.AddRange(postProcessor.Before);
        bool atStart = true;
        foreach ((int start, int length, AddedToken? token) in raw.Cut(text))
        {
            if (token is not null) ids.Add(token.Id);
            else EncodeNormalized(normalize(text.Substring(start, length)), atStart, ids);
            atStart = false;
        }

        if (addSpecialTokens) ids.AddRange(postProcessor.After);
        return [.. ids];
    }

    /// <summary>The text of ids.</summary>
    /// <param name="ids">Ids; those that no token has add nothing.</param>
    /// <param name="skipSpecial">Whether special tokens are left out.</param>
    public string Decode(IEnumerable<int> ids, bool skipSpecial = false)
    {
        List<byte> text = [], run = [];
        bool first = true;
        foreach (int id in ids)
        {
            if (Token(id) is not { } token || (skipSpecial && IsSpecial(id))) continue;
            if (!added.ContainsKey(id) && decoder.FallbackByte(token) is { } value)
            {
                run.Add(value);
            }
            else
            {
                EndRun(run, text);
                text.AddRange(first ? BytesOf(id, token, first) : Bytes(id));
            }

            first = false;
        }

        EndRun(run, text);
        return decoder.Trim(Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(text)));
    }

    /// <summary>Fallback bytes in a row are text where all of them together are UTF-8, else each is U+FFFD.</summary>
    private static void EndRun(List<byte> run, List<byte> text)
    {
        ReadOnlySpan<byte> bytes = CollectionsMarshal.AsSpan(run);
        if (Utf8.IsValid(bytes))
        {
            text.AddRange(bytes);
        }
        else
        {
            foreach (byte _ in bytes) text.AddRange("\uFFFD"u8);
        }

        run.Clear();
    }

    /// <summary>Decodes ids as they come, each at constant cost, holding back bytes that are not yet a character.</summary>
    /// <param name="atTextStart">False, the default, where the ids continue a prompt: then no leading space is dropped.</param>
    /// <param name="skipSpecial">Whether special tokens are left out.</param>
    public TokenStream OpenStream(bool atTextStart = false, bool skipSpecial = true) => new(this, atTextStart, skipSpecial);

    /// <summary>A token as tokenizer.json spells it; null where no token has the id.</summary>
    /// <param name="id">An id.</param>
    public string? Token(int id) => (uint)id < (uint)tokens.Length ? tokens[id] : null;

    /// <summary>The id of a token as tokenizer.json spells it; null where there is none.</summary>
    /// <param name="token">For instance <c>&lt;|im_end|&gt;</c>.</param>
    public int? IdOf(string token) => addedByContent.TryGetValue(token, out int id) || model.Vocabulary.TryGetValue(token, out id) ? id : null;

    /// <summary>Whether an id is a special token, one that decoding may leave out.</summary>
    /// <param name="id">An id.</param>
    public bool IsSpecial(int id) => added.TryGetValue(id, out AddedToken? token) && token.Special;

    /// <summary>The bytes that a token adds to a text it does not begin; empty where no token has the id. Concatenated they are the text's UTF-8.</summary>
    /// <param name="id">An id.</param>
    public ReadOnlySpan<byte> Bytes(int id)
    {
        if ((uint)id >= (uint)tokens.Length || tokens[id] is not { } token) return [];
        return bytes[id] ??= BytesOf(id, token, first: false);
    }

    internal byte[] FirstBytes(int id) => Token(id) is { } token ? BytesOf(id, token, first: true) : [];

    internal (char Content, int Count) StartCut => decoder.StartCut;

    /// <summary>An added token stands for its own text, not for bytes in the alphabet of the model.</summary>
    private byte[] BytesOf(int id, string token, bool first) => added.ContainsKey(id) ? Encoding.UTF8.GetBytes(token) : decoder.Bytes(token, first);

    private void EncodeNormalized(string text, bool atStart, List<int> ids)
    {
        foreach ((int start, int length, AddedToken? token) in normalized.Cut(text))
        {
            if (token is not null)
            {
                ids.Add(token.Id);
                continue;
            }

            string stretch = start == 0 && length == text.Length ? text : text.Substring(start, length);
            foreach (Piece piece in preTokenizer.Cut(stretch, atStart && start == 0)) EncodeWord(piece.Text.Span, ids);
        }
    }

    /// <summary>Where no merge reaches across a space mark, a long piece is cut there first: the parts are short and seen before.</summary>
    private void EncodeWord(ReadOnlySpan<char> word, List<int> ids)
    {
        if (model.SpaceMark is { } mark && !preTokenizer.EndsInBytes)
        {
            for (int at = 1; at < word.Length; at++)
            {
                if (word[at] != mark || word[at - 1] == mark) continue;
                model.Encode(word[..at], bytes: false, ids);
                word = word[at..];
                at = 0;
            }
        }

        model.Encode(word, preTokenizer.EndsInBytes, ids);
    }
}
