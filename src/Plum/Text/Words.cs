using System.Globalization;

namespace Plum.Text;

/// <summary>The words of a text, for comparing texts: letters, digits and underscores in lower case; a Chinese or Japanese letter is a word.</summary>
public static class Words
{
    /// <summary>Reads them.</summary>
    /// <param name="text">The text.</param>
    public static IReadOnlyList<string> Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> words = [];
        for (int at = 0; at < text.Length;)
        {
            int start = at;
            if (IsWordAlone(text[at])) at++;
            else while (at < text.Length && IsOfWord(text[at]) && !IsWordAlone(text[at])) at++;
            if (at > start) words.Add(text[start..at].ToLowerInvariant());
            else at++;
        }

        return words;
    }

    // These scripts put no space between words.
    private static bool IsWordAlone(char letter) => letter is >= '\u2E80' and <= '\u9FFF' && char.IsLetter(letter);

    private static bool IsOfWord(char letter) => char.IsLetterOrDigit(letter) || letter == '_' || letter > '\u007F' && char.GetUnicodeCategory(letter)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.Surrogate;
}
