using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit.Abstractions;

namespace OpsConsole.FaultTests;

/// <summary>Two instances on one SQLite file, without Redis: everything is right all the same.</summary>
[Collection(Faults.Name)]
public sealed class SharedFileTests(PublishedProgram program, ITestOutputHelper output)
{
    private const string Email = "first.admin@example.org";
    private const string Password = "cobalt-otter-seven-lamps";

    [Fact]
    public async Task StartedTogether_EmptyFolder_OneSeedAndOneKeyRing()
    {
        for (var round = 0; round < Faults.Rounds(3); round++)
        {
            using var both = new Instances(program, new Dictionary<string, string> { ["Bootstrap__AdminEmail"] = Email, ["Bootstrap__AdminPassword"] = Password });
            await both.StartAsync();
            Assert.Equal(1, both.Number("SELECT COUNT(*) FROM asp_net_users"));
            Assert.Equal(both.Number("SELECT COUNT(*) FROM asp_net_roles"), both.Number("SELECT COUNT(DISTINCT normalized_name) FROM asp_net_roles"));
            Assert.Equal(2, both.Number("SELECT COUNT(*) FROM sources"));
            Assert.Equal(1, both.Number("SELECT COUNT(*) FROM champion_terms"));
            Assert.Equal(1, both.Number("SELECT COUNT(*) FROM data_protection_keys"));
            if (round > 0)
                continue;
            // What A made, B takes: the cookie, and the form behind it.
            var cookies = new CookieContainer();
            using var browser = new HttpClient(new HttpClientHandler { CookieContainer = cookies, AllowAutoRedirect = false });
            await SignInAsync(browser, both.A, both.B);
            using var account = await browser.GetAsync(new Uri(both.B.Client.BaseAddress!, "/account"));
            Assert.Equal(HttpStatusCode.OK, account.StatusCode);
        }
    }

    [Fact]
    public async Task BothWriteAtOnce_ForSeconds_NobodyIsRefusedAndNothingIsLost()
    {
        using var both = new Instances(program);
        await both.StartAsync();
        var (atA, atB) = (new Ledger(), new Ledger());
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(8));
        var people = KeepJudgingAsync(both, stop.Token);
        await Task.WhenAll([people, .. Enumerable.Range(0, 4).SelectMany(i => new[]
        {
            atA.SendAsync(both.A.Client, $"a{i}", stop.Token), atB.SendAsync(both.B.Client, $"b{i}", stop.Token),
        })]);
        var judged = await people;
        output.WriteLine($"events acknowledged in 8 s: {atA.Acknowledged} at A, {atB.Acknowledged} at B; {judged} judgements beside them");

