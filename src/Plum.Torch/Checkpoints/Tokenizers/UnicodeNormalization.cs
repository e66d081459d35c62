using System.Globalization;
using System.Text;

namespace Plum.Torch.Checkpoints.Tokenizers;

/// <summary>
/// The four normalization forms of Unicode (Standard Annex 15), from the database's own tables: .NET's Normalize gives
/// text back unchanged where globalization is invariant.
/// </summary>
internal static class UnicodeNormalization
{
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int Vowels = 21, Tails = 28, Syllables = 19 * Vowels * Tails;

    private static readonly Lazy<Tables> Data = new(Tables.Read);

    public static string Normalize(string text, NormalizationForm form)
    {
        bool compatible = form is NormalizationForm.FormKC or NormalizationForm.FormKD;
        bool compose = form is NormalizationForm.FormC or NormalizationForm.FormKC;
        if (IsPlain(text, compose && !compatible)) return text;
        List<int> codes = [];
        for (int at = 0, length; at < text.Length; at += length)
            Decompose(CharacterClass.CodeAt(text, at, out length), compatible, codes);
        Order(codes);
        if (compose) Compose(codes);
        StringBuilder result = new(text.Length);
        foreach (int code in codes)
        {
            if (code >= 0x10000) result.Append(char.ConvertFromUtf32(code));
            else result.Append((char)code);
        }

        return result.ToString();
    }

    /// <summary>ASCII is every form of itself; below U+0300 everything is its own form C.</summary>
    private static bool IsPlain(string text, bool formC) =>
        !text.AsSpan().ContainsAnyExceptInRange('\0', formC ? '\u02FF' : '\u007F');

    private static void Decompose(int code, bool compatible, List<int> into)
    {
        if (code is >= SyllableBase and < SyllableBase + Syllables)
        {
            int index = code - SyllableBase;
            into.Add(LeadBase + (index / (Vowels * Tails)));
            into.Add(VowelBase + (index % (Vowels * Tails) / Tails));
            if (index % Tails != 0) into.Add(TailBase + (index % Tails));
        }
        else if (Data.Value.Canonical.TryGetValue(code, out int[]? parts) || (compatible && Data.Value.Compatible.TryGetValue(code, out parts)))
        {
            foreach (int part in parts) Decompose(part, compatible, into);
        }
        else
        {
            into.Add(code);
        }
    }

    private static void Order(List<int> codes)
    {
        for (int i = 1; i < codes.Count; i++)
        {
            int combining = ClassOf(codes[i]);
            if (combining == 0) continue;
            for (int j = i; j > 0 && ClassOf(codes[j - 1]) > combining; j--) (codes[j - 1], codes[j]) = (codes[j], codes[j - 1]);
        }
    }

    private static void Compose(List<int> codes)
    {
        int starter = -1, kept = 0, lastClass = 0;
        foreach (int code in codes.ToArray())
        {
            int combining = ClassOf(code);
            bool adjacent = starter >= 0 && starter == kept - 1;
            if (starter >= 0 && (adjacent || (lastClass < combining && lastClass != 0)) && Pair(codes[starter], code) is { } composed)
            {
                codes[starter] = composed;
                continue;
            }

            if (combining == 0) starter = kept;
            lastClass = combining;
            codes[kept++] = code;
        }

        codes.RemoveRange(kept, codes.Count - kept);
    }

    private static int? Pair(int first, int second)
    {
        int lead = first - LeadBase, vowel = second - VowelBase;
        if (lead is >= 0 and < 19 && vowel is >= 0 and < Vowels) return SyllableBase + (((lead * Vowels) + vowel) * Tails);
        int syllable = first - SyllableBase, tail = second - TailBase;
        if (syllable is >= 0 and < Syllables && syllable % Tails == 0 && tail is > 0 and < Tails) return first + tail;
        return Data.Value.Composed.TryGetValue((first, second), out int composed) ? composed : null;
    }

    private static int ClassOf(int code) => code < 0x300 ? 0 : Data.Value.Classes.GetValueOrDefault(code);

    /// <summary>Whether a code point is a combining mark without width (category Mn).</summary>
    public static bool IsAccent(int code) => CharacterClass.CategoryOf(code) == UnicodeCategory.NonSpacingMark;

    private sealed record Tables(Dictionary<int, int> Classes, Dictionary<int, int[]> Canonical, Dictionary<int, int[]> Compatible, Dictionary<(int, int), int> Composed)
    {
        public static Tables Read()
        {
            Tables tables = new([], [], [], []);
            foreach ((int code, _, string right, _) in Rows(UnicodeDecompositions.CombiningClasses))
                tables.Classes[code] = int.Parse(right, CultureInfo.InvariantCulture);
            foreach ((int code, int offset, string right, bool excluded) in Rows(UnicodeDecompositions.Canonical))
            {
                int[] parts = Codes(right, offset);
                tables.Canonical[code] = parts;
                if (parts.Length == 2 && !excluded) tables.Composed[(parts[0], parts[1])] = code;
            }

            foreach ((int code, int offset, string right, _) in Rows(UnicodeDecompositions.Compatible))
                tables.Compatible[code] = Codes(right, offset);
            return tables;
        }

        private static IEnumerable<(int Code, int Offset, string Right, bool Excluded)> Rows(string table)
        {
            foreach (string row in table.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
            {
                string left = row[..row.IndexOf('=', StringComparison.Ordinal)], right = row[(left.Length + 1)..];
                bool excluded = left.EndsWith('!');
                string[] run = left.TrimEnd('!').Split('+');
                int first = Hex(run[0]), count = run.Length > 1 ? Hex(run[1]) : 1;
                for (int offset = 0; offset < count; offset++) yield return (first + offset, offset, right, excluded);
            }
        }

        private static int[] Codes(string text, int offset) => [.. text.Split('.').Select(code => Hex(code) + offset)];

        private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
