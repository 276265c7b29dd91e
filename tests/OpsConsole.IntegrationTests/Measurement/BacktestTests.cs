using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Client;
using OpsConsole.IntegrationTests.Learning;
using OpsConsole.Operations;
using OpsConsole.Prediction;

namespace OpsConsole.IntegrationTests.Measurement;

/// <summary>What a version says of past shipments, against what a person counts by hand.</summary>
public sealed class BacktestTests(BacktestWorld world) : IClassFixture<BacktestWorld>
{
    private const string ADay = "&lead=1440";

    private static IEnumerable<BacktestWorld.Sheet> Untrained => BacktestWorld.All.Where(s => !(s.Booked >= -200 && s.Booked < -100));

    [Fact]
    public async Task Backtest_OfAModelWithoutDecisionPoint_CountsAsAPersonDoes()
    {
        var run = await world.BacktestAsync(Champions.Rule);

        Assert.Equal("succeeded", run.GetProperty("state").GetString());
        Assert.Equal((1, Champions.Rule), (run.GetProperty("progress").GetDouble(), run.GetProperty("modelVersion").GetString()));
        Assert.Equal(BacktestWorld.All.Count, run.GetProperty("metrics").GetProperty("shipments").GetInt32());
        var answer = await world.QualityAsync(Champions.Rule, ADay);
        Assert.Equal(("backtest", 1440), (answer.GetProperty("basis").GetString(), answer.GetProperty("lead").GetInt32()));
        var own = answer.GetProperty("backtest").GetProperty("threshold").GetDouble();
        Assert.Equal(await world.CountAsync(Champions.Rule, BacktestWorld.All, own), BacktestWorld.CountsOf(answer.GetProperty("total")));
        Assert.Equal(0, answer.GetProperty("inSample").GetProperty("shipments").GetInt64());
        var counted = BacktestWorld.CountsOf(answer.GetProperty("total"));
        Assert.Equal(counted["atRisk"], counted["tp"] + counted["fp"] + counted["fn"] + counted["tn"] + counted["avertedOrFalse"] + counted["touchedOnTime"]);
        Assert.True(counted["tp"] > 0 && counted["tn"] + counted["fp"] > 0, "the rule says the same of all");
    }

    [Fact]
    public async Task Backtest_Buckets_AreByTheCountedPromise()
    {
        await world.BacktestAsync(Champions.Rule);

        var answer = await world.QualityAsync(Champions.Rule, ADay);
        var own = answer.GetProperty("backtest").GetProperty("threshold").GetDouble();
        foreach (var bucket in answer.GetProperty("buckets").EnumerateArray())
        {
            var (from, to) = (bucket.GetProperty("start").GetDateTimeOffset(), bucket.GetProperty("end").GetDateTimeOffset());
            var day = BacktestWorld.All.Where(s => BacktestWorld.At(s.Due) >= from && BacktestWorld.At(s.Due) < to);
            Assert.Equal(await world.CountAsync(Champions.Rule, day, own), BacktestWorld.CountsOf(bucket));
            Assert.Equal(bucket.GetProperty("pending").GetInt64() == 0, bucket.GetProperty("settled").GetBoolean());
        }
        var moved = BacktestWorld.History.Single(s => s.Counted is not null);
        var ofMoved = answer.GetProperty("buckets").EnumerateArray().Single(b => b.GetProperty("start").GetDateTimeOffset() == BacktestWorld.At(moved.Due).AddHours(-12));
        Assert.Equal(1, ofMoved.GetProperty("onTime").GetInt64());
    }

