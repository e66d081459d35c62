using System.Text.Json;
using Plum.Torch.Training;
using Xunit;

namespace Plum.Torch.Tests.Training;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void Every_golden_schedule_is_equal()
    {
        int cases = 0;
        foreach (JsonProperty golden in LossOracles.Read("lr_schedules.json").GetProperty("schedules").EnumerateObject())
        {
            double? Number(params string[] names) => names.Select(name => golden.Value.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : (double?)null).FirstOrDefault(value => value is not null);
            string name = golden.Value.TryGetProperty("name", out JsonElement told) ? told.GetString()! : golden.Name;
            double rate = Number("base_lr")!.Value;
            LearningRateSchedule schedule = new(
                JsonSerializer.Deserialize<LearningRateShape>($"\"{name}\"", PlumJson.Recipe), rate, (long)Number("total")!, (long?)Number("warmup") ?? 0,
                Number("lr_end", "min_lr") ?? Number("min_lr_rate", "min_lr_ratio") * rate, Number("num_cycles"), Number("power") ?? 1, (long?)Number("num_decay_steps", "decay"));
            double[] expected = golden.Value.Doubles("lr_at_step");
            for (int step = 0; step < expected.Length; step++) Assert.Equal(expected[step], schedule.At(step), 1e-15);
            cases++;
        }

        Assert.True(cases > 0);
    }

    [Fact]
    public void Each_shape_starts_and_ends_where_it_says()
    {
        foreach (LearningRateShape shape in Enum.GetValues<LearningRateShape>())
        {
            LearningRateSchedule schedule = new(shape, 2e-3, 100, shape == LearningRateShape.Constant ? 0 : 10, LeastRate: 1e-4);
            Assert.Equal(shape == LearningRateShape.Constant ? 2e-3 : 0, schedule.At(0));
            Assert.Equal(2e-3, schedule.At(10), 1e-12);
            double last = shape switch
            {
                LearningRateShape.Constant or LearningRateShape.ConstantWithWarmup => 2e-3,
                LearningRateShape.CosineWithMinLr or LearningRateShape.Polynomial or LearningRateShape.WarmupStableDecay => 1e-4,
                LearningRateShape.InverseSqrt => 2e-3 / Math.Sqrt(10),
                _ => 0,
            };
            Assert.Equal(last, schedule.At(100), 1e-12);
        }
    }

    [Fact]
    public void Warmup_share_is_rounded_up() => Assert.Equal(4, LearningRateSchedule.WarmupFrom(0.1, 31));
}
