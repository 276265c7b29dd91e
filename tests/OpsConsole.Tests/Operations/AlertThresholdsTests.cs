using OpsConsole.Operations.Alerts;

namespace OpsConsole.Tests.Operations;

public sealed class AlertThresholdsTests
{
    [Theory]
    [InlineData(100, 50, 100, true, false)]
    [InlineData(100, 50, 99, false, false)]
    [InlineData(100, 50, 50, false, true)]
    [InlineData(1, 1, 1, true, false)]
    [InlineData(1, 1, 0.9, false, true)]
    [InlineData(10, 15, 10, true, false)]
    [InlineData(10, 15, 12, false, false)]
    [InlineData(10, 15, 15, false, true)]
    public void Thresholds_OfAValue_SayBadGoodOrNeither(double raiseAt, double clearAt, double value, bool bad, bool good)
    {
        var thresholds = new AlertThresholds(raiseAt, 0, clearAt, 0);
        Assert.Equal((bad, good), (thresholds.IsBad(value), thresholds.IsGood(value)));
    }

    [Theory]
    [InlineData(double.NaN, 0, false)]
    [InlineData(1, -1, false)]
    [InlineData(1, 86_401, false)]
    [InlineData(1, 86_400, true)]
    public void Thresholds_ThatCantBe_SaySo(double raiseAt, int seconds, bool can) =>
        Assert.Equal(can, new AlertThresholds(raiseAt, seconds, 1, 0).Problem() is null);
}
