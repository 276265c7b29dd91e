using OpsConsole.Client;
using OpsConsole.Intake;

namespace OpsConsole.Prediction;

/// <summary>
/// The moments at which time alone is a reason to score a shipment (design 4): those of the lead grid before the counted promise, and the one at
/// which its next scan is overdue.
/// <para>
/// Overdue is a rule that needs no data: no scan for longer than a share of the time from booking to the counted promise, by stage, and never
/// under an hour. In a next-day network that is about ten hours on the way, twelve after booking; with a window of weeks it is days.
/// </para>
/// </summary>
public static class ScoringTimes
{
    /// <summary>A score kept later than this after its moment counts as computed afterwards.</summary>
    public static readonly TimeSpan InTime = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan LeastSilence = TimeSpan.FromHours(1);

    /// <summary>A moment of the grid.</summary>
    /// <param name="counted">The counted promise.</param>
    /// <param name="lead">Minutes before it.</param>
    public static DateTimeOffset MomentOf(DateTimeOffset counted, int lead) => counted.AddMinutes(-lead);

    /// <summary>The leads whose score is to be kept as known at <paramref name="now"/>: registered by then, the moment here, not finished at it.</summary>
    public static IEnumerable<int> Kept(ShipmentHistory history, DateTimeOffset now)
    {
        var finished = history.FinishedAt(Knowledge.Received);
        foreach (var lead in LeadGrid.Minutes)
        {
            var moment = MomentOf(history.PromiseCounted, lead);
            if (moment >= history.RegisteredAt && moment <= now && !(finished <= moment))
                yield return lead;
        }
    }

    /// <summary>When the next scan is overdue.</summary>
    public static DateTimeOffset OverdueAt(ShipmentAsOf shipment)
    {
        var (stage, since) = Stages.Of(shipment);
        var share = stage switch
        {
            Stage.Booked => 0.5,
            Stage.Accepted or Stage.Collected => 0.4,
            _ => 0.35,
        };
        var silence = (shipment.PromiseCounted - shipment.Content.BookedAt) * share;
        var last = shipment.LastScan?.OccurredAt ?? since;
        return last + (silence > LeastSilence ? silence : LeastSilence);
    }

    /// <summary>When an open shipment is to be scored next; null when time alone has nothing more to say: the promise has come.</summary>
    public static DateTimeOffset? Next(ShipmentAsOf shipment, DateTimeOffset counted, DateTimeOffset now)
    {
        if (now >= counted)
            return null;
        DateTimeOffset? next = null;
        foreach (var lead in LeadGrid.Minutes)
        {
            if (MomentOf(counted, lead) is var moment && moment > now)
            {
                next = moment;
                break;
            }
        }
        var overdue = OverdueAt(shipment);
        return overdue > now && overdue < next ? overdue : next;
    }
}
