using System.Security.Cryptography;
using System.Text;

namespace Plum.Torch.Training;

/// <summary>Whether a saved state is of this very training: the model's files, the data's tokens, the settings.</summary>
internal static class TaskHash
{
    /// <summary>SHA-256 in hexadecimal.</summary>
    /// <param name="folder">The checkpoint folder that training starts from.</param>
    /// <param name="groups">The data.</param>
    /// <param name="settings">The settings, records whose text tells all they hold.</param>
    public static string Of(string folder, IReadOnlyList<CompletionGroup> groups, object settings) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{ReferenceLogProbs.Key(folder, groups, new PreferenceOptions(0))}\n{settings}")));
}