        foreach (var (status, count) in atA.Answers.Concat(atB.Answers))
            Assert.True(status == HttpStatusCode.OK, $"{count} answers were {status}:\n{both.A.Log}\n{both.B.Log}");
        Assert.Equal(atA.Acknowledged + atB.Acknowledged, both.Number("SELECT COUNT(DISTINCT event_id) FROM events"));
        Assert.Equal(both.Number("SELECT COUNT(*) FROM events"), both.Number("SELECT COUNT(DISTINCT event_id) FROM events"));
        // Neither is kept out by the other.
        Assert.InRange((double)atA.Acknowledged / (atA.Acknowledged + atB.Acknowledged), 0.2, 0.8);
        Ledger.CheckWhole(both.Database);
    }

    [Fact]
    public async Task HubClient_ComesBackToTheOtherInstance_MissesNothing()
    {
        using var both = new Instances(program);
        await both.StartAsync();
        List<string> posted = [.. await Instances.RegisterAsync(both.A, "before", 0, 50)];
        HashSet<string> heard;
        long seen;
        await using (var first = await HubEar.StartAsync(both.A, 0))
        {
            await Until.TrueAsync(() => first.Shipments().IsSupersetOf(posted), both.A);
            posted.AddRange(await Instances.RegisterAsync(both.A, "while", 0, 200));
            // It goes in the middle of them.
            await Until.TrueAsync(() => first.Heard.Count > 60, both.A);
            (heard, seen) = (first.Shipments(), first.LastSeen);
        }
        posted.AddRange(await Instances.RegisterAsync(both.B, "gone", 0, 100));
        await using var second = await HubEar.StartAsync(both.B, seen);
        posted.AddRange(await Instances.RegisterAsync(both.A, "after", 0, 100));
        await Until.TrueAsync(() => second.Shipments().Union(heard).ToHashSet().IsSupersetOf(posted), both.B);
        Assert.Equal(0, second.Resyncs);
    }

    [Fact]
    public async Task Promotion_AtOneInstance_ServesOnBothWithinASecondAndScoresNothingTwice()
    {
        using var both = new Instances(program);
        await both.StartAsync();
        var ids = await Instances.RegisterAsync(both.A, "open", 0, 400);
        ids.AddRange(await Instances.RegisterAsync(both.B, "open", 400, 400));
        await both.CaughtUpAsync();
        Assert.Equal(ids.Count, both.Number("SELECT COUNT(*) FROM predictions"));
        Assert.Equal(ids.Count, both.Number("SELECT COUNT(DISTINCT shipment_key) FROM predictions"));

        List<double> took = [];
        for (var turn = 0; turn < 5; turn++)
        {
            var (version, at) = turn % 2 == 0 ? ("random-1", both.A) : ("rule-1", both.B);
            using var promoted = await at.Client.PostAsync(new Uri($"/api/v1/models/{version}/promote", UriKind.Relative), Json.Of(new { reason = "a drill" }));
            Assert.True(promoted.IsSuccessStatusCode, await promoted.Content.ReadAsStringAsync());
            var since = Stopwatch.GetTimestamp();
            foreach (var instance in new[] { both.A, both.B })
                await Until.TrueAsync(async () => await ServesAsync(instance, ids[0]) == version, instance);
            took.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            await both.CaughtUpAsync();
            Assert.Equal(ids.Count, both.Number(
                "SELECT COUNT(*) FROM shipments s JOIN predictions p ON p.\"key\" = s.prediction_key JOIN model_versions m ON m.id = p.model_version_id "
                + $"WHERE m.version = '{version}'"));
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"promoted at one instance, served by both after {took.Order().ElementAt(2):0} ms at the median, {took.Max():0} ms at most (no Redis)"));
        Assert.InRange(took.Max(), 0, 1000);
        // Both were told to score all of it again, four times over: one prediction a shipment and term.
        Assert.Equal(0, both.Number(
            "SELECT COUNT(*) FROM (SELECT p.shipment_key, t.id FROM predictions p JOIN champion_terms t ON t.\"from\" <= p.scored_at "
            + "AND NOT EXISTS (SELECT 1 FROM champion_terms n WHERE n.\"from\" <= p.scored_at AND n.id > t.id) GROUP BY p.shipment_key, t.id HAVING COUNT(*) > 1) twice"));
        Assert.Equal(ids.Count, both.Number("SELECT COUNT(*) FROM shipments WHERE scored_version = input_version"));
    }

    /// <summary>The version that scores at an instance.</summary>
    private static async Task<string?> ServesAsync(RunningProgram instance, string shipmentId)
    {
        using var answer = await instance.Client.PostAsync(
            new Uri("/api/v1/predictions", UriKind.Relative), Json.Of(new { items = new[] { new { shipmentId } } }));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("modelVersion").GetString();
    }

    /// <summary>What people do meanwhile, at both in turn; how much of it.</summary>
    private static async Task<int> KeepJudgingAsync(Instances both, CancellationToken stop)
    {
        var done = 0;
        var ids = await Instances.RegisterAsync(both.A, "person", 0, 40);
        while (!stop.IsCancellationRequested)
        {
            var at = done % 2 == 0 ? both.A : both.B;
            using var judged = await at.Client.PostAsync(
                new Uri($"/api/v1/cases/{ids[done % ids.Count]}/judgements", UriKind.Relative),
                Json.Of(new { late = done % 2 == 0, reason = "traffic", action = "none", predictionId = (string?)null, judge = $"judge-{done}" }),
                CancellationToken.None);
            Assert.True(judged.IsSuccessStatusCode, await judged.Content.ReadAsStringAsync(CancellationToken.None));
            done++;
        }
        return done;
    }

    private static async Task SignInAsync(HttpClient browser, RunningProgram form, RunningProgram post)
    {
        var page = await browser.GetStringAsync(new Uri(form.Client.BaseAddress!, "/sign-in"));
        using var content = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = Between(page, "name=\"__RequestVerificationToken\" value=\"", "\""),
            ["_handler"] = "sign-in",
            ["Input.Email"] = Email,
            ["Input.Password"] = Password,
        });
        using var answer = await browser.PostAsync(new Uri(post.Client.BaseAddress!, "/sign-in"), content);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
    }

    private static string Between(string text, string before, string after)
    {
        var start = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return text[start..text.IndexOf(after, start, StringComparison.Ordinal)];
    }
}
