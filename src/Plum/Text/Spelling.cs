namespace Plum.Text;

/// <summary>Finds what someone who misspelt a word most likely meant.</summary>
public static class Spelling
{
    /// <summary>The known word closest to a given one, by edits of one letter; null where none is close enough to be meant.</summary>
    /// <param name="word">What was written.</param>
    /// <param name="known">What could have been meant; of equally close words the first.</param>
    public static string? Closest(string word, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(known);
        string? closest = null;
        int least = Math.Max(1, (word.Length + 1) / 3) + 1;
        foreach (string other in known)
        {
            int distance = Distance(word, other);
            if (distance < least) (closest, least) = (other, distance);
        }

        return closest;
    }

    /// <summary>Letters to insert, delete, replace, or swap with their neighbour (optimal string alignment), case left aside.</summary>
    private static int Distance(string a, string b)
    {
        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) cost[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) cost[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = cost[i - 1, j - 1] + (Same(a[i - 1], b[j - 1]) ? 0 : 1);
                cost[i, j] = Math.Min(replaced, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }

        return cost[a.Length, b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
