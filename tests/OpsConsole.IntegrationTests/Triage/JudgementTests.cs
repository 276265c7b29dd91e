using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Triage;

namespace OpsConsole.IntegrationTests.Triage;

/// <summary>The contract's Judgements section, line by line, over HTTP.</summary>
public sealed class JudgementTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    private TriageSeed Seed => field ??= new TriageSeed(console.Services);

    [Theory]
    [InlineData(0.7, true, "confirmed")]
    [InlineData(0.7, false, "corrected")]
    [InlineData(0.1, true, "corrected")]
    [InlineData(0.1, false, "confirmed")]
    [InlineData(TriageSeed.Threshold, true, "confirmed")]
    public async Task Judge_OfASeenPrediction_VerdictFollows(double score, bool late, string verdict)
    {
        var parcel = await Seed.RegisterAsync();
        var prediction = await Seed.ScoreAsync(parcel, score);
        using var answer = await JudgeAsync(parcel, new { late, predictionId = $"{prediction}" });
        var receipt = await ReadAsync(answer, HttpStatusCode.Created);
        Assert.Equal(verdict, receipt.GetProperty("verdict").GetString());
        Assert.False(receipt.GetProperty("hindsight").GetBoolean());
        Assert.Matches("^[0-9]+$", receipt.GetProperty("judgementId").GetString());
        // Said along, it must agree.
        using var agreeing = await JudgeAsync(parcel, new { late, predictionId = $"{prediction}", verdict });
        await ReadAsync(agreeing, HttpStatusCode.Created);
        using var contradicting = await JudgeAsync(parcel, new { late, predictionId = $"{prediction}", verdict = verdict == "confirmed" ? "corrected" : "confirmed" });
        await RefusedAsync(contradicting, "verdict");
    }

    [Fact]
    public async Task Judge_NothingSeen_VerdictIsNull()
    {
        var parcel = await Seed.RegisterAsync();
        await Seed.ScoreAsync(parcel, 0.7);
        using var answer = await JudgeAsync(parcel, new { late = true, predictionId = (string?)null });
        Assert.Equal(JsonValueKind.Null, (await ReadAsync(answer, HttpStatusCode.Created)).GetProperty("verdict").ValueKind);
        using var verdict = await JudgeAsync(parcel, new { late = true, verdict = "confirmed" });
        await RefusedAsync(verdict, "verdict");
    }

    [Fact]
    public async Task Judge_LateOfAnUnflaggedOne_OpensItsCase()
    {
        // Of a loop that nothing settles here, so that being told to settle again can be seen.
        var (missed, fine) = (await Seed.RegisterAsync(loop: 1), await Seed.RegisterAsync(loop: 1));
        await Seed.ScoreAsync(missed, 0.1);
        await Seed.ScoreAsync(fine, 0.1);
        var versions = console.Count($"SELECT SUM(input_version) FROM shipments WHERE \"key\" IN ({missed.Key}, {fine.Key})");
        using var late = await JudgeAsync(missed, new { late = true });
        using var onTime = await JudgeAsync(fine, new { late = false });
        await ReadAsync(late, HttpStatusCode.Created);
        await ReadAsync(onTime, HttpStatusCode.Created);
        Assert.Equal(1, console.Count($"SELECT COUNT(*) FROM cases WHERE shipment_key = {missed.Key} AND opened_by_person = 1 AND state = {(int)CaseState.Judged}"));
        Assert.Equal(0, console.Count($"SELECT COUNT(*) FROM cases WHERE shipment_key = {fine.Key}"));
        Assert.Equal(2, console.Count($"SELECT COUNT(*) FROM shipments WHERE next_settle_at = 0 AND \"key\" IN ({missed.Key}, {fine.Key})"));
        // A settle that was under way then doesn't write: it compares the version it read.
        Assert.Equal(versions + 2, console.Count($"SELECT SUM(input_version) FROM shipments WHERE \"key\" IN ({missed.Key}, {fine.Key})"));
    }

    [Fact]
    public async Task Judge_FlagChangedSince_ConflictSaysWhatIsNew()
    {
        var parcel = await Seed.RegisterAsync();
        var seen = await Seed.ScoreAsync(parcel, 0.7);
        var newest = await Seed.ScoreAsync(parcel, 0.2);
        using var answer = await JudgeAsync(parcel, new { late = true, predictionId = $"{seen}" });
        var problem = await ReadAsync(answer, HttpStatusCode.Conflict);
        Assert.Equal(["flag"], problem.GetProperty("changed").EnumerateArray().Select(c => c.GetString()));
        var news = problem.GetProperty("new");
        Assert.Equal($"{newest}", news.GetProperty("predictionId").GetString());
        Assert.Equal(0.2, news.GetProperty("score").GetDouble());
        Assert.False(news.GetProperty("flagged").GetBoolean());
        Assert.Equal(0, console.Count($"SELECT COUNT(*) FROM judgements WHERE shipment_key = {parcel.Key}"));
        using var again = await JudgeAsync(parcel, new { late = true, predictionId = $"{newest}" });
        await ReadAsync(again, HttpStatusCode.Created);
    }

    [Fact]
    public async Task Judge_PromiseChangedSince_ConflictBeforeItIsScored()
    {
        var parcel = await Seed.RegisterAsync();
        var seen = await Seed.ScoreAsync(parcel, 0.7);
        var later = parcel.PromisedBy.AddHours(3);
        await Seed.EventAsync(parcel, EventType.PromiseChanged, later);
        using var answer = await JudgeAsync(parcel, new { late = true, predictionId = $"{seen}" });
        var problem = await ReadAsync(answer, HttpStatusCode.Conflict);
        Assert.Equal(["promise"], problem.GetProperty("changed").EnumerateArray().Select(c => c.GetString()));
        Assert.Equal(later, problem.GetProperty("new").GetProperty("promisedBy").GetDateTimeOffset());
    }

    [Fact]
    public async Task Judge_SamePromiseToldAgain_IsNoConflict()
    {
        var parcel = await Seed.RegisterAsync();
        var seen = await Seed.ScoreAsync(parcel, 0.7);
        await Seed.EventAsync(parcel, EventType.PromiseChanged, parcel.PromisedBy);
        using var answer = await JudgeAsync(parcel, new { late = true, predictionId = $"{seen}" });
        await ReadAsync(answer, HttpStatusCode.Created);
    }

    [Fact]
    public async Task Judge_OnlyTheScoreIsNew_StoredAsHavingSeenTheOlder()
    {
        var parcel = await Seed.RegisterAsync();
        var seen = await Seed.ScoreAsync(parcel, 0.6);
        await Seed.ScoreAsync(parcel, 0.9);
        using var answer = await JudgeAsync(parcel, new { late = true, predictionId = $"{seen}" });
        await ReadAsync(answer, HttpStatusCode.Created);
        Assert.Equal(1, console.Count($"SELECT COUNT(*) FROM judgements WHERE shipment_key = {parcel.Key} AND prediction_key = {seen}"));
    }

    [Fact]
    public async Task Judge_ColleagueAnsweredMeanwhile_BothStand()
    {
        var parcel = await Seed.RegisterAsync();
        var seen = await Seed.ScoreAsync(parcel, 0.7);
        using var first = await JudgeAsync(parcel, new { late = true, predictionId = $"{seen}", judge = "ann" });
        using var second = await JudgeAsync(parcel, new { late = false, predictionId = $"{seen}", judge = "bob" });
        using var newer = await JudgeAsync(parcel, new { late = false, predictionId = $"{seen}", judge = "ann" });
        await ReadAsync(first, HttpStatusCode.Created);
        await ReadAsync(second, HttpStatusCode.Created);
        await ReadAsync(newer, HttpStatusCode.Created);
        var judgements = await PanelAsync(parcel);
        Assert.Equal([false, true, true], judgements.Select(j => j.Stands));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Judge_FinishedShipment_IsHindsight(bool scoredSince)
    {
        var parcel = await Seed.RegisterAsync();
        var seen = await Seed.ScoreAsync(parcel, 0.7);
        await Seed.EventAsync(parcel, EventType.Delivered);
        if (scoredSince)
            await Seed.ScoreAsync(parcel, 0.7, ShipmentState.Delivered, store: false);
        using var answer = await JudgeAsync(parcel, new { late = true, predictionId = $"{seen}" });
        var receipt = await ReadAsync(answer, HttpStatusCode.Created);
        Assert.True(receipt.GetProperty("hindsight").GetBoolean());
        Assert.Equal("confirmed", receipt.GetProperty("verdict").GetString());
    }

    [Theory]
    [InlineData("""{"late":null}""", "late")]
    [InlineData("""{}""", "late")]
    [InlineData("""{"late":"true"}""", "late")]
    [InlineData("""{"late":1}""", "late")]
    [InlineData("""{"late":true,"reason":"because"}""", "reason")]
    [InlineData("""{"late":true,"reason":7}""", "reason")]
    [InlineData("""{"late":true,"action":"explode"}""", "action")]
    [InlineData("""{"late":true,"action":1}""", "action")]
    [InlineData("""{"late":true,"action":"None"}""", "action")]
    [InlineData("""{"late":true,"note":"a\u0000b"}""", "note")]
    [InlineData("""{"late":true,"note":"\ud800"}""", "note")]
    [InlineData("""{"late":true,"note":["x"]}""", "note")]
    [InlineData("""{"late":true,"predictionId":"12"}""", "predictionId")]
    [InlineData("""{"late":true,"predictionId":"-1"}""", "predictionId")]
    [InlineData("""{"late":true,"predictionId":"x"}""", "predictionId")]
    [InlineData("""{"late":true,"predictionId":12}""", "predictionId")]
    [InlineData("""{"late":true,"judge":""}""", "judge")]
    [InlineData("""{"late":true,"judge":"a\nb"}""", "judge")]
    [InlineData("""{"late":true,"verdict":"maybe"}""", "verdict")]
    public async Task Judge_FieldNotAllowed_RefusedByName(string body, string field)
    {
        var parcel = await Seed.RegisterAsync();
        using var answer = await SendAsync(console.Client, parcel.Id, body);
        await RefusedAsync(answer, field);
        Assert.Equal(0, console.Count($"SELECT COUNT(*) FROM judgements WHERE shipment_key = {parcel.Key}"));
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("nothing", HttpStatusCode.BadRequest)]
    [InlineData("[true]", HttpStatusCode.BadRequest)]
    [InlineData("""{"late":true,"late":false}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"late":true""", HttpStatusCode.BadRequest)]
    public async Task Judge_BodyIsNoObject_400(string body, HttpStatusCode status)
    {
        var parcel = await Seed.RegisterAsync();
        using var answer = await SendAsync(console.Client, parcel.Id, body);
        await ReadAsync(answer, status);
    }

    [Fact]
    public async Task Judge_WrongMediaTypeOrUnknownShipment_415And404()
    {
        var parcel = await Seed.RegisterAsync();
        using var text = new StringContent("""{"late":true}""", Encoding.UTF8, "text/plain");
        using var media = await console.Client.PostAsync(Path(parcel.Id), text);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, media.StatusCode);
        using var unknown = await SendAsync(console.Client, "nobody-knows-it", """{"late":true}""");
        await ReadAsync(unknown, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Judge_LongestNote_IsTakenAndOneMoreIsNot()
    {
        var parcel = await Seed.RegisterAsync();
        using var fits = await JudgeAsync(parcel, new { late = true, note = new string('n', 2000) });
        using var longer = await JudgeAsync(parcel, new { late = true, note = new string('n', 2001) });
        await ReadAsync(fits, HttpStatusCode.Created);
        await RefusedAsync(longer, "note");
    }

    [Fact]
    public async Task Judge_PredictionOfAnotherShipment_Refused()
    {
        var (one, other) = (await Seed.RegisterAsync(), await Seed.RegisterAsync());
        var prediction = await Seed.ScoreAsync(other, 0.7);
        using var answer = await JudgeAsync(one, new { late = true, predictionId = $"{prediction}" });
        await RefusedAsync(answer, "predictionId");
    }

    [Fact]
    public async Task Judge_PersonNamesAJudge_Refused()
    {
        var parcel = await Seed.RegisterAsync();
        using var person = await console.SignInAsync(Roles.Dispatcher);
        using var named = await SendAsync(person, parcel.Id, """{"late":true,"judge":"somebody"}""");
        await RefusedAsync(named, "judge");
        using var own = await SendAsync(person, parcel.Id, """{"late":true,"reason":"weather","action":"rerouted","note":"two lines\nof text"}""");
        await ReadAsync(own, HttpStatusCode.Created);
        Assert.StartsWith("user:", (await PanelAsync(parcel)).Single().Judgement.JudgeId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Withdraw_Own_KeepsItInTheHistoryAndPutsTheCaseBack()
    {
        var (flagged, missed) = (await Seed.RegisterAsync(), await Seed.RegisterAsync());
        await Seed.ScoreAsync(flagged, 0.7);
        await Seed.ScoreAsync(missed, 0.1);
        foreach (var (parcel, after) in new[] { (flagged, CaseState.Open), (missed, CaseState.Closed) })
        {
            using var judged = await JudgeAsync(parcel, new { late = true, judge = "ann" });
            var id = (await ReadAsync(judged, HttpStatusCode.Created)).GetProperty("judgementId").GetString();
            using var withdrawn = await console.Client.DeleteAsync(Path(parcel.Id, id));
            Assert.Equal(HttpStatusCode.NoContent, withdrawn.StatusCode);
            using var twice = await console.Client.DeleteAsync(Path(parcel.Id, id));
            Assert.Equal(HttpStatusCode.NoContent, twice.StatusCode);
            var judgement = (await PanelAsync(parcel)).Single();
            Assert.NotNull(judgement.Judgement.WithdrawnAt);
            Assert.False(judgement.Stands);
            Assert.Equal((long)after, console.Count($"SELECT state FROM cases WHERE shipment_key = {parcel.Key}"));
        }
    }

    [Fact]
    public async Task Withdraw_SomebodyElses_IsRefused()
    {
        var (parcel, other) = (await Seed.RegisterAsync(), await Seed.RegisterAsync());
        using var judged = await JudgeAsync(parcel, new { late = true, judge = "ann:x" });
        var id = (await ReadAsync(judged, HttpStatusCode.Created)).GetProperty("judgementId").GetString();
        using var elsewhere = await console.Client.DeleteAsync(Path(other.Id, id));
        await ReadAsync(elsewhere, HttpStatusCode.NotFound);
        using var noNumber = await console.Client.DeleteAsync(Path(parcel.Id, "abc"));
        await ReadAsync(noNumber, HttpStatusCode.NotFound);
        // One of them is named as if the judge were its own.
        foreach (var source in new[] { "another-source", "bootstrap:ann", "boot" })
        {
            using var stranger = console.ClientWith(await console.IssueKeyAsync(source, simulated: false, Scopes.Judge));
            using var refused = await stranger.DeleteAsync(Path(parcel.Id, id));
            await ReadAsync(refused, HttpStatusCode.Forbidden);
        }
        using var person = await console.SignInAsync(Roles.Dispatcher);
        using var alsoRefused = await person.DeleteAsync(Path(parcel.Id, id));
        await ReadAsync(alsoRefused, HttpStatusCode.Forbidden);
        Assert.True((await PanelAsync(parcel)).Single().Stands);
    }

    [Fact]
    public async Task Withdraw_TheNewer_TheOlderStandsAgain()
    {
        var parcel = await Seed.RegisterAsync();
        await Seed.ScoreAsync(parcel, 0.7);
        using var older = await JudgeAsync(parcel, new { late = true, judge = "ann" });
        using var newer = await JudgeAsync(parcel, new { late = false, judge = "ann" });
        var id = (await ReadAsync(newer, HttpStatusCode.Created)).GetProperty("judgementId").GetString();
        using var withdrawn = await console.Client.DeleteAsync(Path(parcel.Id, id));
        Assert.Equal([true, false], (await PanelAsync(parcel)).Select(j => j.Stands));
        Assert.Equal((long)CaseState.Judged, console.Count($"SELECT state FROM cases WHERE shipment_key = {parcel.Key}"));
    }

    [Fact]
    public async Task Judge_AThousandAtOnceByTwo_AllAreKeptAndBothStand()
    {
        var parcel = await Seed.RegisterAsync();
        var seen = await Seed.ScoreAsync(parcel, 0.7);
        var judge = console.Services.GetRequiredService<JudgeShipment>();
        var results = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => judge.HandleAsync(
            parcel.Id,
            new JudgementRequest { Late = i % 3 == 0, PredictionId = $"{seen}" },
            new Caller(i % 2 + 1, null, $"person {i % 2 + 1}", 1, "console", false, false))));
        Assert.All(results, r => Assert.IsType<JudgeResult.Stored>(r));
        Assert.Equal(1000, results.Cast<JudgeResult.Stored>().Select(r => r.Receipt.JudgementId).Distinct().Count());
        var judgements = await PanelAsync(parcel);
        Assert.Equal(1000, judgements.Count);
        Assert.Equal(["user:1", "user:2"], judgements.Where(j => j.Stands).Select(j => j.Judgement.JudgeId).Order());
    }

    private async Task<IReadOnlyList<PanelJudgement>> PanelAsync(TriageSeed.Parcel parcel) =>
        (await console.Services.GetRequiredService<ShipmentPanelQuery>().ReadAsync(parcel.Id))!.Judgements;

    private static Uri Path(string shipmentId, string? judgementId = null) =>
        new($"/api/v1/cases/{shipmentId}/judgements{(judgementId is null ? "" : "/" + judgementId)}", UriKind.Relative);

    private Task<HttpResponseMessage> JudgeAsync(TriageSeed.Parcel parcel, object body) => console.Client.PostAsJsonAsync(Path(parcel.Id), body);

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string shipmentId, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await client.PostAsync(Path(shipmentId), content);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{(int)answer.StatusCode}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private static async Task RefusedAsync(HttpResponseMessage answer, string field)
    {
        var problem = await ReadAsync(answer, HttpStatusCode.UnprocessableEntity);
        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(e => e.Name));
        Assert.True(problem.TryGetProperty("traceId", out _));
    }
}
