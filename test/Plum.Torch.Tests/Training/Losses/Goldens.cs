using System.Text.Json;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Training.Losses;

/// <summary>Compares with golden numbers at the precision of the case, and says how many cases there were and which differ.</summary>
internal sealed class Goldens(ITestOutputHelper output)
{
    private readonly List<string> failures = [];
    private int cases;

    public static Tensor Leaf(double[] values, JsonElement golden) => torch.tensor(values, Type(golden)).requires_grad_();

    public static Tensor Fixed(double[] values, JsonElement golden) => torch.tensor(values, Type(golden));

    public static Tensor Ones(Tensor like) => ones_like(like).detach();

    public void Case() => cases++;

    public void Compare(string what, JsonElement golden, double[] expected, Tensor actual)
    {
        double tolerance = golden.GetProperty("dtype").GetString() == "float64" ? 1e-9 : 1e-5;
        double[] values = [.. actual.detach().to_type(ScalarType.Float64).flatten().data<double>()];
        if (values.Length != expected.Length)
        {
            failures.Add($"{what}: {values.Length} values for {expected.Length}");
            return;
        }

        for (int i = 0; i < expected.Length; i++)
        {
            // Relative where the numbers are large: 1e-5 of a float loss of 300 is below its own precision.
            double error = Math.Abs(expected[i] - values[i]) / Math.Max(1, Math.Abs(expected[i]));
            if (!(error <= tolerance))
                failures.Add($"{what} [{i}]: {values[i]:R} for {expected[i]:R}");
        }
    }

    public void AssertAll()
    {
        output.WriteLine($"{cases} cases");
        Assert.Empty(failures);
        Assert.True(cases > 0);
    }

    private static ScalarType Type(JsonElement golden) =>
        golden.GetProperty("dtype").GetString() == "float64" ? ScalarType.Float64 : ScalarType.Float32;
}
