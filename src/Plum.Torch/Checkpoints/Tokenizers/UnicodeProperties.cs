using System.Globalization;

namespace Plum.Torch.Checkpoints.Tokenizers;

/// <summary>The names within \p{...}: general categories, a few properties, and the scripts that tokenizers name.</summary>
internal static class UnicodeProperties
{
    private static readonly Dictionary<string, UnicodeCategory> Categories = new(StringComparer.Ordinal)
    {
        ["Lu"] = UnicodeCategory.UppercaseLetter,
        ["Ll"] = UnicodeCategory.LowercaseLetter,
        ["Lt"] = UnicodeCategory.TitlecaseLetter,
        ["Lm"] = UnicodeCategory.ModifierLetter,
        ["Lo"] = UnicodeCategory.OtherLetter,
        ["Mn"] = UnicodeCategory.NonSpacingMark,
        ["Mc"] = UnicodeCategory.SpacingCombiningMark,
        ["Me"] = UnicodeCategory.EnclosingMark,
        ["Nd"] = UnicodeCategory.DecimalDigitNumber,
        ["Nl"] = UnicodeCategory.LetterNumber,
        ["No"] = UnicodeCategory.OtherNumber,
        ["Zs"] = UnicodeCategory.SpaceSeparator,
        ["Zl"] = UnicodeCategory.LineSeparator,
        ["Zp"] = UnicodeCategory.ParagraphSeparator,
        ["Cc"] = UnicodeCategory.Control,
        ["Cf"] = UnicodeCategory.Format,
        ["Cs"] = UnicodeCategory.Surrogate,
        ["Co"] = UnicodeCategory.PrivateUse,
        ["Cn"] = UnicodeCategory.OtherNotAssigned,
        ["Pc"] = UnicodeCategory.ConnectorPunctuation,
        ["Pd"] = UnicodeCategory.DashPunctuation,
        ["Ps"] = UnicodeCategory.OpenPunctuation,
        ["Pe"] = UnicodeCategory.ClosePunctuation,
        ["Pi"] = UnicodeCategory.InitialQuotePunctuation,
        ["Pf"] = UnicodeCategory.FinalQuotePunctuation,
        ["Po"] = UnicodeCategory.OtherPunctuation,
        ["Sm"] = UnicodeCategory.MathSymbol,
        ["Sc"] = UnicodeCategory.CurrencySymbol,
        ["Sk"] = UnicodeCategory.ModifierSymbol,
        ["So"] = UnicodeCategory.OtherSymbol,
    };

    private static readonly Dictionary<string, char> Groups = new(StringComparer.OrdinalIgnoreCase)
    {
        ["L"] = 'L',
        ["Letter"] = 'L',
        ["M"] = 'M',
        ["Mark"] = 'M',
        ["N"] = 'N',
        ["Number"] = 'N',
        ["P"] = 'P',
        ["Punctuation"] = 'P',
        ["Punct"] = 'P',
        ["S"] = 'S',
        ["Symbol"] = 'S',
        ["Z"] = 'Z',
        ["Separator"] = 'Z',
        ["C"] = 'C',
        ["Other"] = 'C',
    };

    private static readonly Dictionary<string, Func<int, bool>> Named = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Alpha"] = code => CharacterClass.IsGeneral(code, 'L') || CharacterClass.CategoryOf(code) == UnicodeCategory.LetterNumber,
        ["Alphabetic"] = code => CharacterClass.IsGeneral(code, 'L') || CharacterClass.CategoryOf(code) == UnicodeCategory.LetterNumber,
        ["Digit"] = code => CharacterClass.CategoryOf(code) == UnicodeCategory.DecimalDigitNumber,
        ["Alnum"] = code => CharacterClass.IsGeneral(code, 'L') || CharacterClass.CategoryOf(code) == UnicodeCategory.DecimalDigitNumber,
        ["Upper"] = code => CharacterClass.CategoryOf(code) == UnicodeCategory.UppercaseLetter,
        ["Lower"] = code => CharacterClass.CategoryOf(code) == UnicodeCategory.LowercaseLetter,
        ["Space"] = CharacterClass.IsSpace,
        ["White_Space"] = CharacterClass.IsSpace,
        ["Word"] = CharacterClass.IsWord,
        ["ASCII"] = code => code < 0x80,
        ["Any"] = _ => true,
        ["Han"] = In(0x2E80, 0x2E99, 0x2E9B, 0x2EF3, 0x2F00, 0x2FD5, 0x3005, 0x3005, 0x3007, 0x3007, 0x3021, 0x3029, 0x3038, 0x303B, 0x3400, 0x4DBF,
            0x4E00, 0x9FFF, 0xF900, 0xFA6D, 0xFA70, 0xFAD9, 0x16FE2, 0x16FE3, 0x16FF0, 0x16FF1, 0x20000, 0x2A6DF, 0x2A700, 0x2B739, 0x2B740, 0x2B81D,
            0x2B820, 0x2CEA1, 0x2CEB0, 0x2EBE0, 0x2EBF0, 0x2EE5D, 0x2F800, 0x2FA1D, 0x30000, 0x3134A, 0x31350, 0x323AF),
        ["Hiragana"] = In(0x3041, 0x3096, 0x309D, 0x309F, 0x1B001, 0x1B11F, 0x1B132, 0x1B132, 0x1B150, 0x1B152, 0x1F200, 0x1F200),
        ["Katakana"] = In(0x30A1, 0x30FA, 0x30FD, 0x30FF, 0x31F0, 0x31FF, 0x32D0, 0x32FE, 0x3300, 0x3357, 0xFF66, 0xFF6F, 0xFF71, 0xFF9D,
            0x1AFF0, 0x1AFF3, 0x1AFF5, 0x1AFFB, 0x1AFFD, 0x1AFFE, 0x1B000, 0x1B000, 0x1B120, 0x1B122, 0x1B155, 0x1B155, 0x1B164, 0x1B167),
        ["Hangul"] = In(0x1100, 0x11FF, 0x302E, 0x302F, 0x3131, 0x318E, 0x3200, 0x321E, 0x3260, 0x327E, 0xA960, 0xA97C, 0xAC00, 0xD7A3,
            0xD7B0, 0xD7C6, 0xD7CB, 0xD7FB, 0xFFA0, 0xFFBE, 0xFFC2, 0xFFC7, 0xFFCA, 0xFFCF, 0xFFD2, 0xFFD7, 0xFFDA, 0xFFDC),
    };

    /// <summary>The predicate behind a name; null where the name is not known.</summary>
    public static Func<int, bool>? Find(string name)
    {
        foreach (string prefix in (string[])["Is", "Script=", "sc=", "General_Category=", "gc="])
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal)) name = name[prefix.Length..];
        }

        if (Groups.TryGetValue(name, out char group)) return code => CharacterClass.IsGeneral(code, group);
        if (Categories.TryGetValue(name, out UnicodeCategory category)) return code => CharacterClass.CategoryOf(code) == category;
        return Named.GetValueOrDefault(name);
    }

    private static Func<int, bool> In(params int[] ranges) => code =>
    {
        for (int i = 0; i < ranges.Length; i += 2)
        {
            if (code >= ranges[i] && code <= ranges[i + 1]) return true;
        }

        return false;
    };
}
