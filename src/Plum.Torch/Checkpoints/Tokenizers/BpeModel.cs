using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Plum.Torch.Checkpoints.Tokenizers;

/// <summary>
/// Byte pair encoding (Sennrich et al., arXiv 1508.07909) as tokenizer.json describes it: merges by rank, optional byte
/// fallback, unknown token, prefix and suffix of words. Own code because ids, ranks and fallbacks have to be those of
/// Hugging Face's tokenizers in every corner. Words seen are remembered. Safe for concurrent use.
/// </summary>
internal sealed class BpeModel
{
    private const int RememberedWords = 1 << 16;
    private const int LongestRemembered = 96;

    private readonly Dictionary<string, int> vocabulary;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> vocabularyBySpan;
    private readonly Dictionary<long, (int Rank, int Merged)> merges;
    private readonly int?[] byteIds = new int?[256];
    private readonly int? unknown;
    private readonly string? unknownFault;
    private readonly bool fuseUnknown;
    private readonly bool ignoreMerges;
    private readonly string prefix;
    private readonly string suffix;
    private readonly ConcurrentDictionary<string, int[]> words = new();
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> wordsBySpan;
    private int remembered;

    public BpeModel(JsonSettings model)
    {
        if (model.Double("dropout", 0) > 0)
            throw new InputException($"{model.File}: a model with dropout {model.Double("dropout", 0)} gives other ids each time; set it to null.");
        vocabulary = ReadVocabulary(model);
        vocabularyBySpan = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        wordsBySpan = words.GetAlternateLookup<ReadOnlySpan<char>>();
        prefix = model.TextOrNull("continuing_subword_prefix") ?? "";
        suffix = model.TextOrNull("end_of_word_suffix") ?? "";
        fuseUnknown = model.Bool("fuse_unk", false);
        ignoreMerges = model.Bool("ignore_merges", false);
        // The reference fails at the first text that needs it, and so do files in use whose texts never do.
        if (model.TextOrNull("unk_token") is { } name && !vocabulary.ContainsKey(name)) unknownFault = $"{model.File}: a character is in no token, and unk_token '{name}' is not in the vocabulary.";
        else if (model.TextOrNull("unk_token") is { } known) unknown = vocabulary[known];
        if (model.Bool("byte_fallback", false)) ReadByteIds();
        merges = ReadMerges(model);
        SpaceMark = FindsMarksInside() ? null : '▁';
    }

    /// <summary>Token to id.</summary>
    public IReadOnlyDictionary<string, int> Vocabulary => vocabulary;

    /// <summary>A character before which any text may be cut without changing its tokens, unless the same stands before it; null where there is none.</summary>
    public char? SpaceMark { get; }

    /// <summary>Appends the ids of one word.</summary>
    /// <param name="word">A piece as the pre-tokenizer cut it.</param>
    /// <param name="bytes">Whether the word is still to be written in <see cref="ByteLevel"/>'s alphabet.</param>
    /// <param name="ids">Where they go.</param>
    public void Encode(ReadOnlySpan<char> word, bool bytes, List<int> ids)
    {
        if (word.Length <= LongestRemembered && wordsBySpan.TryGetValue(word, out int[]? known))
        {
            ids.AddRange(known.AsSpan());
            return;
        }

        int[] found = Encode(bytes ? ByteLevel.Map(word) : word.ToString());
        ids.AddRange(found.AsSpan());
        if (word.Length <= LongestRemembered && remembered < RememberedWords && words.TryAdd(word.ToString(), found)) Interlocked.Increment(ref remembered);
    }

    private int[] Encode(string word)
    {
        if (ignoreMerges && vocabulary.TryGetValue(word, out int whole)) return [whole];
        List<int> symbols = [];
        bool pendingUnknown = false;
        for (int at = 0, length; at < word.Length; at += length)
        {
            CharacterClass.CodeAt(word, at, out length);
            if (TryFind(word, at, length, out int id))
            {
                if (pendingUnknown) symbols.Add(unknown!.Value);
                pendingUnknown = false;
                symbols.Add(id);
            }
            else if (!TryAddBytes(word.AsSpan(at, length), symbols) && (unknownFault is null ? unknown : throw new InputException(unknownFault)) is { } unknownId)
            {
                if (pendingUnknown && !fuseUnknown) symbols.Add(unknownId);
                pendingUnknown = true;
            }
        }

        if (pendingUnknown) symbols.Add(unknown!.Value);
        return symbols.Count < 2 ? [.. symbols] : BpeMerger.Merge(CollectionsMarshal.AsSpan(symbols), merges);
    }

