using System.Text.Json;

namespace Plum.Torch.Checkpoints;

/// <summary>The tokens that a folder names by their part: tokenizer_config.json's, else special_tokens_map.json's.</summary>
internal static class SpecialTokens
{
    private static readonly string[] Names = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    /// <summary>Part to token, <c>eos_token</c> to <c>&lt;|im_end|&gt;</c>; a part without a token is absent.</summary>
    public static IReadOnlyDictionary<string, string> Read(string folder)
    {
        Dictionary<string, string> tokens = [];
        foreach (string name in (string[])["special_tokens_map.json", "tokenizer_config.json"])
        {
            string file = Path.Combine(folder, name);
            if (!File.Exists(file)) continue;
            JsonSettings json = JsonSettings.Read(file);
            foreach (string key in Names)
            {
                string? token = json.Find(key) is { ValueKind: JsonValueKind.Object } ? json.Section(key)!.TextOrNull("content") : json.TextOrNull(key);
                if (token is not null) tokens[key] = token;
            }
        }

        return tokens;
    }
}
