using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Playwright;
using OpsConsole.Client;
using Xunit.Abstractions;

namespace OpsConsole.FaultTests;

/// <summary>
/// What an administrator takes away at one process is gone at the other (quality.md 2d: within five seconds on all nodes), without Redis, which would
/// only make it sooner.
/// </summary>
[Collection(Faults.Name)]
public sealed class RevocationTests(PublishedProgram program, ITestOutputHelper output)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);
    private const string Password = "violet-harbour-nine-kites";

    [Fact]
    public async Task Key_RevokedAtOneProcess_IsRefusedAndDisconnectedAtTheOther()
    {
        using var both = new Instances(program, Tabs.Settings);
        await both.StartAsync();
        await using var admin = await Tabs.OpenAsync(both.A.Client.BaseAddress!);
        var page = await admin.PageAsync("/settings/keys");
        await page.Locator("input[name='_new.Name']").FillAsync("listener");
        await page.GetByLabel("Source", new() { Exact = false }).First.FillAsync("listener");
        await page.GetByLabel("read", new() { Exact = true }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the key" }).ClickAsync();
        var key = await page.Locator("#new-key").InnerTextAsync();

        using var caller = new HttpClient { BaseAddress = both.B.Client.BaseAddress };
        caller.DefaultRequestHeaders.Add("X-Api-Key", key);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(caller, "/api/v1/cases"));
        var lost = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var hub = new OperationsHubClient(both.B.Client.BaseAddress!, key) { ConnectionLost = _ => lost.TrySetResult(Stopwatch.GetTimestamp()) };
        await hub.StartAsync();

        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "listener" });
        await row.GetByRole(AriaRole.Button, new() { Name = "Revoke…" }).ClickAsync();
        var revoked = Stopwatch.GetTimestamp();
        await row.GetByRole(AriaRole.Button, new() { Name = "Revoke for good" }).ClickAsync();
        await Until.TrueAsync(async () => await StatusAsync(caller, "/api/v1/cases") == HttpStatusCode.Unauthorized, both.B);
        var refused = Stopwatch.GetElapsedTime(revoked);
        var gone = Stopwatch.GetElapsedTime(revoked, await lost.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        Say("a key revoked at A", refused, "refused at B", gone, "its hub connection at B closed");
        Assert.True(refused <= Bound && gone <= Bound, $"refused after {refused}, disconnected after {gone}");
    }

    [Theory]
    [InlineData("Shut out")]
    [InlineData("End sessions")]
    public async Task Person_ShutOutOrEndedAtOneProcess_IsGoneFromTheOther(string button)
    {
        using var both = new Instances(program, Tabs.Settings);
        await both.StartAsync();
        await using var admin = await Tabs.OpenAsync(both.A.Client.BaseAddress!);
        var people = await admin.PageAsync("/settings/people");
        await people.Locator("input[name='_new.Name']").FillAsync("Dora");
        await people.GetByLabel("E-mail").FillAsync("dora@example.org");
        await people.Locator("input[autocomplete=new-password]").FillAsync(Password);
        await people.GetByLabel("Role", new() { Exact = false }).Last.SelectOptionAsync("Dispatcher");
        await people.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        var row = people.GetByRole(AriaRole.Row).Filter(new() { HasText = "Dora" });
        await row.WaitForAsync();

        await using var dora = await Tabs.OpenAsync(both.B.Client.BaseAddress!, "dora@example.org", Password);
        var board = await dora.PageAsync("/quality");
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = both.B.Client.BaseAddress };
        browser.DefaultRequestHeaders.Add("Cookie", string.Join("; ", (await board.Context.CookiesAsync()).Select(c => $"{c.Name}={c.Value}")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser, "/account"));

        var done = Stopwatch.GetTimestamp();
        await row.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        await Until.TrueAsync(async () => await StatusAsync(browser, "/account") == HttpStatusCode.Found, both.B);
        var refused = Stopwatch.GetElapsedTime(done);
        await Until.TrueAsync(() => board.Url.Contains("/sign-in", StringComparison.Ordinal), both.B);
        var gone = Stopwatch.GetElapsedTime(done);
        Say($"\"{button}\" at A", refused, "cookie refused at B", gone, "open page at B at the door");
        Assert.True(refused <= Bound && gone <= Bound, $"refused after {refused}, page gone after {gone}");
    }

    private void Say(string what, TimeSpan first, string firstWhat, TimeSpan second, string secondWhat) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what}: {firstWhat} after {first.TotalSeconds:0.0} s, {secondWhat} after {second.TotalSeconds:0.0} s"));

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
        return answer.StatusCode;
    }
}
