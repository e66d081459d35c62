using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Plum.Torch.Checkpoints;
using Xunit;

namespace Plum.Torch.Tests.Checkpoints;

/// <summary>Small tokenizer.json files made here, for what the oracles' three do not have. Expected values follow the reference library's rules.</summary>
public sealed class TokenizerFileTests : IDisposable
{
    private const string LlamaNormalizer = """{"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}""";

    private const string LlamaDecoder = """
        {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void LlamaWithByteFallback()
    {
        Tokenizer tokenizer = Load(("normalizer", LlamaNormalizer), ("decoder", LlamaDecoder), ("post_processor", """
            {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
             "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}}
            """));
        Assert.Equal(["▁ab", "▁", "▁ab", "<0xC3>", "<0xA9>"], Tokens(tokenizer, "ab  abé"));
        Assert.Equal(["<s>", "▁ab", "</s>", "▁", "a"], Tokens(tokenizer, "ab</s>a", special: true)[..5]);
        Assert.Equal("ab  abé", tokenizer.Decode(tokenizer.Encode("ab  abé")));
        Assert.Equal("ab", tokenizer.Decode(tokenizer.Encode("<s>ab</s>"), skipSpecial: true));

        // Every byte of a run that is no UTF-8 is a character of its own; a stream says what it can.
        int[] broken = [tokenizer.IdOf("<0xC3>")!.Value, tokenizer.IdOf("<0xC3>")!.Value, tokenizer.IdOf("<0xA9>")!.Value, tokenizer.IdOf("a")!.Value];
        Assert.Equal("\uFFFD\uFFFD\uFFFDa", tokenizer.Decode(broken));
        TokenStream stream = tokenizer.OpenStream();
        Assert.Equal(["", "\uFFFD", "é", "a", ""], [.. broken.Select(stream.Append), stream.Finish()]);
        Assert.Equal(" ab", tokenizer.OpenStream().Append(tokenizer.IdOf("▁ab")!.Value));
        Assert.Equal("ab", tokenizer.OpenStream(atTextStart: true).Append(tokenizer.IdOf("▁ab")!.Value));
    }

    [Theory]
    [InlineData("first", false, "ab ab", "▁ab ▁ab")]
    [InlineData("first", false, "a</s>a", "▁ a </s> a")]
    [InlineData("always", false, "a</s>a", "▁ a </s> ▁ a")]
    [InlineData("never", false, "ab ab", "ab ▁ab")]
    [InlineData("always", true, "a  b", "▁ a ▁ ▁ b")]
    public void Metaspace(string scheme, bool split, string text, string tokens)
    {
        Tokenizer tokenizer = Load(("pre_tokenizer", $$"""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "{{scheme}}", "split": {{(split ? "true" : "false")}}}"""), ("decoder", LlamaDecoder));
        Assert.Equal(tokens.Split(' '), Tokens(tokenizer, text));
    }

    [Theory]
    [InlineData("MergedWithPrevious", "a1 b2 c")]
    [InlineData("MergedWithNext", "a 1b 2c")]
    [InlineData("Isolated", "a 1 b 2 c")]
    [InlineData("Removed", "a b c")]
    [InlineData("Contiguous", "a 1 b 2 c")]
    [InlineData("Isolated", "a 1 b 2 c", true)]
    [InlineData("MergedWithPrevious", "a 1b 2c", true)]
    [InlineData("MergedWithNext", "a1 b2 c", true)]
    [InlineData("Removed", "1 2", true)]
    public void SplitBehaviors(string behavior, string pieces, bool invert = false)
    {
        Tokenizer tokenizer = Load(("pre_tokenizer", $$"""{"type": "Split", "pattern": {"Regex": "\\d"}, "behavior": "{{behavior}}", "invert": {{(invert ? "true" : "false")}} }"""), ("merges", """["a 1", "1 b", "b 2", "2 c"]"""));
        Assert.Equal(pieces.Split(' '), Tokens(tokenizer, "a1b2c"));
    }

    /// <summary>The example of the reference's own documentation: "the-final--countdown" cut at "-".</summary>
    [Theory]
    [InlineData("Removed", "the final countdown")]
    [InlineData("Isolated", "the - final - - countdown")]
    [InlineData("MergedWithPrevious", "the- final- - countdown")]
    [InlineData("MergedWithNext", "the -final - -countdown")]
    [InlineData("Contiguous", "the - final -- countdown")]
    public void SplitBehaviorsAsTheReferenceDocumentsThem(string behavior, string pieces)
    {
        Tokenizer tokenizer = Load(("byte_fallback", "false"), ("ignore_merges", "true"), ("pre_tokenizer", $$"""{"type": "Split", "pattern": {"String": "-"}, "behavior": "{{behavior}}", "invert": false}"""),
            ("vocab", JsonSerializer.Serialize(pieces.Split(' ').Distinct().Where(piece => piece != "-").Select((piece, id) => (piece, id)).ToDictionary(item => item.piece, item => item.id + 300))));
        Assert.Equal(pieces.Split(' '), Tokens(tokenizer, "the-final--countdown"));
    }

    /// <summary>The reference's metaspace.rs: the first token loses all its marks, unless none was put before the text; an old file says add_prefix_space.</summary>
    [Theory]
    [InlineData("\"prepend_scheme\": \"always\"", "ab ab")]
    [InlineData("\"prepend_scheme\": \"never\"", "  ab ab")]
    [InlineData("\"add_prefix_space\": true", "ab ab")]
    [InlineData("\"add_prefix_space\": false, \"str_rep\": \"▁\"", "  ab ab")]
    public void MetaspaceDecoders(string scheme, string text)
    {
        Tokenizer tokenizer = Load(("decoder", $$"""{"type": "Metaspace", "replacement": "▁", {{scheme}} }"""), ("vocab", """{"▁▁ab": 300}"""));
        Assert.Equal(text, tokenizer.Decode([300, tokenizer.IdOf("▁ab")!.Value]));
    }

    [Fact]
    public void AddedTokensTakeSpacesAlongOrStandAlone()
    {
        Tokenizer tokenizer = Load(("added_tokens", """
            [{"id": 500, "content": "<l>", "lstrip": true, "rstrip": true, "normalized": false, "special": true, "single_word": false},
             {"id": 501, "content": "wo", "lstrip": false, "rstrip": false, "normalized": true, "special": false, "single_word": true},
             {"id": 502, "content": "<l>x", "lstrip": false, "rstrip": false, "normalized": false, "special": true, "single_word": false}]
            """));
        Assert.Equal(["a", "<l>", "b"], Tokens(tokenizer, "a  <l>  b"));
        Assert.Equal(["<l>x"], Tokens(tokenizer, "<l>x"));
        Assert.Contains(501, tokenizer.Encode("wo-a"));
        Assert.DoesNotContain(501, tokenizer.Encode("awo a"));
        Assert.True(tokenizer.IsSpecial(500) && !tokenizer.IsSpecial(501));
        Assert.Equal(503, tokenizer.Size);
    }

    /// <summary>Prefix and suffix as the BPE model of the reference puts them: the prefix on all but the first character, the suffix on the last.</summary>
    [Fact]
    public void PartsOfWords()
    {
        Assert.Equal(["a", "##b", "##c"], Tokens(Load(("byte_fallback", "false"), ("continuing_subword_prefix", "\"##\""), ("vocab", """{"##b": 300, "##c": 301}"""), ("merges", "[]")), "abc"));
        Assert.Equal(["ac</w>"], Tokens(Load(("byte_fallback", "false"), ("end_of_word_suffix", "\"</w>\""), ("vocab", """{"c</w>": 300, "ac</w>": 301}"""), ("merges", """["a c</w>"]""")), "ac"));
    }

    /// <summary>How a file is cut off or filled up is the caller's business, as in transformers.</summary>
    [Fact]
    public void TruncationAndPaddingOfTheFileAreNotApplied() => Assert.Equal(
        4,
        Load(("truncation", """{"max_length": 2, "strategy": "LongestFirst", "stride": 0}"""), ("padding", """{"strategy": {"Fixed": 9}, "pad_id": 0}""")).Encode("acbc").Length);

    [Fact]
    public void UnknownCharacters()
    {
        Assert.Equal(["<unk>", "a"], Tokens(Load(("byte_fallback", "false")), "☃☃a"));
        Assert.Equal(["<unk>", "<unk>", "a"], Tokens(Load(("byte_fallback", "false"), ("fuse_unk", "false")), "☃☃a"));
        Assert.Equal(["a"], Tokens(Load(("byte_fallback", "false"), ("unk_token", "null")), "☃a"));
        Tokenizer without = Load(("byte_fallback", "false"), ("unk_token", "\"<none>\""));
        Assert.Equal(["a"], Tokens(without, "a"));
        Assert.Contains("<none>", Assert.Throws<InputException>(() => without.Encode("☃")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model", """{"type": "Unigram"}""", "Unigram")]
    [InlineData("normalizer", """{"type": "Precompiled"}""", "Precompiled")]
    [InlineData("pre_tokenizer", """{"type": "UnicodeScripts"}""", "UnicodeScripts")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "(a"}, "behavior": "Isolated"}""", "not closed")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "\\p{Klingon}"}, "behavior": "Isolated"}""", "Klingon")]
    [InlineData("decoder", """{"type": "CTC"}""", "CTC")]
    [InlineData("merges", """["a zz"]""", "merge 2")]
    [InlineData("merges", """["ab"]""", "not a pair")]
    [InlineData("model", """{"type": "WordPiece"}""", "WordPiece")]
    [InlineData("model", """{"type": "WordLevel"}""", "WordLevel")]
    [InlineData("dropout", "0.1", "dropout 0.1")]
    [InlineData("decoder", """{"type": "BPEDecoder"}""", "BPEDecoder")]
    [InlineData("normalizer", """{"type": "BertNormalizer"}""", "BertNormalizer")]
    [InlineData("post_processor", """{"type": "Other"}""", "Other")]
    public void WhatIsNotSupportedIsNamed(string key, string value, string message)
    {
        string told = Assert.Throws<InputException>(() => Load((key, value))).Message;
        Assert.Contains(message, told, StringComparison.Ordinal);
        Assert.Contains("tokenizer.json", told, StringComparison.Ordinal);
    }

    [Fact]
    public void TheConfigNamesTheEndToken()
    {
        folder.Write("special_tokens_map.json", """{"eos_token": "<unk>", "bos_token": {"content": "<s>"}}""");
        folder.Write("tokenizer_config.json", """{"eos_token": "</s>"}""");
        Tokenizer tokenizer = Load();
        Assert.Equal((1, 2), (tokenizer.BeginId, tokenizer.EndId));
    }

    [Fact]
    public void AFolderWithoutATokenizerSaysSo() =>
        Assert.Contains("tokenizer.json does not exist", Assert.Throws<InputException>(() => Tokenizer.Load(folder.Path)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(@"\p{N}{1,3}", "12345", "123|45")]
    [InlineData(@"(?i:'s)|\p{L}+", "aB'S", "aB|'S")]
    [InlineData(@"[^\r\n\p{L}\p{N}]?+\p{L}+|\s++", " ab  c", " ab|  |c")]
    [InlineData(@"\s+(?!\S)|\s+|\S+", "a   b", "a|  | |b")]
    [InlineData(@"[\p{L}&&[^a-c]]+|.", "abxyc", "a|b|xy|c")]
    [InlineData(@"(?<=a)b+?|(?>a+)|[^ab]*", "aabbc", "aa|b|b|c")]
    [InlineData(@"\p{Han}+|[[:alpha:]]+|(?:ab){2}", "中文ab𠮷", "中文|ab|𠮷")]
    [InlineData(@"(?:a|bc)+|.", "abcad", "abca|d")]
    public void Expressions(string expression, string text, string pieces)
    {
        string escaped = JsonSerializer.Serialize(expression);
        Tokenizer tokenizer = Load(("byte_fallback", "false"), ("ignore_merges", "true"), ("pre_tokenizer", $$"""{"type": "Split", "pattern": {"Regex": {{escaped}}}, "behavior": "Isolated"}"""),
            ("vocab", JsonSerializer.Serialize(pieces.Split('|').Distinct().Select((piece, id) => (piece, id)).ToDictionary(item => item.piece, item => item.id + 300))));
        Assert.Equal(pieces.Split('|'), Tokens(tokenizer, text));
    }

    private static string[] Tokens(Tokenizer tokenizer, string text, bool special = false) => [.. tokenizer.Encode(text, special).Select(id => tokenizer.Token(id)!)];

    /// <summary>A small Llama-like file; keys of the model or of the whole may be replaced, vocabulary and merges added to.</summary>
    private Tokenizer Load(params (string Key, string Value)[] changes)
    {
        JsonObject vocabulary = [], model = new() { ["type"] = "BPE", ["unk_token"] = "<unk>", ["fuse_unk"] = true, ["byte_fallback"] = true };
        string[] characters = ["▁", "a", "b", "c", "1", "2", "w", "o", "<", ">", "l", "x", "-", "a1", "1b", "b2", "2c", "ab", "▁ab", " "];
        foreach (string token in (string[])["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>"), .. characters]) vocabulary[token] = vocabulary.Count;
        JsonArray merges = [(JsonNode)"a b", (JsonNode)"▁ ab"];
        JsonObject file = new()
        {
            ["added_tokens"] = JsonNode.Parse("""[{"id": 0, "content": "<unk>", "special": true}, {"id": 1, "content": "<s>", "special": true}, {"id": 2, "content": "</s>", "special": true}]"""),
            ["model"] = model,
        };
        foreach ((string key, string value) in changes)
        {
            if (key == "vocab") foreach ((string token, JsonNode? id) in JsonNode.Parse(value)!.AsObject()) vocabulary[token] = id!.DeepClone();
            else if (key == "merges") foreach (JsonNode? merge in JsonNode.Parse(value)!.AsArray()) merges.Add(merge!.DeepClone());
            else (key is "fuse_unk" or "byte_fallback" or "unk_token" or "ignore_merges" or "dropout" or "continuing_subword_prefix" or "end_of_word_suffix" ? model : file)[key] = JsonNode.Parse(value);
        }

        (model["vocab"], model["merges"]) = (vocabulary, merges);
        File.WriteAllText(Path.Combine(folder.Path, "tokenizer.json"), file.ToJsonString(), Encoding.UTF8);
        return Tokenizer.Load(folder.Path);
    }
}
