using OpsConsole.Client;
using OpsConsole.Learning;
using OpsConsole.Learning.Pages;

namespace OpsConsole.Tests.Learning;

public sealed class PageStateTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Fact]
    public void Form_DaysOfTheZone_BecomeMoments()
    {
        var form = new TrainForm { From = new(2026, 3, 1), To = new(2026, 7, 1), Decision = "lead:240", Name = " x ", Simulated = "only" };

        var request = form.ToRequest(Berlin);

        Assert.Equal(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.FromHours(1)), request.From);
        Assert.Equal(new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.FromHours(2)), request.To);
        Assert.Equal((240, null, "x", "only"), (request.DecisionLeadMinutes, request.DecisionPoint, request.Name, request.Simulated));
    }

    [Fact]
    public void Form_AnEventOrTheGrid_IsAskedForAsSuch()
    {
        Assert.Equal(EventType.OutForDelivery, new TrainForm { Decision = "outForDelivery" }.ToRequest(Berlin).DecisionPoint);
        var grid = new TrainForm().ToRequest(Berlin);
        Assert.Null(grid.DecisionPoint);
        Assert.Null(grid.DecisionLeadMinutes);
        Assert.All(TrainForm.Decisions, d => Assert.Empty(StartTraining.Check(new TrainForm { Decision = d.Value }.ToRequest(Berlin), DateTimeOffset.MaxValue)));
    }
}
