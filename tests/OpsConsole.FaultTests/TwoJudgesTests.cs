using System.Globalization;
using System.Net;
using System.Text.Json;
using Xunit.Abstractions;

namespace OpsConsole.FaultTests;

/// <summary>Two people judge the same case at the same moment, each at another process (quality.md F15): both stand, each sees the other's, one label.</summary>
[Collection(Faults.Name)]
public sealed class TwoJudgesTests(PublishedProgram program, ITestOutputHelper output)
{
    private const int Cases = 500;
    private const int AtOnce = 8;

    [Fact]
    public async Task ThousandJudgements_ThroughTwoProcesses_AllStandOnceAndUndoIsWhole()
    {
        using var both = new Instances(program);
        await both.StartAsync();
        List<string> ids = [];
        for (var from = 0; from < Cases; from += 100)
            ids.AddRange(await Instances.RegisterAsync(both.A, "judged", from, 100));
        await both.CaughtUpAsync();

        var receipts = new string[Cases, 2];
        await EachAsync(async i =>
        {
            var said = await Task.WhenAll(JudgeAsync(both.A, ids[i], "ann", late: true), JudgeAsync(both.B, ids[i], "ben", late: i % 2 == 0));
            (receipts[i, 0], receipts[i, 1]) = (said[0], said[1]);
        });
        var keys = receipts.Cast<string>().ToHashSet(StringComparer.Ordinal);
        Assert.Equal(2 * Cases, keys.Count);
        Assert.Equal(keys.Order(StringComparer.Ordinal), Ledger.Column(both.Database, "SELECT \"key\" FROM judgements").Order(StringComparer.Ordinal));
        Assert.Equal(0, both.Number("SELECT COUNT(*) FROM (SELECT shipment_key, judge_id FROM judgements GROUP BY shipment_key, judge_id HAVING COUNT(*) > 1) twice"));
        Assert.Equal([Cases, Cases], Ledger.Column(both.Database, "SELECT COUNT(*) FROM judgements GROUP BY judge_id").Select(n => int.Parse(n, CultureInfo.InvariantCulture)));
        // Each process shows both, whoever was asked.
        for (var i = 0; i < Cases; i += 50)
        {
            foreach (var instance in new[] { both.A, both.B })
                Assert.Equal(2, (await Instances.GetAsync(instance, $"/api/v1/shipments/{ids[i]}")).GetProperty("judgements").GetArrayLength());
        }

        // Every second case: both take theirs back at once, each at the other process.
        await EachAsync(async i =>
        {
            if (i % 2 == 0)
                await Task.WhenAll(WithdrawAsync(both.B, ids[i], receipts[i, 0]), WithdrawAsync(both.A, ids[i], receipts[i, 1]));
        });
        Assert.Equal(2 * Cases, both.Number("SELECT COUNT(*) FROM judgements"));
        Assert.Equal(Cases, both.Number("SELECT COUNT(*) FROM judgements WHERE withdrawn_at IS NOT NULL"));
        Assert.Equal(Cases / 2, both.Number("SELECT COUNT(*) FROM (SELECT shipment_key FROM judgements GROUP BY shipment_key HAVING COUNT(withdrawn_at) = 2) whole"));
        Assert.Equal(3 * Cases, both.Number("SELECT COUNT(*) FROM audit WHERE what IN ('judgement.made', 'judgement.withdrawn')"));

        await DeliverAsync(both, ids);
        await both.CaughtUpAsync();
        Assert.Equal(Cases, both.Number("SELECT COUNT(DISTINCT shipment_key) FROM tallies"));
        Assert.Equal(Cases, both.Number("SELECT COUNT(*) FROM tallies"));
        output.WriteLine($"{2 * Cases} judgements of {Cases} cases by two judges at two processes, {Cases} of them taken back: none lost, none doubled, one label a case");
    }

    private static Task EachAsync(Func<int, Task> act) =>
        Parallel.ForEachAsync(Enumerable.Range(0, Cases), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) => await act(i));

    private static async Task<string> JudgeAsync(RunningProgram at, string id, string judge, bool late)
    {
        using var answer = await at.Client.PostAsync(
            new Uri($"/api/v1/cases/{id}/judgements", UriKind.Relative), Json.Of(new { late, reason = "traffic", action = "none", predictionId = (string?)null, judge }));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("judgementId").GetString()!;
    }

    private static async Task WithdrawAsync(RunningProgram at, string id, string judgement)
    {
        using var answer = await at.Client.DeleteAsync(new Uri($"/api/v1/cases/{id}/judgements/{judgement}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private static async Task DeliverAsync(Instances both, List<string> ids)
    {
        var now = TimeProvider.System.GetUtcNow();
        for (var from = 0; from < ids.Count; from += 100)
        {
            var items = ids.Skip(from).Take(100).Select(id => new { eventId = $"delivered-{id}", shipmentId = id, type = "delivered", occurredAt = now });
            using var answer = await (from % 200 == 0 ? both.A : both.B).Client.PostAsync(new Uri("/api/v1/events", UriKind.Relative), Json.Of(items));
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }
    }
}
