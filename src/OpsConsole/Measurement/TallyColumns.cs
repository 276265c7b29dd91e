using System.Data.Common;
using System.Globalization;
using OpsConsole.Intake;

namespace OpsConsole.Measurement;

/// <summary>The columns of a tally in one order, and back from a row.</summary>
internal static class TallyColumns
{
    /// <summary>All but the shipment's key.</summary>
    internal const string List =
        """
        revision, promise, day, promise_hour, class, history, simulated, held_out, touched, delay_minutes, default_lead, origin_area,
            destination_area, area_type, deprivation_band, service, carrier, weather_band, leads, contacts, contact_cost, raised_in_time,
            answer_minutes, carrier_said_late
        """;

    /// <summary>How many those are.</summary>
    internal const int Count = 24;

    /// <summary>The tally of a row that starts with them.</summary>
    internal static Tally Read(DbDataReader row, long shipmentKey) => new()
    {
        ShipmentKey = shipmentKey,
        Revision = row.GetInt32(0),
        Promise = new DateTimeOffset(row.GetInt64(1), TimeSpan.Zero),
        Day = row.GetInt32(2),
        PromiseHour = row.GetInt32(3),
        Class = (OutcomeClass)row.GetInt32(4),
        History = Flag(row, 5),
        Simulated = Flag(row, 6),
        HeldOut = Flag(row, 7),
        Touched = Flag(row, 8),
        DelayMinutes = Number(row, 9),
        DefaultLead = row.GetInt32(10),
        OriginArea = row.GetString(11),
        DestinationArea = row.GetString(12),
        AreaType = Text(row, 13),
        DeprivationBand = row.IsDBNull(14) ? null : row.GetInt32(14),
        Service = row.GetString(15),
        Carrier = Text(row, 16),
        WeatherBand = Text(row, 17),
        Leads = (byte[])row.GetValue(18),
        Contacts = row.GetInt32(19),
        ContactCost = row.GetInt64(20),
        RaisedInTime = Flag(row, 21),
        AnswerMinutes = Number(row, 22),
        CarrierSaidLate = row.IsDBNull(23) ? null : Flag(row, 23),
    };

    private static bool Flag(DbDataReader row, int column) => Convert.ToBoolean(row.GetValue(column), CultureInfo.InvariantCulture);

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static double? Number(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);
}
