using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OpsConsole.Client;

namespace OpsConsole.IntegrationTests.Measurement;

public sealed class MeasurementApiTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    [Theory]
    [InlineData("quality?lead=241", "lead", "2880")]
    [InlineData("quality?lead=4h", "lead", "240")]
    [InlineData("quality?lead=-60", "lead", "60")]
    [InlineData("quality?threshold=0.0005", "threshold", "0.001")]
    [InlineData("quality?threshold=1.001", "threshold", "0.001")]
    [InlineData("quality?threshold=NaN", "threshold", "0.001")]
    [InlineData("quality?threshold=-0.5", "threshold", "0.001")]
    [InlineData("quality?bucket=year", "bucket", "month")]
    [InlineData("quality?by=colour", "by", "weatherBand")]
    [InlineData("quality?basis=imagined", "basis", "backtest")]
    [InlineData("quality?basis=backtest", "model", "version")]
    [InlineData("quality?model=nobody-1", "model", "version")]
    [InlineData("quality?simulated=maybe", "simulated", "include")]
    [InlineData("quality?from=2026-03-01", "from", "RFC 3339")]
    [InlineData("quality?from=2026-03-01T00:00:00", "from", "RFC 3339")]
    [InlineData("quality?from=2026-03-01T00:00:00.Z", "from", "RFC 3339")]
    [InlineData("quality?from=2026-03-01T00:00%2B02:.5", "from", "RFC 3339")]
    [InlineData("quality?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "to", "from")]
    [InlineData("quality/curves?lead=241", "lead", "2880")]
    [InlineData("quality/curves?threshold=0.0005", "threshold", "0.001")]
    [InlineData("quality/curves?by=colour", "by", "weatherBand")]
    [InlineData("quality/curves?basis=backtest", "model", "version")]
    [InlineData("quality/curves?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "to", "from")]
    [InlineData("kpis?bucket=decade", "bucket", "week")]
    [InlineData("kpis?by=colour", "by", "service")]
    [InlineData("kpis?to=soon", "to", "RFC 3339")]
    [InlineData("threshold?threshold=1", "threshold", "0.999")]
    [InlineData("threshold?threshold=0.3333", "threshold", "0.001")]
    [InlineData("threshold?from=2026-03-01", "from", "RFC 3339")]
    public async Task Figures_BadParameter_IsNamedWithWhatIsAllowed(string call, string name, string allowed)
    {
        using var answer = await console.Client.GetAsync(new Uri($"/api/v1/{call}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Contains(allowed, problem.GetProperty("errors").GetProperty(name)[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("quality?from=2026-03-01T00:00:00.123456789Z&to=2026-03-01T00:00:00.9z")]
    [InlineData("quality?lead=0&threshold=0.5&by=promiseHour&bucket=hour&simulated=only&from=2026-03-01T00:00:00%2B02:00&to=2026-03-01T00:00:00%2B02:00")]
    [InlineData("quality?threshold=1.000&from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z")]
    [InlineData("quality?basis=served&by=modelVersion&bucket=week")]
    [InlineData("kpis?bucket=month&by=weatherBand")]
    [InlineData("kpis?from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z&bucket=hour")]
    public async Task Figures_OfNothing_AreThereAndEmpty(string call)
    {
        var answer = await console.Client.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/{call}", UriKind.Relative));
        Assert.Empty(answer.GetProperty("buckets").EnumerateArray());
        Assert.Equal(0, answer.GetProperty("total").GetProperty("shipments").GetInt64());
        Assert.Equal("UTC", answer.GetProperty("timeZone").GetString());
    }

    [Fact]
    public async Task Quality_EmptyTotal_HasEveryMemberOfTheContract()
    {
        var answer = await console.Client.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/quality", UriKind.Relative));
        Assert.Equal(("served", 240), (answer.GetProperty("basis").GetString(), answer.GetProperty("lead").GetInt32()));
        var total = answer.GetProperty("total");
        string[] members =
        [
            "start", "end", "shipments", "late", "onTime", "unknown", "excluded", "pending", "atRisk", "finishedEarlier", "registeredTooLate", "tp", "fp",
            "fn", "tn", "avertedOrFalse", "touchedOnTime", "settled", "precision", "recall", "f1", "weightedF1", "stillOpenRule",
        ];
        Assert.All(members, member => Assert.True(total.TryGetProperty(member, out _), member));
        Assert.Equal(JsonValueKind.Null, total.GetProperty("precision").ValueKind);
        Assert.False(answer.TryGetProperty("segments", out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z&lead=0&threshold=0.5&simulated=only")]
    [InlineData("?from=2026-03-01T00:00:00Z&to=2026-03-01T00:00:00Z")]
    public async Task Curves_OfNothing_AreThereAndUnknown(string query)
    {
        var answer = await console.Client.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/quality/curves" + query, UriKind.Relative));
        Assert.Equal("served", answer.GetProperty("basis").GetString());
        Assert.Equal((0, 0), (answer.GetProperty("total").GetProperty("shipments").GetInt64(), answer.GetProperty("rows").GetProperty("n").GetInt64()));
        Assert.Empty(answer.GetProperty("points").EnumerateArray());
        Assert.All((string[])["rocAuc", "averagePrecision", "calibration"], name => Assert.Equal(JsonValueKind.Null, answer.GetProperty(name).ValueKind));
        Assert.Equal(40, answer.GetProperty("scores").GetArrayLength());
        var minutes = answer.GetProperty("minutes");
        Assert.Equal(JsonValueKind.Null, minutes.GetProperty("all").GetProperty("meanAbsoluteError").ValueKind);
        Assert.Equal(JsonValueKind.Null, minutes.GetProperty("coverage").GetProperty("all").ValueKind);
    }

    [Fact]
    public async Task Kpis_Empty_HaveEveryMemberOfTheContract()
    {
        var total = (await console.Client.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/kpis", UriKind.Relative))).GetProperty("total");
        string[] members =
        [
            "start", "end", "shipments", "onTimeShare", "raisedInTimeShare", "warnedInTimeShare", "medianWarningLeadMinutes", "falseAlarmsPer1000",
            "contactsPer1000", "contactCostPer1000", "casesPerHour", "timeToAnswerMinutes", "errorCost", "errorCostFlagNothing", "errorCostByRule",
            "errorCostByCarrierEstimate",
        ];
        Assert.All(members, member => Assert.True(total.TryGetProperty(member, out _), member));
    }
}
