using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Plum;

/// <summary>The one way Plum writes and reads JSON: snake_case, unknown keys are errors, floats round-trip.</summary>
public static class PlumJson
{
    /// <summary>For files: one compact object a line; null members are left out; unknown members are allowed, since other tools add their own.</summary>
    public static JsonSerializerOptions Lines { get; } = Create(JsonUnmappedMemberHandling.Skip, indented: false);

    /// <summary>For recipes: unknown keys fail, comments and trailing commas are welcome.</summary>
    public static JsonSerializerOptions Recipe { get; } = Create(JsonUnmappedMemberHandling.Disallow, indented: true);

    /// <summary>For reports: as <see cref="Lines"/>, indented.</summary>
    public static JsonSerializerOptions Pretty { get; } = Create(JsonUnmappedMemberHandling.Skip, indented: true);

    // Null members are not written, so a record's nullable parameters cannot be required when it is read.
    private static void LeaveNullsOut(JsonTypeInfo type)
    {
        foreach (JsonPropertyInfo property in type.Properties)
        {
            if (property.AssociatedParameter is { IsNullable: true }) property.IsRequired = false;
        }
    }

    private static JsonSerializerOptions Create(JsonUnmappedMemberHandling unmapped, bool indented)
    {
        JsonSerializerOptions options = new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DictionaryKeyPolicy = null,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = unmapped,
            ReadCommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            WriteIndented = indented,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveNullsOut } },
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        };
        options.MakeReadOnly();
        return options;
    }
}
