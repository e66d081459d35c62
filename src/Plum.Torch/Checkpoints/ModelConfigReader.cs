namespace Plum.Torch.Checkpoints;

/// <summary>Reads config.json: keys under every spelling in use, defaults of the family, and a refusal of what the decoder does not do.</summary>
internal static class ModelConfigReader
{
    public static IReadOnlyDictionary<ModelFamily, string> ModelTypes { get; } = new Dictionary<ModelFamily, string>
    {
        [ModelFamily.Llama] = "llama",
        [ModelFamily.Qwen2] = "qwen2",
        [ModelFamily.Mistral] = "mistral",
        [ModelFamily.Starcoder2] = "starcoder2",
        [ModelFamily.Gpt2] = "gpt2",
        [ModelFamily.GptBigCode] = "gpt_bigcode",
    };

    public static ModelConfig Read(string folder)
    {
        if (!Directory.Exists(folder)) throw new InputException($"{folder} is not a folder; a checkpoint is a folder with config.json and model.safetensors.");
        JsonSettings json = JsonSettings.Read(Path.Combine(folder, "config.json"));
        string generationFile = Path.Combine(folder, "generation_config.json");
        JsonSettings? generation = File.Exists(generationFile) ? JsonSettings.Read(generationFile) : null;
        return Read(json, generation);
    }

    public static ModelConfig Read(JsonSettings json, JsonSettings? generation)
    {
        string type = json.TextOrNull("model_type") ?? throw new InputException($"{json.File}: model_type is missing; it says which family the model is of.");
        ModelFamily[] found = [.. ModelTypes.Where(row => row.Value == type).Select(row => row.Key)];
        if (found is not [ModelFamily family])
            throw new InputException($"{json.File}: model_type \"{type}\" is not supported; supported are {string.Join(", ", ModelTypes.Values)}.");
        RefuseUnsupported(json);
        ModelConfig config = family is ModelFamily.Gpt2 or ModelFamily.GptBigCode ? ReadGpt2(json, family) : ReadRotary(json, family);
        config = config with
        {
            StorageType = ReadStorageType(json),
            EndIds = generation?.IntsOrNull("eos_token_id") ?? json.IntsOrNull("eos_token_id") ?? [],
            BeginId = generation?.IntOrNull("bos_token_id") ?? json.IntOrNull("bos_token_id"),
            PadId = generation?.IntOrNull("pad_token_id") ?? json.IntOrNull("pad_token_id"),
        };
        return Checked(json, config);
    }

    private static ModelConfig ReadRotary(JsonSettings json, ModelFamily family)
    {
        int hidden = json.Positive("hidden_size");
        int heads = json.Positive("num_attention_heads");
        int layers = json.Positive("num_hidden_layers");
        int maxPositions = json.Positive("max_position_embeddings", family switch
        {
            ModelFamily.Qwen2 => 32768,
            ModelFamily.Mistral => 131072,
            ModelFamily.Starcoder2 => 4096,
            _ => 2048,
        });
        bool starcoder2 = family == ModelFamily.Starcoder2;
        bool bias = family switch
        {
            ModelFamily.Llama => json.Bool("attention_bias", false),
            ModelFamily.Qwen2 => true,
            ModelFamily.Starcoder2 => json.Bool("use_bias", true),
            _ => false,
        };
        (double theta, RopeScaling? scaling) = RopeReader.Read(json, maxPositions);
        return new ModelConfig(
            family,
            json.Positive("vocab_size"),
            hidden,
            layers,
            heads,
            // Absent is the family's own default, null is as many as there are query heads.
            json.Positive("num_key_value_heads", json.Element.TryGetProperty("num_key_value_heads", out _) ? heads : family switch { ModelFamily.Mistral => 8, ModelFamily.Starcoder2 => 2, ModelFamily.Qwen2 => 32, _ => heads }),
            json.Positive("head_dim", Math.Max(1, hidden / heads)),
            json.Positive("intermediate_size"),
            maxPositions,
            starcoder2 ? NormKind.Layer : NormKind.Rms,
            starcoder2 ? json.Double("norm_epsilon", 1e-5) : json.Double("rms_norm_eps", 1e-6),
            PositionKind.Rope,
            theta,
            scaling,
            SlidingWindowReader.Read(json, family, layers),
            ReadActivation(json, "hidden_act", starcoder2 ? "gelu_pytorch_tanh" : "silu"),
            GatedMlp: !starcoder2,
            QueryKeyValueBias: bias,
            OutputBias: bias && family != ModelFamily.Qwen2,
            MlpBias: family switch { ModelFamily.Llama => json.Bool("mlp_bias", false), ModelFamily.Starcoder2 => bias, _ => false },
            TiedEmbeddings: json.Bool("tie_word_embeddings", starcoder2),
            MultiQueryFused: false,
            StorageType.Float32, [], null, null);
    }

