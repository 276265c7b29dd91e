using System.Text.RegularExpressions;
using Microsoft.Playwright;
using OpsConsole.Access;
using static Microsoft.Playwright.Assertions;

namespace OpsConsole.BrowserTests;

/// <summary>What those do who ask whether it is good enough, and take the data home.</summary>
public sealed partial class FigureJourneys(DemoSite site) : IClassFixture<DemoSite>
{
    [Fact]
    public async Task Manager_ReadsAChartDownToAShipment()
    {
        await using var screen = await site.OpenAnonymousAsync();
        await screen.RunAsync(async () =>
        {
            await screen.Page.GotoAsync("/sign-in");
            await screen.Page.Locator(".door-button", new() { HasText = Roles.Manager }).ClickAsync();
            await screen.Page.Locator(".tabs a", new() { HasText = "Quality" }).ClickAsync();
            var point = screen.Page.Locator(".js-plotly-plot .scatterlayer .points path").First;
            await point.WaitForAsync(new() { State = WaitForSelectorState.Attached });
            await point.ScrollIntoViewIfNeededAsync();
            var box = (await point.BoundingBoxAsync())!;
            // Where the point is painted: Plotly takes the mouse by a layer of its own above it.
            await screen.Page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + box.Height / 2, new() { Steps = 5 });
            await screen.Page.Locator(".js-plotly-plot .hovertext").First.WaitForAsync();
            await screen.Page.Mouse.DownAsync();
            await screen.Page.Mouse.UpAsync();
            await Expect(screen.Page).ToHaveURLAsync(Opened(), new() { Timeout = 60_000 });
            var cell = screen.Page.Locator(".counted .cell", new() { Has = screen.Page.Locator(".num", new() { HasTextRegex = Some() }) }).First;
            var count = int.Parse(await cell.Locator(".num").InnerTextAsync(), System.Globalization.NumberStyles.AllowThousands, System.Globalization.CultureInfo.InvariantCulture);
            await cell.ClickAsync();
            await Expect(cell).ToHaveAttributeAsync("aria-pressed", "true");
            var rows = screen.Page.Locator(".counted tbody tr");
            await Expect(rows).ToHaveCountAsync(count);
            var id = await rows.First.Locator("a").InnerTextAsync();
            await rows.First.Locator("a").ClickAsync();
            await Expect(screen.Page.Locator(".panel-head h2")).ToHaveTextAsync(id);
            await Expect(screen.Page.Locator(".timeline")).ToContainTextAsync("Booked");
        });
        screen.AssertQuiet();
    }

    [Fact]
    public async Task Manager_MovesTheThreshold_AndSomebodyElseAppliesIt()
    {
        var after = "";
        await using (var manager = await site.OpenAnonymousAsync())
        {
            await manager.RunAsync(async () => after = await ProposeAsync(manager.Page));
            manager.AssertQuiet();
        }
        await using var admin = await site.OpenAnonymousAsync();
        await admin.RunAsync(async () =>
        {
            await admin.Page.GotoAsync("/sign-in");
            await admin.Page.Locator(".door-button", new() { HasText = Roles.Admin }).ClickAsync();
            await admin.Page.Locator(".tabs a", new() { HasText = "Threshold" }).ClickAsync();
            await admin.Page.Locator(".proposals button", new() { HasText = "Apply" }).ClickAsync();
            await Expect(admin.Page.Locator(".proposals li").First).ToContainTextAsync("applied");
            await Expect(admin.Page.Locator(".threshold-table thead th").Nth(1)).ToHaveTextAsync($"Now {after}");
            await Expect(admin.Page.Locator(".threshold-watch")).ToContainTextAsync("Watched for seven days");
        });
        admin.AssertQuiet();
    }

    private static async Task<string> ProposeAsync(IPage page)
    {
        await page.GotoAsync("/sign-in");
        await page.Locator(".door-button", new() { HasText = Roles.Manager }).ClickAsync();
        await page.Locator(".tabs a", new() { HasText = "Threshold" }).ClickAsync();
        var handle = page.Locator("#then");
        var flags = page.Locator(".threshold-table tbody tr").First.Locator("td");
        await handle.FocusAsync();
        var before = int.Parse(await handle.InputValueAsync(), System.Globalization.CultureInfo.InvariantCulture);
        await handle.PressAsync("ArrowLeft");
        await handle.PressAsync("Shift+ArrowLeft");
        await Expect(handle).ToHaveValueAsync((before - 60).ToString(System.Globalization.CultureInfo.InvariantCulture));
        var after = ((before - 60) / 1000.0).ToString("0.000", System.Globalization.CultureInfo.InvariantCulture);
        // Where it rests stands in the address; as many or more are flagged, none fewer.
        await Expect(page).ToHaveURLAsync(new Regex($"to={Regex.Escape(after)}"));
        await Expect(page.Locator(".threshold-table thead th").Nth(2)).ToHaveTextAsync($"Then {after}");
        var shown = await Task.WhenAll(new[] { 0, 1 }.Select(async i => double.Parse(await flags.Nth(i).InnerTextAsync(), System.Globalization.CultureInfo.InvariantCulture)));
        Assert.True(shown[1] >= shown[0]);
        await page.Locator(".threshold-propose textarea").FillAsync("Fewer missed in the evenings");
        await page.Locator(".threshold-propose button", new() { HasText = "Propose" }).ClickAsync();
        await Expect(page.Locator(".proposals li").First).ToContainTextAsync("Somebody else applies it");
        await Expect(page.Locator(".proposals button", new() { HasText = "Apply" })).ToBeDisabledAsync();
        return after;
    }

    [Fact]
    public async Task Analyst_StartsABacktest_AndReadsItsFigures()
    {
        await using var screen = await site.OpenAnonymousAsync();
        await screen.RunAsync(async () =>
        {
            await screen.Page.GotoAsync("/sign-in");
            await screen.Page.Locator(".door-button", new() { HasText = Roles.Analyst }).ClickAsync();
            await screen.Page.Locator(".tabs a", new() { HasText = "Quality" }).ClickAsync();
            await screen.Page.Locator(".basis button", new() { HasText = "Backtest of a version" }).ClickAsync();
            await screen.Page.Locator(".basis select").SelectOptionAsync("rule-1");
            await screen.Page.GetByText("Start the backtest").ClickAsync();
            // The figures come by themselves once the run has ended.
            await Expect(screen.Page.Locator(".basis-about")).ToContainTextAsync("What rule-1 would have said", new() { Timeout = 120_000 });
            await Expect(screen.Page.Locator(".tile .rate-count").First).ToHaveTextAsync(Counted());
            await Expect(screen.Page.Locator(".basis-run")).ToHaveCountAsync(0);
            await screen.Page.ReloadAsync();
            await Expect(screen.Page.Locator(".basis-about")).ToContainTextAsync("What rule-1 would have said");
        });
        screen.AssertQuiet();
    }

    [Fact]
    public async Task Analyst_TakesTheLabelsHome()
    {
        await using var screen = await site.OpenAnonymousAsync();
        await screen.RunAsync(async () =>
        {
            await screen.Page.GotoAsync("/sign-in");
            await screen.Page.Locator(".door-button", new() { HasText = Roles.Analyst }).ClickAsync();
            await screen.Page.Locator(".tabs a", new() { HasText = "Labels" }).ClickAsync();
            var csv = screen.Page.Locator("a[download]", new() { HasText = "CSV" });
            await csv.WaitForAsync();
            var download = await screen.Page.RunAndWaitForDownloadAsync(() => csv.ClickAsync());
            var lines = await File.ReadAllLinesAsync(await download.PathAsync());
            Assert.StartsWith("shipment_id,decided_at,lead_minutes,model_version,score", lines[0], StringComparison.Ordinal);
            var columns = lines[0].Split(',').Length;
            Assert.True(lines.Length > 50, $"Only {lines.Length} lines.");
            Assert.All(lines[1..], line => Assert.True(line.Split(',').Length >= columns, line));
            Assert.All(lines[1..], line => Assert.StartsWith("SIM-", line, StringComparison.Ordinal));
        });
        screen.AssertQuiet();
    }

    [GeneratedRegex("[?&]day=")]
    private static partial Regex Opened();

    [GeneratedRegex("n = [1-9]")]
    private static partial Regex Counted();

    [GeneratedRegex("^[1-9]")]
    private static partial Regex Some();
}
