using System.Data.Common;
using System.Globalization;
using OpsConsole.Intake;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Measurement;

/// <summary>A shipment settled as of a moment, to be written where its input is still the same.</summary>
internal sealed record SettledShipment(DueShipment Due, Outcome Outcome, Tally Tally);

/// <summary>Writes settled shipments: outcome revision, tally, roll-ups, and when each is due again. One unit of the grouped writer.</summary>
internal sealed class SettledWriter
{
    // Takes the row first, so that two instances at the same shipment go one after the other.
    private static readonly Statement Take = new(
        "UPDATE shipments SET settled_version = @p0, next_settle_at = @p1, promise_counted = @p2 WHERE \"key\" = @p3 AND input_version = @p4");
    private static readonly Statement KeepState = new("UPDATE shipments SET state = @p0, promised_by = @p1 WHERE \"key\" = @p2");
    private static readonly Statement JudgementsOf = new("SELECT COUNT(*), COUNT(withdrawn_at) FROM judgements WHERE shipment_key = @p0");
    private static readonly Statement OldTally = new($"SELECT {TallyColumns.List} FROM tallies WHERE shipment_key = @p0");
    private static readonly Statement ChangeTally = new(
        """
        UPDATE tallies SET revision = @p0, promise = @p1, day = @p2, promise_hour = @p3, class = @p4, history = @p5, simulated = @p6, held_out = @p7,
            touched = @p8, delay_minutes = @p9, default_lead = @p10, origin_area = @p11, destination_area = @p12, area_type = @p13,
            deprivation_band = @p14, service = @p15, carrier = @p16, weather_band = @p17, leads = @p18, contacts = @p19, contact_cost = @p20,
            raised_in_time = @p21, answer_minutes = @p22, carrier_said_late = @p23
        WHERE shipment_key = @p24
        """);
    private static readonly Statement NewTally = new(
        """
        INSERT INTO tallies (revision, promise, day, promise_hour, class, history, simulated, held_out, touched, delay_minutes, default_lead,
            origin_area, destination_area, area_type, deprivation_band, service, carrier, weather_band, leads, contacts, contact_cost,
            raised_in_time, answer_minutes, carrier_said_late, shipment_key)
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13, @p14, @p15, @p16, @p17, @p18, @p19, @p20, @p21, @p22,
            @p23, @p24)
        """);
    private static readonly Statement NewestOutcome = new(
        """
        SELECT revision, truth, delay_minutes, at, promise_counted FROM outcomes
        WHERE shipment_key = @p0 AND revision = (SELECT MAX(revision) FROM outcomes WHERE shipment_key = @p0)
        """);
    private static readonly Statement NewOutcome = new(
        """
        INSERT INTO outcomes (shipment_key, revision, found_at, truth, delay_minutes, at, promise_counted)
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6)
        """);

    /// <summary>Writes what is still true; the number of shipments written.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="settled">What was found.</param>
    /// <param name="known">Told of each served shipment whose truth has become known, in the same transaction.</param>
    internal int Write(WriteSession session, IReadOnlyList<SettledShipment> settled, Action<WriteSession, long> known)
    {
        var contribution = new Contribution();
        var written = 0;
        foreach (var shipment in settled)
        {
            if (!TakeRow(session, shipment))
                continue;
            written++;
            if (WriteOutcome(session, shipment) && !shipment.Tally.History)
                known(session, shipment.Due.Key);
            WriteTally(session, shipment.Tally, contribution);
        }
        contribution.Write(session);
        return written;
    }

    // A judgement doesn't count as input; one that came meanwhile leaves the shipment due.
    private static bool TakeRow(WriteSession session, SettledShipment shipment)
    {
        var (due, outcome, tally) = shipment;
        using (var row = session.Query(JudgementsOf, due.Key))
        {
            row.Read();
            var judgements = due.Facts.Judgements;
            // SQL Server counts in int, SQLite in long.
            if (Convert.ToInt32(row.GetValue(0), CultureInfo.InvariantCulture) != judgements.Count
                || Convert.ToInt32(row.GetValue(1), CultureInfo.InvariantCulture) != judgements.Count(j => j.WithdrawnAt is not null))
                return false;
        }
        if (session.Execute(Take, due.InputVersion, outcome.NextChangeAt, tally.Promise, due.Key, due.InputVersion) == 0)
            return false;
        // No score ever touches history, so what is true now of it is kept up here.
        if (tally.History && due.Facts.History.AsOf(DateTimeOffset.MaxValue, Knowledge.Received) is { } now)
            session.Execute(KeepState, now.State, now.PromisedBy, due.Key);
        return true;
    }

    // True when the truth has become known with it.
    private static bool WriteOutcome(WriteSession session, SettledShipment shipment)
    {
        var outcome = shipment.Outcome;
        var revision = 0;
        var before = OutcomeClass.Pending;
        using (var row = session.Query(NewestOutcome, shipment.Due.Key))
        {
            if (row.Read())
            {
                (revision, before) = (row.GetInt32(0), (OutcomeClass)row.GetInt32(1));
                if (before == outcome.Truth && Nullable.Equals(Number(row, 2), outcome.DelayMinutes) && Time(row, 3) == outcome.At
                    && Time(row, 4) == outcome.PromiseCounted)
                    return false;
            }
        }
        if (revision == 0 && outcome.Truth == OutcomeClass.Pending)
            return false;
        session.Execute(
            NewOutcome, shipment.Due.Key, revision + 1, session.Received, outcome.Truth, outcome.DelayMinutes, outcome.At, outcome.PromiseCounted);
        return before == OutcomeClass.Pending && outcome.Truth != OutcomeClass.Pending;
    }

    /// <summary>Puts a tally in the place of the one there is, and what that changes in the sums into a contribution.</summary>
    internal static void WriteTally(WriteSession session, Tally tally, Contribution contribution)
    {
        var old = Read(session, tally.ShipmentKey);
        if (old?.SameAs(tally) == true)
            return;
        contribution.Replace(old, tally);
        session.Execute(
            old is null ? NewTally : ChangeTally, (old?.Revision ?? 0) + 1, tally.Promise, tally.Day, tally.PromiseHour, tally.Class, tally.History,
            tally.Simulated, tally.HeldOut, tally.Touched, tally.DelayMinutes, tally.DefaultLead, tally.OriginArea, tally.DestinationArea, tally.AreaType,
            tally.DeprivationBand, tally.Service, tally.Carrier, tally.WeatherBand, tally.Leads, tally.Contacts, tally.ContactCost,
            tally.RaisedInTime, tally.AnswerMinutes, tally.CarrierSaidLate, tally.ShipmentKey);
    }

    private static Tally? Read(WriteSession session, long key)
    {
        using var row = session.Query(OldTally, key);
        return row.Read() ? TallyColumns.Read(row, key) : null;
    }

    private static double? Number(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);

    private static DateTimeOffset? Time(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : new DateTimeOffset(row.GetInt64(column), TimeSpan.Zero);
}
