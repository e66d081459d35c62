using System.Text.Json;
using Xunit;

namespace Plum.Torch.Tests;

/// <summary>Finds the golden files of losses, schedules and sampling; a test whose file is absent is skipped, visibly.</summary>
internal static class LossOracles
{
    public static JsonElement Read(string file)
    {
        string path = Path.Combine(Folder(), file);
        if (!File.Exists(path)) Assert.Skip($"{path} is absent: set PLUM_ORACLES to the folder of golden answers.");
        using FileStream stream = File.OpenRead(path);
        using JsonDocument document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }

    public static double[] Doubles(this JsonElement parent, string name) => parent.GetProperty(name).Doubles();

    public static double[] Doubles(this JsonElement array) => array.ValueKind == JsonValueKind.Null ? [] : [.. array.EnumerateArray().Select(value => value.GetDouble())];

    private static string Folder()
    {
        if (Environment.GetEnvironmentVariable("PLUM_ORACLES") is { Length: > 0 } folder) return folder;
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Plum.slnx"))) root = root.Parent;
        return Path.Combine(root?.FullName ?? ".", "..", "shared", "oracles");
    }
}
