using System.Globalization;
using System.Text.Json;
using OpsConsole.Client;
using OpsConsole.Intake.Reading;
using OpsConsole.Store;

namespace OpsConsole.Intake;

/// <summary>Takes weather and traffic in. Area, time and source are the key; what comes for a known key amends it, as a row of its own.</summary>
internal sealed class ReceiveConditions(GroupedWriter writer, InputChanged changed) : Receive<NewCondition>(writer, changed)
{
    /// <summary>Without a word of the sender a condition counts as known when received, if it comes within this time; else it is history.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(24);

    private static readonly Statement Insert = new(
        """
        INSERT INTO conditions (area_code, observed_at, recorded_at, received_at, known_at, source_id, content_hash,
          precipitation_mm, snow_cm, wind_kph, temperature_c, traffic_index, incidents)
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12)
        """);
    private static readonly Statement SameStored = new(
        "SELECT COUNT(*) FROM conditions WHERE area_code = @p0 AND observed_at = @p1 AND source_id = @p2 AND content_hash = @p3");

    // Two statements rather than an OR, so that each goes by its own index.
    private const string Bump = "UPDATE shipments SET input_version = input_version + 1, next_score_at = 0, next_settle_at = 0 WHERE state = 0 AND history = 0 AND loop = @p1 ";
    private static readonly Statement BumpDestinations = new(Bump + "AND destination_area = @p0");
    private static readonly Statement BumpOrigins = new(Bump + "AND origin_area = @p0 AND destination_area <> @p0");

    internal override NewCondition? Read(ref Utf8JsonReader json, ItemReader reader) => ConditionReader.Read(ref json, reader);

    internal override long HashOf(NewCondition content) => ContentHash.Of(content);

    protected override void Write(WriteSession session, Part<NewCondition> part)
    {
        HashSet<string> areas = new(StringComparer.Ordinal);
        foreach (var item in part.Items)
        {
            var c = item.Content;
            // The source is the caller's own, so it needn't be in the name.
            var key = string.Create(CultureInfo.InvariantCulture, $"{c.ObservedAt.UtcTicks} {c.AreaCode}");
            if (part.Earlier(key).Contains(item.Hash) || Convert.ToInt64(session.Scalar(SameStored, c.AreaCode, c.ObservedAt, part.Caller.SourceId, item.Hash), CultureInfo.InvariantCulture) > 0)
            {
                part.NoteDuplicate();
                continue;
            }
            session.Execute(
                Insert, c.AreaCode, c.ObservedAt, c.RecordedAt, session.Received, KnownAt(c, session.Received), part.Caller.SourceId, item.Hash,
                c.PrecipitationMm, c.SnowCm, c.WindKph, c.TemperatureC, c.TrafficIndex, c.Incidents);
            part.Accept(key, item);
            // What is older changes no open shipment's features.
            if (c.ObservedAt >= session.Received - ConditionsReader.Reach)
                areas.Add(c.AreaCode);
        }
        foreach (var area in areas)
        {
            session.Execute(BumpDestinations, area, session.Loop);
            session.Execute(BumpOrigins, area, session.Loop);
        }
    }

    internal static DateTimeOffset KnownAt(NewCondition condition, DateTimeOffset received) =>
        condition.RecordedAt ?? (received - condition.ObservedAt <= Fresh ? received : condition.ObservedAt);
}
