using System.Net;
using OpsConsole.Client;

namespace OpsConsole.IntegrationTests.Triage;

/// <summary>Cases and judgements in the whole loop: shipments and events sent by an integrator, nothing seeded.</summary>
public sealed class LoopTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    private static readonly TimeSpan Enough = TimeSpan.FromMinutes(2);

    private OpsConsoleClient Api => field ??= new OpsConsoleClient(console.CreateClient(), new OpsConsoleClientOptions { ApiKey = ConsoleFactory.Key });

    [Fact]
    public async Task Shipment_JudgedMovedAndDelivered_GoesThroughItsCase()
    {
        var id = await RegisterAsync();
        var seen = (await UntilAsync(id, s => s.Prediction is not null)).Prediction!.PredictionId;
        var receipt = await Api.JudgeAsync(id, new JudgementRequest { Late = true, Action = JudgementAction.Rerouted, PredictionId = seen, Judge = "ann" });
        Assert.NotNull(receipt.Verdict);
        var judged = await CaseAsync(id);
        Assert.Equal((CaseState.Judged, "ann"), (judged!.State, judged.Assignee));
        Assert.Equal(receipt.JudgementId, Assert.Single((await Api.GetShipmentAsync(id)).Judgements).JudgementId);

        // The promise moves: who saw the earlier prediction is told so, at once.
        var now = TimeProvider.System.GetUtcNow();
        await SendAsync(id, EventType.PromiseChanged, now.AddHours(40));
        var refused = await Assert.ThrowsAsync<OpsConsoleException>(() => Api.JudgeAsync(id, new JudgementRequest { Late = false, PredictionId = seen }));
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);

        await SendAsync(id, EventType.Delivered);
        var hindsight = await Api.JudgeAsync(id, new JudgementRequest { Late = false, PredictionId = seen, Judge = "bob" });
        Assert.True(hindsight.Hindsight);
        Assert.Equal(ShipmentState.Delivered, (await Api.GetShipmentAsync(id)).State);
        await ClosedAsync(id);
    }

    [Fact]
    public async Task Shipment_NobodyJudgesAndNothingFlags_HasNoCase()
    {
        var id = await RegisterAsync();
        var shipment = await UntilAsync(id, s => s.Prediction is not null);
        Assert.False(shipment.Prediction!.Flagged);
        Assert.Null(await CaseAsync(id));
    }

    private async Task<string> RegisterAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        var id = $"loop-{Guid.NewGuid():N}";
        var receipt = await Api.SendShipmentsAsync([new NewShipment
        {
            ShipmentId = id,
            BookedAt = now.AddHours(-1),
            PromisedBy = now.AddHours(30),
            Origin = new Area { AreaCode = "A1" },
            Destination = new Area { AreaCode = "B2" },
            Service = "standard",
        }]);
        Assert.Equal(1, receipt.Accepted);
        return id;
    }

    private async Task SendAsync(string id, EventType type, DateTimeOffset? promisedBy = null)
    {
        var receipt = await Api.SendEventsAsync([new NewEvent
        {
            EventId = Guid.NewGuid().ToString(),
            ShipmentId = id,
            Type = type,
            OccurredAt = TimeProvider.System.GetUtcNow(),
            PromisedBy = promisedBy,
        }]);
        Assert.Equal(1, receipt.Accepted);
    }

    private async Task<CaseAnswer?> CaseAsync(string id) => (await Api.GetCasesAsync(new CasesQuery { Q = id })).Items.SingleOrDefault();

    // Scoring and settling follow the facts by themselves, within a second.
    private async Task ClosedAsync(string id)
    {
        using var enough = new CancellationTokenSource(Enough);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await CaseAsync(id))!.State != CaseState.Closed)
            await timer.WaitForNextTickAsync(enough.Token);
    }

    private async Task<ShipmentAnswer> UntilAsync(string id, Func<ShipmentAnswer, bool> holds)
    {
        using var enough = new CancellationTokenSource(Enough);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            if (await Api.GetShipmentAsync(id, enough.Token) is var shipment && holds(shipment))
                return shipment;
            await timer.WaitForNextTickAsync(enough.Token);
        }
    }
}