    private bool TryFind(string word, int at, int length, out int id)
    {
        bool first = at == 0, last = at + length == word.Length;
        if ((prefix.Length == 0 || first) && (suffix.Length == 0 || !last)) return vocabularyBySpan.TryGetValue(word.AsSpan(at, length), out id);
        return vocabulary.TryGetValue(string.Concat(first ? "" : prefix, word.AsSpan(at, length), last ? suffix : ""), out id);
    }

    private bool TryAddBytes(ReadOnlySpan<char> character, List<int> symbols)
    {
        Span<byte> bytes = stackalloc byte[4];
        int count = Encoding.UTF8.GetBytes(character, bytes);
        foreach (byte value in bytes[..count])
        {
            if (byteIds[value] is null) return false;
        }

        foreach (byte value in bytes[..count]) symbols.Add(byteIds[value]!.Value);
        return true;
    }

    private void ReadByteIds()
    {
        for (int value = 0; value < 256; value++)
        {
            if (vocabulary.TryGetValue(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>"), out int id)) byteIds[value] = id;
        }
    }

    private static Dictionary<string, int> ReadVocabulary(JsonSettings model)
    {
        JsonSettings section = model.Section("vocab") ?? throw new InputException($"{model.File}: model.vocab is missing.");
        Dictionary<string, int> vocabulary = new(StringComparer.Ordinal);
        foreach (JsonProperty property in section.Element.EnumerateObject())
        {
            vocabulary[property.Name] = property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetInt32(out int id) && id >= 0
                ? id
                : throw new InputException($"{model.File}: the id of '{property.Name}' in model.vocab is not a whole number.");
        }

        return vocabulary;
    }

    private Dictionary<long, (int Rank, int Merged)> ReadMerges(JsonSettings model)
    {
        JsonElement list = model.Find("merges") ?? throw new InputException($"{model.File}: model.merges is missing.");
        if (list.ValueKind != JsonValueKind.Array) throw model.Wrong("merges", "a list", list);
        Dictionary<long, (int Rank, int Merged)> table = new(list.GetArrayLength());
        int rank = 0;
        foreach (JsonElement merge in list.EnumerateArray())
        {
            (string left, string right) = Halves(model, merge, rank);
            string merged = left + (prefix.Length > 0 && right.StartsWith(prefix, StringComparison.Ordinal) ? right[prefix.Length..] : right);
            if (!vocabulary.TryGetValue(left, out int leftId) || !vocabulary.TryGetValue(right, out int rightId) || !vocabulary.TryGetValue(merged, out int mergedId))
                throw new InputException($"{model.File}: merge {rank} ('{left}' and '{right}') speaks of a token that model.vocab lacks.");
            table[BpeMerger.Pair(leftId, rightId)] = (rank++, mergedId);
        }

        return table;
    }

    private static (string Left, string Right) Halves(JsonSettings model, JsonElement merge, int rank)
    {
        if (merge.ValueKind == JsonValueKind.Array && merge.GetArrayLength() == 2)
            return (merge[0].GetString() ?? "", merge[1].GetString() ?? "");
        string text = merge.ValueKind == JsonValueKind.String ? merge.GetString()! : "";
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        if (space <= 0 || space != text.LastIndexOf(' ') || space == text.Length - 1)
            throw new InputException($"{model.File}: merge {rank} is not a pair of tokens.");
        return (text[..space], text[(space + 1)..]);
    }

    /// <summary>Whether some merge joins something that does not end in ▁ to something that begins with it.</summary>
    private bool FindsMarksInside()
    {
        if (ignoreMerges || prefix.Length > 0 || suffix.Length > 0 || (fuseUnknown && byteIds[0] is null)) return true;
        Dictionary<int, string> names = vocabulary.ToDictionary(item => item.Value, item => item.Key);
        foreach (long pair in merges.Keys)
        {
            if (names[(int)(pair & 0xFFFFFFFF)].StartsWith('▁') && !names[(int)(pair >> 32)].EndsWith('▁')) return true;
        }

        return false;
    }
}
