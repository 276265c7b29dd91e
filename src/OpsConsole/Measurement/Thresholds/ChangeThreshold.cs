using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.Measurement.Thresholds;

/// <summary>
/// Proposes thresholds, and applies, declines or takes back what was proposed. Applied is one transaction: the proposal's state, the champion's new
/// term, the audit. Whether it must be somebody else who applies it is a setting.
/// </summary>
public sealed class ChangeThreshold(
    IDbContextFactory<OpsConsoleDb> factory, GroupedWriter writer, Ids ids, Champions champions, SettingsStore settings, LoopClock clock, Audit audit)
{
    internal const int LongestReason = 1_000;

    private static readonly Statement Insert = new(
        """
        INSERT INTO threshold_proposals ("key", model_version_id, "before", "after", customers_before, customers_after, expected, reason, proposed_at,
            proposed_by, proposed_by_name, state)
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, 0)
        """);
    private static readonly Statement Decide = new(
        """UPDATE threshold_proposals SET state = @p1, decided_at = @p2, decided_by_name = @p3 WHERE "key" = @p0 AND state = 0""");

    /// <summary>Proposes; null when it is written, else what is wrong with it.</summary>
    internal async Task<string?> ProposeAsync(ThresholdAnswer expected, double? customers, string reason, Caller who)
    {
        var champion = champions.Current;
        reason = reason.Trim();
        if (reason.Length is 0 or > LongestReason)
            return $"A proposal needs a reason of 1 to {LongestReason:N0} characters.";
        if (!IsThreshold(expected.Then.Threshold) || (customers is { } told && (!IsThreshold(told) || told < expected.Then.Threshold)))
            return "A threshold is a multiple of 0.001 from 0.001 to 0.999, and the customers' is not below the dispatchers'.";
        if (expected.Then.Threshold == champion.Threshold && customers == champion.CustomerThreshold)
            return "These are the thresholds in force.";
        var key = ids.Next();
        await writer.WriteAsync(
            session =>
            {
                session.Execute(
                    Insert, key, champion.ModelVersionId, champion.Threshold, expected.Then.Threshold, champion.CustomerThreshold, customers,
                    JsonSerializer.Serialize(expected, JsonSerializerOptions.Web), reason, session.Received, who.AuditName, who.Name);
                audit.Write(session, who, "threshold.proposed", champion.Version, new { before = champion.Threshold, after = expected.Then.Threshold, customers, reason });
            },
            WritePriority.People);
        return null;
    }

    /// <summary>Applies, declines or takes back; null when it is done, else why not.</summary>
    internal async Task<string?> DecideAsync(long key, ProposalState to, Caller who)
    {
        await using var db = await factory.CreateDbContextAsync();
        if (await db.Set<ThresholdProposal>().AsNoTracking().SingleOrDefaultAsync(p => p.Key == key) is not { State: ProposalState.Open } proposal)
            return "It was decided meanwhile.";
        var own = proposal.ProposedBy == who.AuditName;
        if (to == ProposalState.Withdrawn && !own)
            return "Only who proposed it can take it back.";
        if (to == ProposalState.Applied && own && settings.Current.ThresholdNeedsReview)
            return "Somebody else must apply it: the settings ask for a second pair of eyes.";
        if (to == ProposalState.Applied)
            return await ApplyAsync(proposal, who);
        var done = false;
        await writer.WriteAsync(
            session =>
            {
                done = Close(session, proposal, to, who);
                if (done)
                    audit.Write(session, who, to == ProposalState.Withdrawn ? "threshold.withdrawn" : "threshold.declined", Key(proposal), new { proposal.After });
            },
            WritePriority.People);
        return done ? null : "It was decided meanwhile.";
    }

    private async Task<string?> ApplyAsync(ThresholdProposal proposal, Caller who)
    {
        var closed = false;
        bool Closes(WriteSession session) => closed = Close(session, proposal, ProposalState.Applied, who);
        var done = await champions.ChangeThresholdsAsync(
            proposal.ModelVersionId, proposal.After, proposal.CustomersAfter, who, $"proposal of {proposal.ProposedByName}: {proposal.Reason}", Closes);
        return done ? null : closed ? "It could not be applied." : "Another version is champion by now, or it was decided meanwhile: propose anew on its scores.";
    }

    private bool Close(WriteSession session, ThresholdProposal proposal, ProposalState to, Caller who) =>
        session.Execute(Decide, proposal.Key, to, clock.Now, who.Name) > 0;

    /// <summary>What is open, and what was decided last; newest first.</summary>
    internal async Task<IReadOnlyList<ThresholdProposal>> ReadAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Set<ThresholdProposal>().AsNoTracking().OrderByDescending(p => p.Key).Take(8).ToListAsync(cancellation);
    }

    private static string Key(ThresholdProposal proposal) => proposal.Key.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static bool IsThreshold(double value) => value is >= 0.001 and <= 0.999 && Math.Abs((value * 1000) - Math.Round(value * 1000)) < 1e-9;
}
