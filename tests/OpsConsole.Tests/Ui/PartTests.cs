using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OpsConsole.Operations;
using OpsConsole.Ui;
using Plotly.Blazor;
using Plotly.Blazor.Traces;

namespace OpsConsole.Tests.Ui;

public sealed class PartTests : BunitContext
{
    [Theory]
    [InlineData(0.5, "50 %")]
    [InlineData(0.04321, "4.3 %")]
    [InlineData(0.999, "99.9 %")]
    [InlineData(1.0, "100 %")]
    [InlineData(0.0, "0 %")]
    public void CountedRate_Known_ShowsShareRangeAndCount(double value, string shown)
    {
        var part = Render<CountedRate>(p => p.Add(c => c.Value, value).Add(c => c.Low, 0.3).Add(c => c.High, 0.7).Add(c => c.N, 1234));
        Assert.Equal(shown, part.Find(".rate-value").TextContent);
        Assert.Equal("30 %–70 %", part.Find(".rate-range").TextContent);
        Assert.Equal("n = 1,234", part.Find(".rate-count").TextContent);
    }

    [Fact]
    public void CountedRate_NothingToDivideBy_ShowsADashAndTheCount()
    {
        var part = Render<CountedRate>(p => p.Add(c => c.Value, null).Add(c => c.N, 0));
        Assert.Equal("—", part.Find(".rate-value").TextContent);
        Assert.Equal("n = 0", part.Find(".rate-count").TextContent);
    }

    [Fact]
    public void TimeAgo_Known_CarriesTheMomentForTheBrowserAndReadsWithoutScripts()
    {
        var part = Render<TimeAgo>(p => p.Add(t => t.At, new DateTimeOffset(2026, 3, 1, 14, 5, 9, TimeSpan.FromHours(2))).Add(t => t.Mode, TimeMode.Left));
        var time = part.Find("ops-time");
        Assert.Equal("2026-03-01T12:05:09Z", time.GetAttribute("datetime"));
        Assert.Equal("left", time.GetAttribute("mode"));
        Assert.Equal("2026-03-01 12:05 UTC", time.TextContent);
    }

    [Fact]
    public void TimeAgo_Unknown_SaysSo() => Assert.Equal("never", Render<TimeAgo>(p => p.Add(t => t.At, null).Add(t => t.None, "never")).Find("span").TextContent);

    [Theory]
    [InlineData("EUR", 1.5, "€1.50")]
    [InlineData("EUR", -1840.4, "−€1,840")]
    [InlineData("SEK", 12, "SEK 12.00")]
    public void Money_InTheOperationsCurrency_IsShortWhereItIsLarge(string currency, double amount, string shown)
    {
        Services.AddSingleton(new SettingsStore(new OperationsSettings { Currency = currency }, null!, TimeProvider.System, NullLogger<SettingsStore>.Instance));
        Assert.Equal(shown, Render<Money>(p => p.Add(m => m.Amount, amount)).Find(".money").TextContent);
    }

    [Fact]
    public void StateChip_Kind_IsToldByWordAndShape()
    {
        var part = Render<StateChip>(p => p.Add(c => c.Text, "Late").Add(c => c.Kind, ChipKind.Bad));
        Assert.Contains("Late", part.Find(".chip-bad").TextContent, StringComparison.Ordinal);
        Assert.Equal("true", part.Find(".chip-shape").GetAttribute("aria-hidden"));
    }

    [Fact]
    public void ErrorState_Retry_IsAsked()
    {
        var asked = 0;
        var part = Render<ErrorState>(p => p.Add(e => e.Message, "It failed").Add(e => e.OnRetry, () => asked++));
        part.Find("button").Click();
        Assert.Equal(1, asked);
    }

    [Fact]
    public void ChartFrame_WithoutData_SaysWhatIsMissingInsteadOfAnEmptyChart()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        var part = Render<ChartFrame>(p => p.Add(c => c.Title, "Precision").Add(c => c.Data, []));
        Assert.Empty(part.FindAll(".chart-body"));
        Assert.Contains("Nothing to draw yet", part.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void ChartFrame_WithData_NamesTheChartAndOffersATable()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        IReadOnlyList<ITrace> data = [new Scatter { X = [1, 2], Y = [3, 4] }];
        var part = Render<ChartFrame>(p => p
            .Add(c => c.Title, "Precision").Add(c => c.Note, "rises").Add(c => c.Data, data).Add(c => c.Table, "<table></table>"));
        Assert.Equal("Precision: rises", part.Find("[role=img]").GetAttribute("aria-label"));
        Assert.NotNull(part.Find("details table"));
    }
}
