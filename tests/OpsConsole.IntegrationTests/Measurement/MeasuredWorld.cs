using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Intake.Feeds;
using OpsConsole.IntegrationTests.Store;
using OpsConsole.Live;
using OpsConsole.Measurement;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;
using OpsConsole.Triage;

namespace OpsConsole.IntegrationTests.Measurement;

/// <summary>
/// Facts put straight into the store, with the times they are said to have been received at, and settled as of a clock that stands still until
/// it is moved.
/// </summary>
internal sealed class MeasuredWorld : IAsyncDisposable
{
    private readonly TestStore _store;
    private readonly Dictionary<string, long> _keys = [];
    private long _nextKey = 1;

    private MeasuredWorld(TestStore store, FakeTimeProvider time) => (_store, Time) = (store, time);

    internal static DateTimeOffset Noon { get; } = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    internal FakeTimeProvider Time { get; }

    internal TestStore Store => _store;

    internal T Get<T>()
        where T : notnull => _store.Services.GetRequiredService<T>();

    internal static async Task<MeasuredWorld> StartAsync(OperationsSettings? settings = null, DateTimeOffset? now = null)
    {
        var time = new FakeTimeProvider(now ?? Noon.AddDays(-4));
        var store = await TestStore.StartAsync(time, services =>
        {
            services.AddSingleton(settings ?? new OperationsSettings());
            services.AddSingleton<SettingsStore>();
            services.AddSingleton<InputChanged>();
            services.AddSingleton<SimulatedDefault>();
            services.AddSingleton<BoardChanged>();
            services.AddSingleton<BoardRows>();
            services.AddSingleton<CaseBook>();
            services.AddSingleton<Rebuild>();
            services.AddSingleton<SilentFeeds>();
            services.AddSingleton<QualityReader>();
            services.AddSingleton<BacktestReader>();
            services.AddSingleton<CurvesReader>();
            services.AddSingleton<KpiReader>();
            services.AddSingleton<BoardEffectReader>();
            services.AddSingleton<SettleWhatIsBehind>();
        });
        return new MeasuredWorld(store, time);
    }

    internal long Key(string id) => _keys[id];

    /// <summary>A shipment, registered at a moment.</summary>
    internal async Task<long> ShipAsync(
        string id, DateTimeOffset promise, DateTimeOffset? registered = null, bool history = false, Func<NewShipment, NewShipment>? change = null,
        bool simulated = false, int source = 1, bool heldOut = false)
    {
        var key = _keys[id] = _nextKey++;
        var at = registered ?? promise.AddHours(-60);
        var content = new NewShipment
        {
            ShipmentId = id,
            BookedAt = history ? promise.AddDays(-3) : at,
            PromisedBy = promise,
            Origin = new Area { AreaCode = "A" },
            Destination = new Area { AreaCode = "B" },
            Service = "standard",
        };
        content = change?.Invoke(content) ?? content;
        await using var db = await Get<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync();
        db.Add(new Shipment
        {
            Key = key,
            ShipmentId = id,
            SourceId = source,
            Simulated = simulated,
            RegisteredAt = at,
            History = history,
            HeldOut = heldOut,
            BookedAt = content.BookedAt,
            PromisedFirst = promise,
            PromisedBy = promise,
            PromiseCounted = promise,
            Service = content.Service,
            Carrier = content.Carrier,
            OriginArea = content.Origin.AreaCode,
            DestinationArea = content.Destination.AreaCode,
            InputVersion = 1,
            NextSettleAt = 0,
        });
        db.Add(new ShipmentVersion
        {
            ShipmentId = id,
            ReceivedAt = at,
            PromisedBy = promise,
            Content = JsonSerializer.Serialize(content, ContractJson.Requests.NewShipment),
        });
        await db.SaveChangesAsync();
        return key;
    }

    /// <summary>An event, received when it happened unless said otherwise.</summary>
    internal Task EventAsync(
        string id, EventType type, DateTimeOffset occurred, DateTimeOffset? received = null, DateTimeOffset? promise = null,
        PromiseInitiator? by = null, DateTimeOffset? estimate = null, string? eventId = null) => AddAsync(id, new TrackingEvent
        {
            EventId = eventId ?? $"{id}-{type}-{occurred.UtcTicks}-{by}",
            ShipmentId = id,
            Type = type,
            OccurredAt = occurred,
            ReceivedAt = received ?? occurred,
            SourceId = 1,
            PromisedBy = promise,
            InitiatedBy = by,
            CarrierEstimate = estimate,
        });

    /// <summary>Expected minutes and their interval, kept with every score of a shipment.</summary>
    internal Task MinutesAsync(string id, double expected, double? low, double? high) => ExecuteAsync(
        id, $"UPDATE lead_scores SET expected_delay_minutes = {{0}}, delay_low = {(low is null ? "NULL" : "{1}")}, delay_high = {(high is null ? "NULL" : "{2}")} WHERE shipment_key = {{3}}",
        expected, low ?? 0, high ?? 0, Key(id));