    [Theory]
    [InlineData("&bucket=hour")]
    [InlineData("&bucket=month&by=service")]
    [InlineData("&by=promiseHour&bucket=week")]
    [InlineData("&by=modelVersion")]
    public async Task Backtest_HoweverItIsAsked_CountsTheSame(string query)
    {
        await world.BacktestAsync(Champions.Rule);
        var whole = await world.QualityAsync(Champions.Rule, ADay);

        var answer = await world.QualityAsync(Champions.Rule, ADay + query);

        Assert.Equal(BacktestWorld.CountsOf(whole.GetProperty("total")), BacktestWorld.CountsOf(answer.GetProperty("total")));
        if (answer.TryGetProperty("segments", out var segments))
        {
            var sums = segments.EnumerateArray().Select(BacktestWorld.CountsOf).ToList();
            Assert.All(BacktestWorld.CountsOf(whole.GetProperty("total")), c => Assert.Equal(c.Value, sums.Sum(s => s[c.Key])));
            Assert.True(sums.Count > 1);
        }
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public async Task Backtest_AtAThresholdAskedFor_CountsByIt(double threshold)
    {
        await world.BacktestAsync(Champions.Rule);

        var answer = await world.QualityAsync(Champions.Rule, $"{ADay}&threshold={BacktestWorld.Number(threshold)}&by=service");

        Assert.Equal(await world.CountAsync(Champions.Rule, BacktestWorld.All, threshold), BacktestWorld.CountsOf(answer.GetProperty("total")));
        foreach (var segment in answer.GetProperty("segments").EnumerateArray())
        {
            var of = BacktestWorld.All.Where(s => s.Service == segment.GetProperty("segment").GetString());
            Assert.Equal(await world.CountAsync(Champions.Rule, of, threshold), BacktestWorld.CountsOf(segment));
        }
    }

    [Fact]
    public async Task Backtest_RowsOfTheTrainingWindow_AreTheBucketInSampleAndNowhereElse()
    {
        await world.BacktestAsync(BacktestWorld.Windowed);

        foreach (var query in new[] { "", "&by=service", "&bucket=hour" })
        {
            var answer = await world.QualityAsync(BacktestWorld.Windowed, ADay + query);
            Assert.Equal(await world.CountAsync(BacktestWorld.Windowed, Untrained, 0.4), BacktestWorld.CountsOf(answer.GetProperty("total")));
            Assert.Equal(await world.CountAsync(BacktestWorld.Windowed, BacktestWorld.All.Except(Untrained), 0.4), BacktestWorld.CountsOf(answer.GetProperty("inSample")));
            Assert.Equal(Untrained.Count(), answer.GetProperty("buckets").EnumerateArray().Sum(b => b.GetProperty("shipments").GetInt64()));
        }
    }

    [Fact]
    public async Task Backtest_OfAModelWithADecisionPoint_IsAtThatMomentAndHasNoLead()
    {
        await world.BacktestAsync(BacktestWorld.AtHandOver);

        var answer = await world.QualityAsync(BacktestWorld.AtHandOver, "&lead=30");

        Assert.Equal(JsonValueKind.Null, answer.GetProperty("lead").ValueKind);
        Assert.Equal(await world.CountAsync(BacktestWorld.AtHandOver, BacktestWorld.All, 0.4, atHandOver: true), BacktestWorld.CountsOf(answer.GetProperty("total")));
        Assert.Equal("collected", answer.GetProperty("backtest").GetProperty("decisionPoint").GetString());
    }

    [Fact]
    public async Task Backtest_OfServedShipments_GoesByWhatWasKnown_AndServedFiguresByWhatWasReceived()
    {
        await world.Console.Services.GetRequiredService<ScoreWhatIsBehind>().DrainAsync();
        await world.Console.Services.GetRequiredService<OpsConsole.Measurement.SettleWhatIsBehind>().DrainAsync(CancellationToken.None);
        await world.BacktestAsync(Champions.Rule);
        var from = Uri.EscapeDataString(BacktestWorld.At(BacktestWorld.Registered).ToString("O"));

        var backtest = (await world.QualityAsync(Champions.Rule, $"{ADay}&from={from}")).GetProperty("total");
        var served = (await world.Console.Client.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/quality?lead=1440&from={from}", UriKind.Relative))).GetProperty("total");

        Assert.Equal((6, 3, 1, 1), Standing(backtest));
        Assert.Equal((6, 3, 0, 2), Standing(served));

        static (long, long, long, long) Standing(JsonElement bucket) => (
            bucket.GetProperty("shipments").GetInt64(), bucket.GetProperty("atRisk").GetInt64(), bucket.GetProperty("finishedEarlier").GetInt64(), bucket.GetProperty("registeredTooLate").GetInt64());
    }

    [Fact]
    public async Task Backtest_OfARange_HoldsItAlone_AndTheLastOneFinishedCounts()
    {
        var body = $$"""{ "from": "{{BacktestWorld.At(1):O}}", "to": "{{BacktestWorld.At(100):O}}" }""";
        await world.BacktestAsync(Champions.Random);
        await world.BacktestAsync(Champions.Random, body);

        var answer = await world.QualityAsync(Champions.Random, ADay);

        Assert.Equal(1, answer.GetProperty("total").GetProperty("shipments").GetInt64());
        Assert.Equal(BacktestWorld.At(1), answer.GetProperty("backtest").GetProperty("from").GetDateTimeOffset());
        // What was superseded is swept away before the next run begins.
        await world.BacktestAsync(Champions.Random, body);
        await world.BacktestAsync(Champions.Random, body);
        Assert.True(world.Console.Count("SELECT COUNT(DISTINCT backtest) FROM backtest_blocks") <= world.Console.Count("SELECT COUNT(*) FROM backtests") + 1);
        Assert.True(Directory.GetFiles(Path.Combine(world.Console.Folder, "backtests")).Length <= 1);
    }

    [Fact]
    public async Task Quality_OfAVersionWithoutABacktest_IsNotComputed_ThroughTheClientToo()
    {
        var client = new OpsConsoleClient(world.Console.CreateClient(), new OpsConsoleClientOptions { ApiKey = ConsoleFactory.Key });
        var refused = await Assert.ThrowsAsync<OpsConsoleException>(() => client.GetQualityAsync(new QualityQuery { Basis = "backtest", Model = "never-tested" }));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        await world.AddVersionAsync("untested");

        var notComputed = await Assert.ThrowsAsync<OpsConsoleException>(() => client.GetQualityAsync(new QualityQuery { Basis = "backtest", Model = "untested" }));
        Assert.Equal(HttpStatusCode.Conflict, notComputed.Status);
        Assert.Equal("notComputed", notComputed.Problem.Title);

        var run = await client.BacktestAsync("untested", new BacktestRequest { Simulated = "only" });
        await LearntWorld.UntilAsync(world.Console, $"/api/v1/runs/{run}", state => state == "succeeded");
        var answer = await client.GetQualityAsync(new QualityQuery { Basis = "backtest", Model = "untested", Simulated = "include" });
        Assert.Equal((0, 0), (answer.Total.Shipments, answer.InSample!.Shipments));
        Assert.Equal(("only", run), (answer.Backtest!.Simulated, answer.Backtest.RunId));
    }

    [Fact]
    public async Task Quality_AfterARuleChanged_IsNotComputedUntilItIsAgain()
    {
        await world.AddVersionAsync("by-old-rules");
        await world.BacktestAsync("by-old-rules");
        var settings = world.Console.Services.GetRequiredService<SettingsStore>();
        var before = settings.Current;
        await world.ChangeAsync(before with { GraceMinutes = 60 });

        using var refused = await world.Console.Client.GetAsync(new Uri("/api/v1/quality?basis=backtest&model=by-old-rules", UriKind.Relative));
        await world.ChangeAsync(before);

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        await world.QualityAsync("by-old-rules");
    }

    [Theory]
    [InlineData("""{ "from": "2026-06-02T00:00:00Z", "to": "2026-06-02T00:00:00Z" }""", "to")]
    [InlineData("""{ "from": "2026-06-02" }""", "from")]
    [InlineData("""{ "simulated": "maybe" }""", "simulated")]
    [InlineData("""{ "model": "other" }""", "model")]
    public async Task Backtest_ABadField_IsNamed(string body, string field)
    {
        using var answer = await LearntWorld.PostAsync(world.Console, "models/rule-1/backtest", body);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(e => e.Name));
    }
}
