using System.Globalization;
using System.Text;

namespace Plum.Torch.Checkpoints.Tokenizers;

/// <summary>A set of Unicode code points: a bitmap for the basic plane, a predicate beyond it.</summary>
internal sealed class CharacterClass
{
    private readonly ulong[] basic = new ulong[1024];
    private readonly Func<int, bool> predicate;

    public CharacterClass(Func<int, bool> predicate)
    {
        this.predicate = predicate;
        for (int code = 0; code < 0x10000; code++)
        {
            if (predicate(code)) basic[code >> 6] |= 1UL << (code & 63);
        }
    }

    public bool Contains(int code) => code < 0x10000 ? (basic[code >> 6] >> (code & 63) & 1) != 0 : predicate(code);

    public static UnicodeCategory CategoryOf(int code) => CharUnicodeInfo.GetUnicodeCategory(code);

    /// <summary>White_Space, what \s means.</summary>
    public static bool IsSpace(int code) =>
        code is >= 9 and <= 13 or 0x20 or 0x85 || CategoryOf(code) is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>Letters, marks, decimal digits and connectors, what \w means.</summary>
    public static bool IsWord(int code) =>
        CategoryOf(code) is <= UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.EnclosingMark or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation;

    /// <summary>\p{N}: what Rust calls numeric.</summary>
    public static bool IsNumeric(int code) =>
        CategoryOf(code) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>\p{P}, and the symbols of ASCII.</summary>
    public static bool IsPunctuation(int code) =>
        code is (>= 33 and <= 47) or (>= 58 and <= 64) or (>= 91 and <= 96) or (>= 123 and <= 126) || IsGeneral(code, 'P');

    /// <summary>Whether the code point's general category begins with a letter: L, M, N, P, S, Z, C.</summary>
    public static bool IsGeneral(int code, char group) => Groups[(int)CategoryOf(code)] == group;

    private const string Groups = "LLLLLMMMNNNZZZCCCCPPPPPPPSSSSC";

    /// <summary>The code point at a position, and how many chars it takes; a lone surrogate is itself.</summary>
    public static int CodeAt(ReadOnlySpan<char> text, int position, out int length)
    {
        char first = text[position];
        if (char.IsHighSurrogate(first) && position + 1 < text.Length && char.IsLowSurrogate(text[position + 1]))
        {
            length = 2;
            return char.ConvertToUtf32(first, text[position + 1]);
        }

        length = 1;
        return first;
    }

    /// <summary>How the code point before a position begins: its start.</summary>
    public static int StartBefore(ReadOnlySpan<char> text, int position) =>
        position >= 2 && char.IsLowSurrogate(text[position - 1]) && char.IsHighSurrogate(text[position - 2]) ? position - 2 : position - 1;

    /// <summary>The code points that fold to the same simple lower case, the code point itself included.</summary>
    public static IEnumerable<int> CaseVariants(int code)
    {
        if (!Rune.IsValid(code)) return [code];
        Rune rune = new(code);
        HashSet<int> variants = [code, Rune.ToLowerInvariant(rune).Value, Rune.ToUpperInvariant(rune).Value];
        if (variants.Contains('s')) variants.Add(0x17F);
        if (variants.Contains(0x17F)) variants.UnionWith(['s', 'S']);
        if (variants.Contains('k')) variants.Add(0x212A);
        if (variants.Contains(0x212A)) variants.UnionWith(['k', 'K']);
        return variants;
    }
}
