using System.Data.Common;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Prediction;

/// <summary>Scores what somebody asks about, now or as of a past time; stores nothing.</summary>
internal sealed class AskForScores(StoreConnections connections, SettingsStore settings, Champions champions)
{
    /// <summary>The name that stands for whichever version serves.</summary>
    internal const string Champion = "champion";

    private const int Batch = 256;
    private static readonly Statement OfShipment = new("SELECT history, first_scored_at FROM shipments WHERE shipment_id = @p0");

    /// <summary>The answer, in the order asked; null when there is no such version.</summary>
    /// <exception cref="ModelUnavailableException">The version's file can't be used.</exception>
    internal PredictionsAnswer? Ask(PredictionsBody body, DateTimeOffset now, CancellationToken cancellation)
    {
        if ((body.Model is null or Champion ? champions.Current : champions.ByVersion(body.Model)) is not { } champion)
            return null;
        using var connection = connections.OpenReader();
        using var reading = new Reading(connection, settings.Current.TimeZone);
        List<ItemPrediction> predictions = new(body.Items.Count);
        foreach (var items in body.Items.Chunk(Batch))
        {
            cancellation.ThrowIfCancellationRequested();
            Score(items, champion, now, reading, body.Explain, predictions);
        }
        return new PredictionsAnswer { ModelVersion = champion.Version, Threshold = champion.Threshold, Predictions = predictions };
    }

    private static void Score(AskedPrediction[] items, Champion champion, DateTimeOffset now, Reading reading, bool explain, List<ItemPrediction> predictions)
    {
        var read = items.Select(item => reading.Read(item, now)).ToArray();
        var rows = read.Where(r => r.Row is not null).Select(r => r.Row!).ToArray();
        var scores = new ModelScore[rows.Length];
        champion.Model.Score(rows, scores);
        var at = 0;
        for (var i = 0; i < items.Length; i++)
        {
            var about = new ItemPrediction { ShipmentId = items[i].ShipmentId ?? items[i].Shipment!.ShipmentId, AsOf = items[i].AsOf ?? now };
            predictions.Add(read[i] is { Row: { } row }
                ? Answer(about, champion, scores[at++], explain ? champion.Model.Explain(row) : null)
                : about with { Error = read[i].Error });
        }
    }

    private static ItemPrediction Answer(ItemPrediction about, Champion champion, ModelScore score, Explanation? explanation)
    {
        about = about with
        {
            Score = score.Score,
            Late = score.Score >= champion.Threshold,
            ExpectedDelayMinutes = score.ExpectedDelayMinutes,
            DelayInterval = [score.DelayLow, score.DelayHigh],
            RawLogOdds = score.RawLogOdds,
        };
        return explanation is null ? about : about with
        {
            Baseline = explanation.Baseline,
            Contributions = PredictionAnswers.Of(explanation),
            Explanation = "exact",
        };
    }

    /// <summary>Reads what is asked about, as of its moment.</summary>
    private sealed class Reading(DbConnection connection, TimeZoneInfo zone) : IDisposable
    {
        private readonly DbCommand _shipment = OfShipment.Prepare(connection);
        private readonly HistoryReader _histories = new(connection);
        private readonly FeatureReader _features = new(connection, zone);

        internal (FeatureRow? Row, string? Error) Read(AskedPrediction item, DateTimeOffset now)
        {
            if ((item.Shipment is { } sent ? Of(sent, item.Events, now) : Registered(item.ShipmentId!)) is not { } history)
                return (null, "There is no shipment with this id.");
            // Now is what we have; the past is what was known then (contract, Three times).
            var (moment, knowledge) = item.AsOf is { } asOf ? (asOf, Knowledge.Known)
                : (Scorer.Newest(history) is var newest && newest > now ? newest : now, Knowledge.Received);
            if (history.AsOf(moment, knowledge) is not { } state || moment < state.Content.BookedAt)
                return (null, "asOf is before booking, or before anything was known of the shipment.");
            if (state.Terminal is not null)
                return (null, $"It was known by then that the shipment was {state.State.ToString().ToLowerInvariant()}.");
            return (_features.Of(state, knowledge), null);
        }

        private ShipmentHistory? Registered(string shipmentId)
        {
            _shipment.Parameters[0].Value = shipmentId;
            bool history;
            DateTimeOffset? firstScored;
            using (var row = _shipment.ExecuteReader())
            {
                if (!row.Read())
                    return null;
                (history, firstScored) = (row.GetBoolean(0), row.IsDBNull(1) ? null : new DateTimeOffset(row.GetInt64(1), TimeSpan.Zero));
            }
            return _histories.Read(shipmentId, history, firstScored);
        }

        // Whoever sends a shipment along knows when things happened: known at goes as for history.
        private static ShipmentHistory Of(NewShipment shipment, IReadOnlyList<NewEvent> events, DateTimeOffset now) => new(
            [new VersionFact(shipment, shipment.RecordedAt, now)],
            [.. events.Select(e => new TrackingEvent
            {
                EventId = e.EventId,
                ShipmentId = e.ShipmentId,
                Type = e.Type,
                OccurredAt = e.OccurredAt,
                RecordedAt = e.RecordedAt,
                ReceivedAt = now,
                Facility = e.Facility,
                Reason = e.Reason,
                PromisedBy = e.PromisedBy,
                InitiatedBy = e.InitiatedBy,
                CarrierEstimate = e.CarrierEstimate,
                Details = EventDetails.Write(e),
            })],
            history: true,
            firstScoredAt: null);

        public void Dispose()
        {
            _shipment.Dispose();
            _histories.Dispose();
            _features.Dispose();
        }
    }
}
