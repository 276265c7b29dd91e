using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Client;
using OpsConsole.Live;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Triage;

/// <summary>Shipments and scores written as Intake and Prediction write them, without either: what Triage and Live do is then told apart from what they do.</summary>
internal sealed class TriageSeed(IServiceProvider services)
{
    internal const double Threshold = 0.4;

    private static readonly Statement AddShipment = new(
        """
        INSERT INTO shipments ("key", shipment_id, source_id, simulated, loop, registered_at, history, held_out, booked_at, promised_first, service,
            origin_area, destination_area, input_version, scored_version, state, promised_by, promise_counted, flagged, silent, settled_version)
        VALUES (@p0, @p1, 1, 0, @p2, @p3, @p4, @p5, @p3, @p6, @p7, 'A1', @p8, 1, 1, 0, @p6, @p6, 0, 0, 1)
        """);
    private static readonly Statement AddVersion = new(
        """
        INSERT INTO shipment_versions (shipment_id, received_at, promised_by, content_hash, content) VALUES (@p0, @p1, @p2, @p3, @p4)
        """);
    private static readonly Statement AddEvent = new(
        """
        INSERT INTO events (event_id, shipment_id, type, occurred_at, received_at, source_id, content_hash, promised_by)
        VALUES (@p0, @p1, @p2, @p3, @p3, 1, 0, @p4)
        """);
    private static readonly Statement AddPrediction = new(
        """
        INSERT INTO predictions ("key", shipment_key, scored_at, model_version_id, score, threshold, flagged, raw_log_odds, baseline,
            expected_delay_minutes, delay_low, delay_high, vector, contributions)
        VALUES (@p0, @p1, @p2, 1, @p3, @p4, @p5, 0, 0, 10, -5, 30, @p6, '[]')
        """);
    private static readonly Statement Scored = new(
        """UPDATE shipments SET score = @p1, flagged = @p2, prediction_key = @p3, state = @p4, promised_by = @p5 WHERE "key" = @p0""");

    private readonly GroupedWriter _writer = services.GetRequiredService<GroupedWriter>();
    private readonly Ids _ids = services.GetRequiredService<Ids>();
    private readonly LoopClock _clock = services.GetRequiredService<LoopClock>();
    private readonly BoardRows _board = services.GetRequiredService<BoardRows>();
    private readonly IEnumerable<IFollowScores> _followers = services.GetServices<IFollowScores>();

    internal sealed record Parcel(long Key, string Id, DateTimeOffset PromisedBy, bool HeldOut);

    internal async Task<Parcel> RegisterAsync(
        string? id = null, TimeSpan? promisedIn = null, bool heldOut = false, bool history = false, string area = "B2", string service = "standard", int loop = 0)
    {
        var key = _ids.Next();
        id ??= $"S{key.ToString(CultureInfo.InvariantCulture)}";
        var promise = _clock.Now + (promisedIn ?? TimeSpan.FromHours(10));
        await _writer.WriteAsync(session =>
        {
            session.Execute(AddShipment, key, id, loop, session.Received, history, heldOut, promise, service, area);
            session.Execute(AddVersion, id, session.Received, promise, key, Content(id, session.Received, promise, area, service));
        });
        return new Parcel(key, id, promise, heldOut);
    }

    /// <summary>What scoring writes in one unit; the key of the stored prediction.</summary>
    internal async Task<long> ScoreAsync(Parcel parcel, double score, ShipmentState state = ShipmentState.Open, bool store = true, DateTimeOffset? promisedBy = null, TimeSpan finishedAgo = default)
    {
        var key = _ids.Next();
        await _writer.WriteAsync(session => Write(session, parcel, score, state, store, promisedBy ?? parcel.PromisedBy, key, finishedAgo));
        return key;
    }

    internal void Write(WriteSession session, Parcel parcel, double score, ShipmentState state, bool store, DateTimeOffset promisedBy, long key, TimeSpan finishedAgo = default)
    {
        var open = state == ShipmentState.Open;
        var flagged = open && score >= Threshold && session.Received < promisedBy;
        if (store && open)
            session.Execute(AddPrediction, key, parcel.Key, session.Received, score, Threshold, flagged, Array.Empty<byte>());
        session.Execute(Scored, parcel.Key, score, flagged, store ? key : null, state, promisedBy);
        _board.Scored(session, new BoardScore
        {
            ShipmentKey = parcel.Key,
            ShipmentId = parcel.Id,
            Simulated = false,
            HeldOut = parcel.HeldOut,
            State = state,
            Score = score,
            Threshold = Threshold,
            Late = score >= Threshold,
            Flagged = flagged,
            PromisedBy = promisedBy,
            DestinationArea = "B2",
            Service = "standard",
            PredictionKey = store ? key : null,
            FinishedAt = open ? null : session.Received - finishedAgo,
        });
        foreach (var follower in _followers)
        {
            follower.Follow(session, new ScoreWritten
            {
                ShipmentKey = parcel.Key,
                ShipmentId = parcel.Id,
                Moment = session.Received,
                State = state,
                HeldOut = parcel.HeldOut,
                PromisedBy = promisedBy,
                Score = open ? score : null,
                Threshold = Threshold,
                Flagged = flagged,
                WasFlagged = false,
                PredictionKey = store ? key : null,
            });
        }
    }

    internal Task EventAsync(Parcel parcel, EventType type, DateTimeOffset? promisedBy = null) => _writer.WriteAsync(session =>
        session.Execute(AddEvent, Guid.NewGuid().ToString(), parcel.Id, type, session.Received, promisedBy));

    private static string Content(string id, DateTimeOffset booked, DateTimeOffset promise, string area, string service) =>
        System.Text.Json.JsonSerializer.Serialize(
            new NewShipment
            {
                ShipmentId = id,
                BookedAt = booked,
                PromisedBy = promise,
                Origin = new Area { AreaCode = "A1" },
                Destination = new Area { AreaCode = area },
                Service = service,
            },
            ContractJson.Requests.NewShipment);
}
