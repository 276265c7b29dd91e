using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Access;
using OpsConsole.IntegrationTests.Intake;
using OpsConsole.Measurement;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Operations;

/// <summary>
/// A shipment that makes whoever reads it fail (quality.md F12), as a bug of ours or a damaged page would: it holds up nobody, is tried five times, then
/// set aside where an administrator sees it, and comes back when it is mended.
/// </summary>
public sealed class SetAsideTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly ConsoleFactory _console;

    public SetAsideTests() => _console = new ConsoleFactory(services => services.AddSingleton(new LoopClock(_time)));

    private SetAside Aside => _console.Services.GetRequiredService<SetAside>();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _console.DisposeAsync();

    [Fact]
    public async Task PoisonedShipment_AmongOthers_IsSetAsideSeenAndTriedAgain()
    {
        var poisoned = await RegisterAsync();
        List<string> others = [];
        for (var i = 0; i < 20; i++)
            others.Add(await RegisterAsync());
        await DrainAsync();
        var content = await ContentAsync(poisoned, "{ this is no content");
        await SendEventsAsync([poisoned, .. others]);

        for (var turn = 0; turn < SetAside.MostTries + 2; turn++)
        {
            await DrainAsync();
            _time.Advance(TimeSpan.FromMinutes(6));
        }

        // The others have gone on meanwhile: nobody waited.
        Assert.Equal(others.Count, _console.Count("SELECT COUNT(*) FROM shipments WHERE scored_version = input_version AND settled_version = input_version"));
        Assert.Equal([(SetAsideStage.Scoring, 5), (SetAsideStage.Settling, 5)], Aside.List().OrderBy(a => a.Stage).Select(a => (a.Stage, a.Tries)));
        Assert.All(Aside.List(), a => Assert.Equal((poisoned, nameof(JsonException)), (a.ShipmentId, a.Error)));
        Assert.Equal(2, Aside.Count());
        Assert.Equal(0, Backlog("unscored") + Backlog("unsettled"));

        // Mended, it is tried again by hand, and is as good as new.
        await ContentAsync(poisoned, content);
        foreach (var aside in Aside.List())
            await Aside.RetryAsync(aside, Caller.System);
        await DrainAsync();
        Assert.Empty(Aside.List());
        Assert.Equal(others.Count + 1, _console.Count("SELECT COUNT(*) FROM shipments WHERE scored_version = input_version AND settled_version = input_version"));
        Assert.Equal(2, _console.Count("SELECT COUNT(*) FROM audit WHERE what = 'shipment.triedAgain'"));
    }

    [Fact]
    public async Task SetAsideShipment_GetsANewFact_IsTriedAgainByItself()
    {
        var poisoned = await RegisterAsync();
        await DrainAsync();
        var content = await ContentAsync(poisoned, "{ this is no content");
        await SendEventsAsync([poisoned]);
        for (var turn = 0; turn < SetAside.MostTries + 1; turn++)
        {
            await DrainAsync();
            _time.Advance(TimeSpan.FromMinutes(6));
        }
        Assert.Equal(2, Aside.Count());

        await ContentAsync(poisoned, content);
        await SendEventsAsync([poisoned]);
        await DrainAsync();

        Assert.Equal(0, Aside.Count());
        Assert.Equal(1, _console.Count("SELECT COUNT(*) FROM shipments WHERE scored_version = input_version AND settled_version = input_version"));
    }

    private async Task<string> RegisterAsync()
    {
        var shipment = Sent.Shipment().With("bookedAt", Sent.Time(_time.GetUtcNow().AddHours(-5))).With("promisedBy", Sent.Time(_time.GetUtcNow().AddHours(30)));
        Assert.Equal(1, (await _console.Client.SendAsync("shipments", shipment)).Accepted);
        return shipment["shipmentId"]!.GetValue<string>();
    }

    private async Task SendEventsAsync(IReadOnlyList<string> shipments)
    {
        foreach (var id in shipments)
            Assert.Equal(1, (await _console.Client.SendAsync("events", Sent.Event(shipmentId: id).With("occurredAt", Sent.Time(_time.GetUtcNow())))).Accepted);
    }

    private async Task DrainAsync()
    {
        await _console.Services.GetRequiredService<ScoreWhatIsBehind>().DrainAsync();
        await _console.Services.GetRequiredService<SettleWhatIsBehind>().DrainAsync(CancellationToken.None);
    }

    /// <summary>Puts another content in the store; what was there before.</summary>
    private async Task<string> ContentAsync(string shipment, string content)
    {
        var before = "";
        await _console.Services.GetRequiredService<GroupedWriter>().WriteAsync(session =>
        {
            before = (string)session.Scalar(ReadContent, shipment)!;
            session.Execute(WriteContent, content, shipment);
        });
        return before;
    }

    private static readonly Statement ReadContent = new("SELECT content FROM shipment_versions WHERE shipment_id = @p0");
    private static readonly Statement WriteContent = new("UPDATE shipment_versions SET content = @p0 WHERE shipment_id = @p1");

    private long Backlog(string which) => _console.Count(which == "unscored"
        ? $"SELECT COUNT(*) FROM shipments WHERE next_score_at <= {_time.GetUtcNow().UtcTicks}"
        : $"SELECT COUNT(*) FROM shipments WHERE next_settle_at <= {_time.GetUtcNow().UtcTicks}");
}
