using System.Text.Json;

namespace Plum.Torch.Checkpoints;

/// <summary>Reads which layers see a sliding window of keys only: <c>layer_types</c>, else each family's older switches.</summary>
internal static class SlidingWindowReader
{
    public static IReadOnlyList<int?> Read(JsonSettings json, ModelFamily family, int layers)
    {
        int? window = json.IntOrNull("sliding_window");
        if (family == ModelFamily.Mistral && !json.Element.TryGetProperty("sliding_window", out _)) window = 4096;
        if (window is <= 0) throw new InputException($"{json.File}: sliding_window has to be positive or null.");
        if (family == ModelFamily.Llama) window = null;
        if (family == ModelFamily.Qwen2 && !json.Bool("use_sliding_window", false)) window = null;
        if (json.Find("layer_types") is { } types) return ReadLayerTypes(json, types, window, layers);
        int first = family == ModelFamily.Qwen2 ? json.Int("max_window_layers", 28) : 0;
        return [.. Enumerable.Range(0, layers).Select(layer => layer >= first ? window : null)];
    }

    private static List<int?> ReadLayerTypes(JsonSettings json, JsonElement types, int? window, int layers)
    {
        if (types.ValueKind != JsonValueKind.Array || types.GetArrayLength() != layers)
            throw json.Wrong("layer_types", $"a list of {layers} strings, one a layer", types);
        List<int?> windows = [];
        foreach (JsonElement type in types.EnumerateArray())
        {
            windows.Add((type.ValueKind == JsonValueKind.String ? type.GetString() : null) switch
            {
                "full_attention" => null,
                "sliding_attention" => window ?? throw new InputException($"{json.File}: layer_types asks for sliding_attention but sliding_window is off."),
                _ => throw ModelConfigReader.Unsupported(json, $"layer type {type.GetRawText()}", "supported are full_attention and sliding_attention"),
            });
        }

        return windows;
    }
}
