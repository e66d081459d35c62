using Plum.Torch.Checkpoints;
using Plum.Torch.Tests.Decoding;
using Plum.Torch.Transformers;
using Xunit;

namespace Plum.Torch.Tests.Transformers;

/// <summary>Head size 16, against numbers that Python gave for the formulas of transformers' modeling_rope_utils.py.</summary>
public sealed class RotaryFrequenciesTests
{
    private static readonly Dictionary<string, (double Theta, RopeScaling? Scaling, int Length, double Factor, double[] Speeds)> Cases = new()
    {
        ["linear"] = (10000, new RopeScaling.Linear(4), 16, 1, [0.25, 0.0790569415, 0.025, 0.00790569415, 0.0025, 0.000790569415, 0.00025, 7.90569415e-05]),
        ["dynamic within its positions"] = (10000, new RopeScaling.Dynamic(2, 16), 16, 1, [1, 0.316227766, 0.1, 0.0316227766, 0.01, 0.00316227766, 0.001, 0.000316227766]),
        ["dynamic beyond them"] = (10000, new RopeScaling.Dynamic(2, 16), 40, 1, [1, 0.259412817, 0.0672950096, 0.017457188, 0.00452861832, 0.00117478164, 0.000304753414, 7.90569415e-05]),
        ["llama3"] = (500000, new RopeScaling.Llama3(8, 1, 4, 64), 16, 1, [1, 0.0794030092, 0.00470075387, 0.000911583092, 0.000176776695, 3.4281022e-05, 6.64786987e-06, 1.28917317e-06]),
        ["yarn, 128 positions"] = (10000, new RopeScaling.Yarn(4, 1.138629436, 32, 1, 128, true), 16, 1.138629436, [1, 0.237170825, 0.05, 0.00790569415, 0.0025, 0.000790569415, 0.00025, 7.90569415e-05]),
        ["yarn, 4096 positions"] = (10000, new RopeScaling.Yarn(4, 1, 32, 1, 4096, true), 16, 1, [1, 0.316227766, 0.1, 0.025693506, 0.00625, 0.00138349648, 0.00025, 7.90569415e-05]),
        ["yarn, other betas, not truncated"] = (10000, new RopeScaling.Yarn(4, 1, 16, 2, 4096, false), 16, 1, [1, 0.316227766, 0.1, 0.0316227766, 0.0067616192, 0.000825104359, 0.00025, 7.90569415e-05]),
    };

    public static TheoryData<string> Names => new(Cases.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Speeds_are_those_of_transformers(string name)
    {
        (double theta, RopeScaling? scaling, int length, double factor, double[] expected) = Cases[name];
        (double[] speeds, double scale) = RotaryFrequencies.Of(RowForwardTests.Qwen with { HeadSize = 16, RopeTheta = theta, RopeScaling = scaling }, length);
        Assert.Equal(factor, scale);
        Assert.All(expected.Zip(speeds), pair => Assert.Equal(1, pair.Second / pair.First, 1e-7));
    }
}
