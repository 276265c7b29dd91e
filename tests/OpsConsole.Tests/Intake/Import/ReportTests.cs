using Bunit;
using Microsoft.AspNetCore.Components;
using OpsConsole.Intake.Import;
using OpsConsole.Intake.Pages;
using OpsConsole.Ui;

namespace OpsConsole.Tests.Imports;

/// <summary>How the check's findings are said and shown.</summary>
public sealed class ReportTests : BunitContext
{
    [Fact]
    public void Findings_OfAGoodFile_AreNone() =>
        Assert.Empty(ReportWords.Findings(ImportKind.Deliveries, new QualityReport { Rows = 5_000, Delivered = 5_000, Late = 400 }));

    [Fact]
    public void Findings_OfADoubtfulFile_NameEachWithItsCount()
    {
        var report = new QualityReport
        {
            Rows = 2_000,
            Delivered = 1_500,
            Late = 0,
            NoEnd = 500,
            RepeatedIds = 7,
            Times = [new TimeFinding("events.delivered", "Delivered", 1_500, null, null, LeftOut: 2, Twice: 0, DayOnly: 0, Midnight: 0, Night: 900, BeforeBooking: 11)],
        };
        var found = ReportWords.Findings(ImportKind.Deliveries, report);
        Assert.Equal(["None late", "No end", "Ids twice", "Before booking", "Odd hours", "No such hour"], found.Select(f => f.Chip));
        Assert.Equal(ChipKind.Bad, found[0].Kind);
        Assert.Contains("900 of 1,500", found.Single(f => f.Chip == "Odd hours").Text, StringComparison.Ordinal);
        Assert.Contains("11 of 1,500", found.Single(f => f.Chip == "Before booking").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void ReceiptTable_OfAFileWithoutEvents_ShowsShipmentsOnly()
    {
        RenderFragment table = builder =>
        {
            builder.OpenComponent<ReceiptTable>(0);
            builder.AddComponentParameter(1, nameof(ReceiptTable.Title), "Counts");
            builder.CloseComponent();
        };
        var part = Render<CascadingValue<ImportProgress>>(p => p
            .Add(c => c.Value, new ImportProgress(12, 1, new ItemCounts(1_234, 5, 6), new ItemCounts(), 0, 1)).Add(c => c.ChildContent, table));
        Assert.Equal(["Shipments"], part.FindAll("tbody th").Select(th => th.TextContent));
        Assert.Equal(["1,234", "5", "6"], part.FindAll("tbody td").Select(td => td.TextContent));
    }
}
