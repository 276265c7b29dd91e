using OpsConsole.Client;

namespace OpsConsole.Simulator.Network;

/// <summary>A sorting centre.</summary>
internal sealed record Hub(int Number, string Name, double Latitude, double Longitude, double Strain);

/// <summary>An area that the invented courier serves.</summary>
internal sealed record Site(int Number, string Code, AreaType Type, int DeprivationBand, double Latitude, double Longitude, double Demand, Hub Hub)
{
    /// <summary>The contract's area, with a place inside it.</summary>
    internal Area At(Dice dice) => new()
    {
        AreaCode = Code,
        AreaType = Type,
        DeprivationBand = DeprivationBand,
        Latitude = Math.Round(Latitude + dice.Between(-0.03, 0.03), 4),
        Longitude = Math.Round(Longitude + dice.Between(-0.05, 0.05), 4),
    };
}

/// <summary>A carrier and how careful it is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Share">Its share of the parcels.</param>
/// <param name="Pace">How long its rounds take, 1 = as planned.</param>
/// <param name="MissedScans">The share of scans it forgets.</param>
internal sealed record Carrier(string Name, double Share, double Pace, double MissedScans);

/// <summary>Four centres and twenty-four areas of a courier that doesn't exist.</summary>
internal static class Geography
{
    internal static IReadOnlyList<Hub> Hubs { get; } =
    [
        new(0, "HUB-NORTH", 52.92, -1.48, 1.00),
        new(1, "HUB-EAST", 52.58, -0.94, 0.94),
        new(2, "HUB-SOUTH", 52.19, -1.52, 0.97),
        new(3, "HUB-WEST", 52.55, -2.12, 1.12),
    ];

    internal static IReadOnlyList<Carrier> Carriers { get; } =
    [
        new("own fleet", 0.55, 1.00, 0.02),
        new("Fernway", 0.25, 1.05, 0.04),
        new("Brook & Daughter", 0.20, 1.10, 0.08),
    ];

    internal static IReadOnlyList<Site> Sites { get; } = [.. Hubs.SelectMany(Around)];

    private static IEnumerable<Site> Around(Hub hub)
    {
        // Around each centre: two inner districts, two suburbs, two country areas further out.
        (AreaType Type, double Kilometres, double Demand, int[] Bands)[] ring =
        [
            (AreaType.Urban, 6, 1.6, [2, 1, 3, 2]), (AreaType.Urban, 9, 1.3, [4, 5, 3, 1]),
            (AreaType.Suburban, 16, 1.1, [7, 8, 6, 5]), (AreaType.Suburban, 20, 0.9, [6, 9, 8, 4]),
            (AreaType.Rural, 33, 0.5, [6, 7, 9, 3]), (AreaType.Rural, 42, 0.4, [8, 5, 10, 6]),
        ];
        for (var i = 0; i < ring.Length; i++)
        {
            var bearing = Math.PI / 3 * i + hub.Number;
            var (type, kilometres, demand, bands) = ring[i];
            yield return new Site(
                hub.Number * ring.Length + i,
                $"{"NESW"[hub.Number]}{i + 1}",
                type, bands[hub.Number],
                hub.Latitude + kilometres / 111 * Math.Cos(bearing),
                hub.Longitude + kilometres / 68 * Math.Sin(bearing),
                demand, hub);
        }
    }

    /// <summary>Kilometres by road between two areas by way of their centres.</summary>
    internal static double RoadKilometres(Site from, Site to) =>
        1.25 * (from.Hub == to.Hub && from == to ? 5 : GreatCircle(from.Latitude, from.Longitude, to.Latitude, to.Longitude));

    /// <summary>Kilometres by road between two centres.</summary>
    internal static double RoadKilometres(Hub from, Hub to) => 1.2 * GreatCircle(from.Latitude, from.Longitude, to.Latitude, to.Longitude);

    /// <summary>Kilometres by road from an area's centre into it.</summary>
    internal static double LastKilometres(Site site) => 1.3 * GreatCircle(site.Hub.Latitude, site.Hub.Longitude, site.Latitude, site.Longitude);

    private static double GreatCircle(double latitude, double longitude, double otherLatitude, double otherLongitude)
    {
        const double radians = Math.PI / 180;
        var a = Math.Pow(Math.Sin((otherLatitude - latitude) * radians / 2), 2)
            + Math.Cos(latitude * radians) * Math.Cos(otherLatitude * radians) * Math.Pow(Math.Sin((otherLongitude - longitude) * radians / 2), 2);
        return 2 * 6371 * Math.Asin(Math.Sqrt(a));
    }
}
