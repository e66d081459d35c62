namespace Plum.Torch.Checkpoints.Tokenizers;

/// <summary>The special tokens that belong before and after one text: the <c>post_processor</c> of tokenizer.json.</summary>
/// <param name="Before">Ids put before it.</param>
/// <param name="After">Ids put after it.</param>
internal sealed record PostProcessor(IReadOnlyList<int> Before, IReadOnlyList<int> After)
{
    public static PostProcessor None { get; } = new([], []);

    public static PostProcessor Read(JsonSettings? settings)
    {
        if (settings is null) return None;
        string type = settings.TextOrNull("type") ?? "";
        switch (type)
        {
            case "ByteLevel":
                return None;
            case "Sequence":
                PostProcessor all = None;
                foreach (JsonSettings inner in settings.Sections("processors"))
                {
                    PostProcessor next = Read(inner);
                    all = new PostProcessor([.. next.Before, .. all.Before], [.. all.After, .. next.After]);
                }

                return all;
            case "TemplateProcessing":
                return ReadTemplate(settings);
            case "BertProcessing" or "RobertaProcessing":
                return new PostProcessor([Pair(settings, "cls")], [Pair(settings, "sep")]);
            default:
                throw new InputException($"{settings.File}: the post-processor {type} is not supported.");
        }
    }

    private static PostProcessor ReadTemplate(JsonSettings settings)
    {
        List<int> before = [], after = [];
        bool seen = false;
        foreach (JsonSettings item in settings.Sections("single"))
        {
            if (item.Section("Sequence") is not null) seen = true;
            else if (item.Section("SpecialToken") is { } special) (seen ? after : before).AddRange(Ids(settings, special.TextOrNull("id") ?? ""));
        }

        return new PostProcessor(before, after);
    }

    private static IReadOnlyList<int> Ids(JsonSettings settings, string name) =>
        settings.Section("special_tokens")?.Section(name)?.IntsOrNull("ids")
        ?? throw new InputException($"{settings.File}: the post-processor's special_tokens lack '{name}'.");

    private static int Pair(JsonSettings settings, string key) =>
        settings.Find(key) is { ValueKind: System.Text.Json.JsonValueKind.Array } pair && pair.GetArrayLength() == 2 && pair[1].TryGetInt32(out int id)
            ? id
            : throw new InputException($"{settings.File}: the post-processor's {key} is not a pair of token and id.");
}
