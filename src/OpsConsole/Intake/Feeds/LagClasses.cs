namespace OpsConsole.Intake.Feeds;

/// <summary>The classes in which the sender's lag is counted: from when it knew (or it happened) to when it came.</summary>
public static class LagClasses
{
    private static readonly (TimeSpan UpTo, string Words)[] All =
    [
        (TimeSpan.FromSeconds(10), "10 s"), (TimeSpan.FromMinutes(1), "1 min"), (TimeSpan.FromMinutes(5), "5 min"), (TimeSpan.FromMinutes(15), "15 min"),
        (TimeSpan.FromHours(1), "1 h"), (TimeSpan.FromHours(6), "6 h"), (TimeSpan.FromDays(1), "a day"), (TimeSpan.MaxValue, "more"),
    ];

    /// <summary>How many there are.</summary>
    public static int Count => All.Length;

    /// <summary>The class of a lag; a sender whose clock is ahead has none.</summary>
    public static int Of(TimeSpan lag) => Array.FindIndex(All, c => lag <= c.UpTo);

    /// <summary>"Within 5 min", "more than a day".</summary>
    public static string Words(int lagClass) => lagClass == All.Length - 1 ? "more than " + All[^2].Words : "within " + All[lagClass].Words;

    /// <summary>The class within which a share of the items came; null when there are none.</summary>
    public static int? Within(IReadOnlyList<long> items, double share)
    {
        var total = items.Sum();
        long sum = 0;
        for (var i = 0; i < items.Count; i++)
        {
            sum += items[i];
            if (total > 0 && sum >= share * total)
                return i;
        }
        return null;
    }
}
