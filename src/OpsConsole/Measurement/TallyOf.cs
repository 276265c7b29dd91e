using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Labels;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Triage;

namespace OpsConsole.Measurement;

/// <summary>Everything that the tally of one shipment is made from.</summary>
internal sealed record TallyFacts
{
    /// <summary>What was received of it.</summary>
    public required ShipmentHistory History { get; init; }

    /// <summary>Registered by a simulated source.</summary>
    public bool Simulated { get; init; }

    /// <summary>Drawn into the hold-out.</summary>
    public bool HeldOut { get; init; }

    /// <summary>The source's own reporting lag.</summary>
    public int? SourceLagMinutes { get; init; }

    /// <summary>What was said of it.</summary>
    public IReadOnlyList<Judgement> Judgements { get; init; } = [];

    /// <summary>The scores kept, by place in the grid; null where there is none.</summary>
    public IReadOnlyList<LeadScore?> Scores { get; init; } = [];

    /// <summary>Its case; null when it never had one.</summary>
    public Case? Case { get; init; }

    /// <summary>Support contacts about it.</summary>
    public int Contacts { get; init; }

    /// <summary>What they cost.</summary>
    public double ContactCost { get; init; }

    /// <summary>Weather at the destination before a moment; asked only once that is over.</summary>
    public Func<string, DateTimeOffset, string?> Weather { get; init; } = (_, _) => null;
}

/// <summary>From the facts of a shipment to its outcome and its tally: pure, so that settling and rebuilding agree.</summary>
internal static class TallyOf
{
    /// <summary>Outcome and tally as of a moment.</summary>
    internal static (Outcome Outcome, Tally Tally) Facts(long shipmentKey, TallyFacts facts, OperationsSettings settings, DateTimeOffset now)
    {
        var history = facts.History;
        var rules = OutcomeRules.Of(settings, facts.SourceLagMinutes);
        var outcome = history.OutcomeAt(now, rules, history.IsHistory ? Knowledge.Known : Knowledge.Received);
        var promise = history.PromiseCounted;
        var local = TimeZoneInfo.ConvertTime(promise, settings.TimeZone);
        var content = history.Newest.Content;
        var tally = new Tally
        {
            ShipmentKey = shipmentKey,
            Promise = promise,
            Day = DateOnly.FromDateTime(local.DateTime).DayNumber,
            PromiseHour = local.Hour,
            Class = outcome.Class,
            History = history.IsHistory,
            Simulated = facts.Simulated,
            HeldOut = facts.HeldOut,
            Touched = LabelRule.IsTouched(outcome, facts.Judgements, rules, settings),
            DelayMinutes = outcome.DelayMinutes,
            DefaultLead = settings.DefaultLeadMinutes,
            OriginArea = content.Origin.AreaCode,
            DestinationArea = content.Destination.AreaCode,
            AreaType = Word(content.Destination.AreaType),
            DeprivationBand = content.Destination.DeprivationBand,
            Service = content.Service,
            Carrier = content.Carrier,
            // What was known by the promise never changes afterwards, so that a rebuild finds the same.
            WeatherBand = now >= promise ? facts.Weather(content.Destination.AreaCode, promise) : null,
            Leads = LeadTally.Pack(Leads(facts, outcome)),
            Contacts = facts.Contacts,
            ContactCost = (long)Math.Round(facts.ContactCost * 10_000),
            RaisedInTime = RaisedInTime(facts, settings),
            AnswerMinutes = AnswerMinutes(facts),
            CarrierSaidLate = CarrierSaidLate(history, rules, settings),
        };
        return (outcome, tally);
    }

    private static LeadTally[] Leads(TallyFacts facts, Outcome outcome)
    {
        var history = facts.History;
        var counted = !history.IsHistory && outcome.Class is (OutcomeClass.Late or OutcomeClass.OnTime);
        var finished = history.FinishedAt(Knowledge.Received);
        var leads = new LeadTally[LeadGrid.Minutes.Count];
        for (var i = 0; i < leads.Length; i++)
        {
            var moment = history.PromiseCounted.AddMinutes(-LeadGrid.Minutes[i]);
            var standing = !counted ? LeadStanding.NotCounted
                : history.RegisteredAt > moment ? LeadStanding.RegisteredTooLate
                : finished <= moment ? LeadStanding.FinishedEarlier
                : LeadStanding.AtRisk;
            leads[i] = i < facts.Scores.Count && facts.Scores[i] is { } kept
                ? new LeadTally(standing, kept.Score, kept.Threshold, kept.ModelVersionId, kept.Recomputed, KeptMinutes.Of(kept))
                : new LeadTally(standing, null, 0, 0, false);
        }
        return leads;
    }

    /// <summary>
    /// The last moment at which any action can still help, and so the one a case must be before people by (measurement.md, Operations figures).
    /// </summary>
    internal static DateTimeOffset LastUsefulMoment(DateTimeOffset promise, OperationsSettings settings) =>
        promise.AddMinutes(-settings.Actions.Where(a => a.Key != JudgementAction.None).Select(a => a.Value.LastUsefulMinutes).DefaultIfEmpty(0).Min());

    private static bool RaisedInTime(TallyFacts facts, OperationsSettings settings)
    {
        if (facts.Case is not { } opened || facts.HeldOut)
            return false;
        var last = LastUsefulMoment(facts.History.PromiseCounted, settings);
        var taken = opened is { State: CaseState.Closed, ClosedBecause: CloseReason.Receded } && opened.ClosedAt <= last;
        return opened.OpenedAt <= last && !taken;
    }

    private static double? AnswerMinutes(TallyFacts facts)
    {
        if (facts.Case is not { OpenedByPerson: false } opened)
            return null;
        DateTimeOffset? first = null;
        foreach (var judgement in facts.Judgements)
        {
            if (!judgement.Hindsight && judgement.CreatedAt >= opened.OpenedAt && (first is null || judgement.CreatedAt < first))
                first = judgement.CreatedAt;
        }
        return first is { } answered ? (answered - opened.OpenedAt).TotalMinutes : null;
    }

    private static bool? CarrierSaidLate(ShipmentHistory history, OutcomeRules rules, OperationsSettings settings)
    {
        var moment = history.PromiseCounted.AddMinutes(-settings.DefaultLeadMinutes);
        return history.AsOf(moment, Knowledge.Received)?.CarrierEstimate is { } estimate ? estimate > history.PromiseCounted + rules.Grace : null;
    }

    internal static string? Word(AreaType? type) => type switch
    {
        AreaType.Urban => "urban",
        AreaType.Suburban => "suburban",
        AreaType.Rural => "rural",
        _ => null,
    };
}
