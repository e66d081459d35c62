using Plum.Torch.Checkpoints;

namespace Plum.Torch.Transformers;

/// <summary>The angular speeds of rotary embeddings under each way of stretching them, as transformers computes them.</summary>
public static class RotaryFrequencies
{
    /// <summary>head_size / 2 angular speeds and the factor on cosines and sines.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="length">The longest position looked at plus one; only dynamic NTK asks for it.</param>
    public static (double[] Speeds, double Scale) Of(ModelConfig config, int length) => config.RopeScaling switch
    {
        null => (Plain(config, config.RopeTheta), 1),
        RopeScaling.Linear linear => ([.. Plain(config, config.RopeTheta).Select(speed => speed / linear.Factor)], 1),
        RopeScaling.Dynamic dynamic => (Plain(config, DynamicTheta(config, dynamic, length)), 1),
        RopeScaling.Llama3 llama => ([.. Plain(config, config.RopeTheta).Select(speed => Llama3(llama, speed))], 1),
        RopeScaling.Yarn yarn => (Yarn(config, yarn), yarn.AttentionFactor),
        _ => throw new InvalidOperationException($"{config.RopeScaling} has no formula here."),
    };

    private static double[] Plain(ModelConfig config, double theta) =>
        [.. Enumerable.Range(0, config.HeadSize / 2).Select(i => 1 / Math.Pow(theta, 2.0 * i / config.HeadSize))];

    private static double DynamicTheta(ModelConfig config, RopeScaling.Dynamic dynamic, int length)
    {
        double seen = Math.Max(length, dynamic.OriginalPositions);
        double growth = (dynamic.Factor * seen / dynamic.OriginalPositions) - (dynamic.Factor - 1);
        return config.RopeTheta * Math.Pow(growth, config.HeadSize / (config.HeadSize - 2.0));
    }

    private static double Llama3(RopeScaling.Llama3 llama, double speed)
    {
        double wavelength = 2 * Math.PI / speed;
        if (wavelength < llama.OriginalPositions / llama.HighFrequencyFactor)
            return speed;
        if (wavelength > llama.OriginalPositions / llama.LowFrequencyFactor)
            return speed / llama.Factor;
        double ramp = ((llama.OriginalPositions / wavelength) - llama.LowFrequencyFactor) / (llama.HighFrequencyFactor - llama.LowFrequencyFactor);
        return ((1 - ramp) * speed / llama.Factor) + (ramp * speed);
    }

    private static double[] Yarn(ModelConfig config, RopeScaling.Yarn yarn)
    {
        double Correction(double rotations) =>
            config.HeadSize * Math.Log(yarn.OriginalPositions / (rotations * 2 * Math.PI)) / (2 * Math.Log(config.RopeTheta));
        double low = Correction(yarn.BetaFast), high = Correction(yarn.BetaSlow);
        if (yarn.Truncate)
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        (low, high) = (Math.Max(low, 0), Math.Min(high, config.HeadSize - 1));
        double width = high == low ? 0.001 : high - low;
        return [.. Plain(config, config.RopeTheta).Select((speed, i) =>
        {
            double interpolated = Math.Clamp((i - low) / width, 0, 1);
            return (speed / yarn.Factor * interpolated) + (speed * (1 - interpolated));
        })];
    }
}
