using OpsConsole.Client;
using OpsConsole.Triage;

namespace OpsConsole.Labels;

/// <summary>What people said of a shipment before its outcome was known (measurement.md, Label).</summary>
/// <param name="Late">What most standing judgements said; null for none, and for a tie.</param>
/// <param name="Count">How many stand.</param>
/// <param name="Agreement">Share of them that said what most said; one half at a tie; null for none.</param>
/// <param name="Reason">Reason of the newest that stands.</param>
/// <param name="Action">The newest action that was taken, <c>none</c> where nothing was; null for no judgement.</param>
public sealed record JudgedSummary(bool? Late, int Count, double? Agreement, string? Reason, JudgementAction? Action)
{
    private static readonly JudgedSummary Nobody = new(null, 0, null, null, null);

    /// <summary>Sums up the judgements of a shipment; hindsight is left out.</summary>
    /// <param name="judgements">All of them.</param>
    /// <param name="asOf">What had been received by then.</param>
    public static JudgedSummary Of(IReadOnlyList<Judgement> judgements, DateTimeOffset asOf)
    {
        var standing = Standing.Of([.. judgements.Where(j => !j.Hindsight)], asOf);
        if (standing.Count == 0)
            return Nobody;
        var late = standing.Count(j => j.Late);
        var most = Math.Max(late, standing.Count - late);
        var newest = standing[^1];
        return new JudgedSummary(
            late * 2 == standing.Count ? null : late * 2 > standing.Count,
            standing.Count,
            (double)most / standing.Count,
            newest.Reason,
            standing.LastOrDefault(j => j.Action != JudgementAction.None)?.Action ?? JudgementAction.None);
    }
}