    private static ModelConfig ReadGpt2(JsonSettings json, ModelFamily family)
    {
        int hidden = json.Positive("n_embd");
        int heads = json.Positive("n_head");
        int layers = json.Positive("n_layer");
        bool multiQuery = family == ModelFamily.GptBigCode && json.Bool("multi_query", true);
        return new ModelConfig(
            family,
            json.Positive("vocab_size"),
            hidden,
            layers,
            heads,
            multiQuery ? 1 : heads,
            Math.Max(1, hidden / heads),
            json.Positive("n_inner", 4 * hidden),
            json.Positive("n_positions", 1024),
            NormKind.Layer,
            json.Double("layer_norm_epsilon", 1e-5),
            PositionKind.Learned,
            RopeTheta: 10000,
            RopeScaling: null,
            new int?[layers],
            ReadActivation(json, "activation_function", family == ModelFamily.Gpt2 ? "gelu_new" : "gelu_pytorch_tanh"),
            GatedMlp: false,
            QueryKeyValueBias: true,
            OutputBias: true,
            MlpBias: true,
            TiedEmbeddings: json.Bool("tie_word_embeddings", true),
            MultiQueryFused: multiQuery,
            StorageType.Float32, [], null, null,
            ScaledAttention: json.Bool("scale_attn_weights", true),
            ScaledByLayer: family == ModelFamily.Gpt2 && json.Bool("scale_attn_by_inverse_layer_idx", false));
    }

    private static void RefuseUnsupported(JsonSettings json)
    {
        if (json.Section("quantization_config") is { } quantization)
            throw Unsupported(json, $"quantization_config ({quantization.TextOrNull("quant_method") ?? "unknown method"})", "use the unquantized checkpoint");
        if (json.Double("partial_rotary_factor", 1) != 1) throw Unsupported(json, "partial_rotary_factor", "rotary models rotate whole heads here");
        if (json.Bool("add_cross_attention", false)) throw Unsupported(json, "add_cross_attention", "only decoders are read");
        if (json.Bool("is_encoder_decoder", false)) throw Unsupported(json, "is_encoder_decoder", "only decoders are read");
        if (json.TextOrNull("attention_head_type") is { } headType)
            throw Unsupported(json, $"attention_head_type \"{headType}\"", "use the gpt_bigcode conversion of this model");
    }

    private static Activation ReadActivation(JsonSettings json, string key, string otherwise) => (json.TextOrNull(key) ?? otherwise) switch
    {
        "silu" or "swish" => Activation.Silu,
        "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" => Activation.GeluTanh,
        "gelu" or "gelu_python" => Activation.Gelu,
        "relu" => Activation.Relu,
        string other => throw Unsupported(json, $"{key} \"{other}\"", "supported are silu, gelu, gelu_new, gelu_pytorch_tanh, relu"),
    };

    private static StorageType ReadStorageType(JsonSettings json) => (json.TextOrNull("torch_dtype") ?? json.TextOrNull("dtype")) switch
    {
        null or "auto" or "float32" or "float" => StorageType.Float32,
        "float16" or "half" => StorageType.Float16,
        "bfloat16" => StorageType.BFloat16,
        string other => throw Unsupported(json, $"torch_dtype \"{other}\"", "supported are float32, float16, bfloat16"),
    };

    private static ModelConfig Checked(JsonSettings json, ModelConfig config)
    {
        if (config.Heads % config.KeyValueHeads != 0)
            throw new InputException($"{json.File}: num_attention_heads {config.Heads} is not a multiple of num_key_value_heads {config.KeyValueHeads}.");
        if (config.Position == PositionKind.Learned && config.HiddenSize % config.Heads != 0)
            throw new InputException($"{json.File}: n_embd {config.HiddenSize} is not a multiple of n_head {config.Heads}.");
        if (config.Position == PositionKind.Rope && config.HeadSize % 2 != 0)
            throw new InputException($"{json.File}: the head size {config.HeadSize} is odd; rotary positions need it even.");
        return config;
    }

    internal static InputException Unsupported(JsonSettings json, string feature, string remedy) =>
        new($"{json.File}: {feature} is not supported; {remedy}.");
}
