using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Likelihoods;

/// <summary>Over what a likelihood is averaged.</summary>
public enum LikelihoodAverage
{
    /// <summary>Over all tokens of the batch: long completions weigh more. What TRL and most trainers do.</summary>
    Tokens,

    /// <summary>Over the tokens of each completion, then over completions: all completions weigh the same.</summary>
    Completions,

    /// <summary>Not over tokens: a completion weighs as its log-probability does.</summary>
    Sums,
}

/// <summary>How an average becomes one loss a completion, such that their plain mean is the average asked for.</summary>
internal static class LikelihoodAverages
{
    /// <summary>[batch]; under <see cref="LikelihoodAverage.Tokens"/> -log p(y_i) / mean length, whose mean is the mean over tokens.</summary>
    public static Tensor Of(LikelihoodAverage average, Tensor logProbs, Tensor lengths, double? meanLength) => average switch
    {
        LikelihoodAverage.Tokens when meanLength is { } length => -logProbs / length,
        LikelihoodAverage.Tokens => -logProbs / lengths.to_type(logProbs.dtype).mean(),
        LikelihoodAverage.Completions => -logProbs / lengths,
        _ => -logProbs,
    };
}
