using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace OpsConsole.FaultTests;

/// <summary>The server dies and comes back under open boards (quality.md F19): they are live again by themselves, where they were, and no typed word is lost.</summary>
[Collection(Faults.Name)]
public sealed class ReturnTests(PublishedProgram program, ITestOutputHelper output)
{
    private static readonly TimeSpan Allowed = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task ServerKilledAndStarted_OpenBoards_AreLiveAgainWithTheirDraft()
    {
        var data = Directory.CreateTempSubdirectory("opsconsole-return-").FullName;
        var port = PublishedProgram.FreePort();
        var running = program.Start(data, Tabs.Settings, port: port);
        try
        {
            await running.ReadyAsync(TimeSpan.FromSeconds(60));
            var flagged = await FlaggedAsync(running);
            await using var tabs = await Tabs.OpenAsync(running.Client.BaseAddress!);
            var count = Faults.Rounds(4);
            var pages = new List<Microsoft.Playwright.IPage>();
            for (var i = 0; i < count; i++)
                pages.Add(await tabs.BoardAsync($"/?case={flagged[i % flagged.Count]}"));
            var urls = pages.Select(page => page.Url).ToList();
            // Whether a page is the one from before the crash: a dead one still shows everything.
            foreach (var page in pages)
                await page.EvaluateAsync("() => { window.fromBefore = true; }");
            await pages[0].BringToFrontAsync();
            await pages[0].Keyboard.PressAsync("l");
            await pages[0].Keyboard.PressAsync("a");
            await pages[0].Keyboard.TypeAsync("typed before the crash");
            await Until.TrueAsync(() => Ledger.Column(running.Database, "SELECT content FROM drafts").Any(d => d.Contains("typed before the crash", StringComparison.Ordinal)), running);

            await running.KillAsync();
            running.Dispose();
            running = program.Start(data, Tabs.Settings, port: port);
            await running.ReadyAsync(TimeSpan.FromSeconds(60));
            var back = Stopwatch.GetTimestamp();
            var slowest = TimeSpan.Zero;
            for (var i = 0; i < count; i++)
            {
                // A hidden tab may rest; it must be there when it is looked at.
                await pages[i].BringToFrontAsync();
                var looked = Stopwatch.GetElapsedTime(back) > Allowed ? Stopwatch.GetTimestamp() : back;
                await pages[i].WaitForFunctionAsync("() => !window.fromBefore", null, new() { Timeout = (float)Allowed.TotalMilliseconds });
                await Expect(pages[i].Locator(".panel-head h2")).ToHaveTextAsync(flagged[i % flagged.Count], new() { Timeout = (float)Allowed.TotalMilliseconds });
                await Expect(pages[i].Locator("#components-reconnect-modal")).ToBeHiddenAsync(new() { Timeout = (float)Allowed.TotalMilliseconds });
                Assert.Equal(urls[i], pages[i].Url);
                // Live: a key is answered by the server.
                await pages[i].EvaluateAsync("() => document.activeElement?.blur()");
                await pages[i].Keyboard.PressAsync("o");
                await pages[i].Locator(".answer [data-key='o'][aria-pressed=true]").WaitForAsync(new() { Timeout = (float)Allowed.TotalMilliseconds });
                var took = Stopwatch.GetElapsedTime(looked);
                slowest = took > slowest ? took : slowest;
            }
            Assert.InRange(slowest, TimeSpan.Zero, Allowed);
            await Expect(pages[0].Locator("[data-note]")).ToHaveValueAsync("typed before the crash");
            output.WriteLine($"F19: {count} of {count} boards live again, the slowest {slowest.TotalSeconds:0.0} s after the server; the draft was there");
        }
        finally
        {
            running.Dispose();
        }
        Directory.Delete(data, recursive: true);
    }

    /// <summary>
    /// A board comes back the moment it is cut off, so also while the server is still stopping. Taken in then, it was closed by nobody: the server
    /// waited for it until its time was up, and ended with an error.
    /// </summary>
    [Fact]
    public async Task ServerStopped_UnderOpenBoards_EndsAtOnceAndWell()
    {
        var data = Directory.CreateTempSubdirectory("opsconsole-stop-").FullName;
        var port = PublishedProgram.FreePort();
        var running = program.Start(data, Tabs.Settings, port: port);
        try
        {
            await running.ReadyAsync(TimeSpan.FromSeconds(60));
            var flagged = await FlaggedAsync(running);
            await using var tabs = await Tabs.OpenAsync(running.Client.BaseAddress!);
            List<TimeSpan> took = [];
            for (var round = 0; round < Faults.Rounds(3); round++)
            {
                for (var i = 0; i < 4; i++)
                    await tabs.BoardAsync($"/?case={flagged[i]}");
                var ended = await running.TerminateAsync();
                took.Add(ended.Took);
                Assert.True(ended.ExitCode == 0, $"ended with {ended.ExitCode} after {ended.Took}:\n{running.Log}");
                await tabs.CloseAllAsync();
                running.Dispose();
                running = program.Start(data, Tabs.Settings, port: port);
                await running.ReadyAsync(TimeSpan.FromSeconds(60));
            }
            output.WriteLine($"stopped {took.Count} times under 4 open boards, within {took.Max().TotalSeconds:0.0} s at most");
            Assert.InRange(took.Max(), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        }
        finally
        {
            running.Dispose();
        }
        Directory.Delete(data, recursive: true);
    }

    /// <summary>Shipments that the rule flags: promised soon, and not scanned for days.</summary>
    private static async Task<List<string>> FlaggedAsync(RunningProgram running)
    {
        var now = TimeProvider.System.GetUtcNow();
        var shipments = Enumerable.Range(0, 6).Select(i => new
        {
            shipmentId = $"RET-{i}",
            bookedAt = now.AddDays(-5),
            promisedBy = now.AddHours(2).AddMinutes(i),
            origin = new { areaCode = "A" },
            destination = new { areaCode = "B" },
            service = "standard",
            distanceKm = 600,
        }).ToArray();
        using var answer = await running.Client.PostAsync(new Uri("/api/v1/shipments", UriKind.Relative), Json.Of(shipments));
        answer.EnsureSuccessStatusCode();
        List<string> flagged = [];
        await Until.TrueAsync(
            async () =>
            {
                var cases = await running.Client.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/cases?state=open", UriKind.Relative));
                flagged = [.. cases.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("shipmentId").GetString()!)];
                return flagged.Count == shipments.Length;
            },
            running);
        return flagged;
    }
}
