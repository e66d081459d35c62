#pragma warning disable CS1591, CA1822
namespace Plum.Torch.Checkpoints;
public sealed class ChatTemplate { public static ChatTemplate Load(string d) => new(); public string Render(IReadOnlyList<Plum.Models.ChatMessage> m, bool addGenerationPrompt) => string.Concat(m.Select(x => $"<|im_start|>{x.Role}\n{x.Content}<|im_end|>\n")) + "<|im_start|>assistant\n"; }