    /// <summary>The score kept at leads.</summary>
    internal Task ScoreAsync(string id, DateTimeOffset promise, double score, double threshold = 0.5, bool recomputed = false, int model = 1, params int[] leads) =>
        AddAsync(id, [.. (leads.Length > 0 ? leads : [.. LeadGrid.Minutes]).Select(lead => new LeadScore
        {
            ShipmentKey = Key(id),
            Lead = lead,
            Moment = promise.AddMinutes(-lead),
            Score = score,
            Threshold = threshold,
            ModelVersionId = model,
            Recomputed = recomputed,
            Vector = [],
        })]);

    /// <summary>What a person said and did.</summary>
    internal async Task<long> JudgeAsync(string id, DateTimeOffset at, JudgementAction action, string judge = "user:1", bool late = true)
    {
        var key = _nextKey++;
        await AddAsync(id, new Judgement { Key = key, ShipmentKey = Key(id), JudgeId = judge, JudgeName = judge, Late = late, Action = action, CreatedAt = at });
        return key;
    }

    internal Task WithdrawAsync(string id, long judgement, DateTimeOffset at) => ExecuteAsync(
        id, "UPDATE judgements SET withdrawn_at = {0} WHERE \"key\" = {1}", at.UtcTicks, judgement);

    /// <summary>Anything else, and the shipment due for settling again.</summary>
    internal async Task AddAsync(string id, params object[] entities)
    {
        await using var db = await Get<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync();
        db.AddRange(entities);
        await db.SaveChangesAsync();
        await ExecuteAsync(id, "SELECT 1");
    }

    internal async Task ExecuteAsync(string id, string sql, params object[] values)
    {
        await using var db = await Get<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync();
        await db.Database.ExecuteSqlRawAsync(sql, values);
        await db.Database.ExecuteSqlRawAsync("UPDATE shipments SET input_version = input_version + 1, next_settle_at = 0 WHERE shipment_id = {0}", id);
    }

    /// <summary>Settles everything that is due now, or at a moment.</summary>
    internal async Task SettleAsync(DateTimeOffset? now = null)
    {
        if (now is { } moment)
            Time.SetUtcNow(moment);
        await Get<SettleWhatIsBehind>().DrainAsync(CancellationToken.None);
    }

    internal async Task<Tally> TallyAsync(string id)
    {
        await using var db = await Get<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync();
        return await db.Set<Tally>().AsNoTracking().SingleAsync(t => t.ShipmentKey == Key(id));
    }

    /// <summary>Everything derived, row by row, without what counts changes and without rows of nothing.</summary>
    internal async Task<string> DumpAsync()
    {
        await using var db = await Get<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync();
        var tallies = await db.Set<Tally>().AsNoTracking().OrderBy(t => t.ShipmentKey).ToListAsync();
        var quality = await db.Set<QualityCount>().AsNoTracking()
            .OrderBy(q => q.Dimension).ThenBy(q => q.Lead).ThenBy(q => q.Day).ThenBy(q => q.Simulated).ThenBy(q => q.Segment).ToListAsync();
        var kpis = await db.Set<KpiCount>().AsNoTracking().OrderBy(k => k.Day).ThenBy(k => k.Simulated).ToListAsync();
        var bins = await db.Set<ScoreHistogramRow>().AsNoTracking().OrderBy(b => b.Lead).ThenBy(b => b.Day).ThenBy(b => b.Simulated).ThenBy(b => b.Bin).ToListAsync();
        var outcomes = (await db.Set<OutcomeRevision>().AsNoTracking().ToListAsync())
            .GroupBy(o => o.ShipmentKey).Select(g => g.MaxBy(o => o.Revision)!).OrderBy(o => o.ShipmentKey)
            .Select(o => new { o.ShipmentKey, o.Truth, o.DelayMinutes, o.At, o.PromiseCounted });
        return string.Join('\n', (string[])
        [
            .. tallies.Select(t => JsonSerializer.Serialize(t with { Revision = 0 })),
            .. quality.Where(q => q.Shipments + q.AtRisk + q.FinishedEarlier + q.RegisteredTooLate != 0).Select(q => JsonSerializer.Serialize(q)),
            .. kpis.Where(k => k.Shipments != 0).Select(k => JsonSerializer.Serialize(k)),
            .. bins.Where(b => b.Late + b.OnTime + b.Touched != 0).Select(b => JsonSerializer.Serialize(b)),
            .. outcomes.Where(o => o.Truth != OutcomeClass.Pending).Select(o => JsonSerializer.Serialize(o)),
        ]);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
