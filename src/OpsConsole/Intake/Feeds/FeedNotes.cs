using OpsConsole.Client;

namespace OpsConsole.Intake.Feeds;

/// <summary>What came of one source since it was last written down.</summary>
internal sealed class FeedNotes
{
    private const int MostFacilities = 200;
    private const int MostNames = 500;

    internal sealed record Rejection(long Items, string? SampleId, DateTimeOffset At);

    internal Dictionary<(int Day, FeedKind Kind), (long Accepted, long Duplicates, long Rejected)> Days { get; } = [];

    internal long[][] Filled { get; } = [.. OptionalFields.Names.Select(names => new long[names.Length])];

    internal long[] Items { get; } = new long[OptionalFields.Names.Count];

    internal long[][] Lags { get; } = [.. OptionalFields.Names.Select(_ => new long[LagClasses.Count])];

    internal Dictionary<(FeedKind Kind, string Field), long> Ignored { get; } = [];

    internal Dictionary<string, (long Named, long Placed)> Areas { get; } = new(StringComparer.Ordinal);

    internal Dictionary<(FeedKind Kind, string Field, string Reason), Rejection> Rejections { get; } = [];

    /// <summary>When something came last, by facility; of the source as a whole under the empty name.</summary>
    internal Dictionary<string, DateTimeOffset> Arrivals { get; } = new(StringComparer.Ordinal);

    internal void AddDay(int day, FeedKind kind, long accepted, long duplicates, long rejected)
    {
        var (a, d, r) = Days.GetValueOrDefault((day, kind));
        Days[(day, kind)] = (a + accepted, d + duplicates, r + rejected);
    }

    internal void AddItem(FeedKind kind, object? item, DateTimeOffset received)
    {
        Items[(int)kind]++;
        OptionalFields.Count(item, Filled[(int)kind]);
        if (OptionalFields.Known(item) is { } known)
            Lags[(int)kind][LagClasses.Of(received - known)]++;
        if (item is NewShipment shipment)
        {
            AddArea(shipment.Origin);
            AddArea(shipment.Destination);
        }
        else if (item is NewEvent { Facility: { } facility } && (Arrivals.Count < MostFacilities || Arrivals.ContainsKey(facility)))
        {
            Arrivals[facility] = received;
        }
    }

    internal void AddIgnored(FeedKind kind, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (Ignored.Count < MostNames || Ignored.ContainsKey((kind, name)))
                Ignored[(kind, name)] = Ignored.GetValueOrDefault((kind, name)) + 1;
        }
    }

    internal void AddRejection(FeedKind kind, string field, string reason, string? id, DateTimeOffset at)
    {
        var key = (kind, Cut(field, 128), Cut(reason, 200));
        if (Rejections.Count >= MostNames && !Rejections.ContainsKey(key))
            return;
        Rejections[key] = new Rejection((Rejections.GetValueOrDefault(key)?.Items ?? 0) + 1, id is null ? null : Cut(id, 128), at);
    }

    private void AddArea(Area area)
    {
        if (Areas.Count >= MostNames && !Areas.ContainsKey(area.AreaCode))
            return;
        var (named, placed) = Areas.GetValueOrDefault(area.AreaCode);
        Areas[area.AreaCode] = (named + 1, placed + (area.Latitude is not null && area.Longitude is not null ? 1 : 0));
    }

    private static string Cut(string text, int longest) => text.Length <= longest ? text : string.Concat(text.AsSpan(0, longest - 1), "…");
}
