using System.Text;

namespace Plum.Torch.Checkpoints.Tokenizers;

/// <summary>Rewrites a text before it is cut into words: the <c>normalizer</c> of tokenizer.json.</summary>
internal static class Normalizer
{
    /// <summary>Reads a normalizer; null in the file gives one that changes nothing.</summary>
    public static Func<string, string> Read(JsonSettings? settings)
    {
        if (settings is null) return text => text;
        string type = settings.TextOrNull("type") ?? "";
        switch (type)
        {
            case "Sequence":
                Func<string, string>[] steps = [.. settings.Sections("normalizers").Select(Read)];
                return text => steps.Aggregate(text, (current, step) => step(current));
            case "NFC": return Form(NormalizationForm.FormC);
            case "NFD": return Form(NormalizationForm.FormD);
            case "NFKC": return Form(NormalizationForm.FormKC);
            case "NFKD": return Form(NormalizationForm.FormKD);
            // The one letter whose lower case is longer than itself.
            case "Lowercase": return text => text.Replace("\u0130", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();
            case "Prepend":
                string prefix = settings.TextOrNull("prepend") ?? "";
                return text => text.Length == 0 ? text : prefix + text;
            case "Replace": return Replacement.Read(settings);
            case "Strip":
                bool left = settings.Bool("strip_left", true), right = settings.Bool("strip_right", true);
                return text => Strip(text, left, right);
            case "StripAccents": return text => Filter(text, code => !UnicodeNormalization.IsAccent(code));
            case "ByteLevel": return text => ByteLevel.Map(text);
            default: throw new InputException($"{settings.File}: the normalizer {type} is not supported.");
        }
    }

    private static Func<string, string> Form(NormalizationForm form) => text => UnicodeNormalization.Normalize(text, form);

    private static string Strip(string text, bool left, bool right)
    {
        int start = 0, end = text.Length;
        while (left && start < end && CharacterClass.IsSpace(text[start])) start++;
        while (right && end > start && CharacterClass.IsSpace(text[end - 1])) end--;
        return text[start..end];
    }

    private static string Filter(string text, Predicate<int> keeps)
    {
        StringBuilder kept = new(text.Length);
        for (int at = 0, length; at < text.Length; at += length)
        {
            if (keeps(CharacterClass.CodeAt(text, at, out length))) kept.Append(text, at, length);
        }

        return kept.ToString();
    }
}

/// <summary>Replaces every match of a text or an expression: a normalizer, and a decoder.</summary>
internal static class Replacement
{
    public static Func<string, string> Read(JsonSettings settings)
    {
        string content = settings.TextOrNull("content") ?? "";
        (string? literal, Pattern? pattern) = TextPattern.Read(settings, "pattern");
        if (literal is not null) return text => literal.Length == 0 ? text : text.Replace(literal, content, StringComparison.Ordinal);
        return text => Replace(text, pattern!, content);
    }

    private static string Replace(string text, Pattern pattern, string content)
    {
        StringBuilder result = new(text.Length);
        int done = 0;
        for (int from = 0; from <= text.Length && pattern.Find(text, from, out int start, out int end); from = end > start ? end : end + 1)
        {
            result.Append(text, done, start - done).Append(content);
            done = end;
        }

        return result.Append(text, done, text.Length - done).ToString();
    }
}

/// <summary>A <c>pattern</c>: <c>{"String": ...}</c> or <c>{"Regex": ...}</c>.</summary>
internal static class TextPattern
{
    public static (string? Literal, Pattern? Expression) Read(JsonSettings settings, string key)
    {
        JsonSettings pattern = settings.Section(key) ?? throw new InputException($"{settings.File}: a {settings.TextOrNull("type")} has no {key}.");
        if (pattern.TextOrNull("String") is { } literal) return (literal, null);
        string expression = pattern.TextOrNull("Regex") ?? throw new InputException($"{settings.File}: a {key} needs a String or a Regex.");
        try
        {
            return (null, Pattern.Compile(expression));
        }
        catch (FormatException error)
        {
            throw new InputException($"{settings.File}: {error.Message}.", error);
        }
    }
}
