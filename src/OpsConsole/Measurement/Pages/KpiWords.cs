using OpsConsole.Client;

namespace OpsConsole.Measurement.Pages;

/// <summary>Business figures in words.</summary>
internal static class KpiWords
{
    internal static string Verdict(KpiBucket total)
    {
        if (total.OnTimeShare is not { } onTime)
            return $"{FigureWords.Shipments(total.Shipments)}, and no outcome is counted yet.";
        var raised = total.RaisedInTimeShare is { } share
            ? $" People saw {FigureWords.Percent(share.Value)} of the {FigureWords.Number(share.N)} late ones while acting could still help." : "";
        return $"{FigureWords.Percent(onTime.Value)} of {FigureWords.Shipments(onTime.N)} came on time ({FigureWords.Percent(onTime.Low)}–{FigureWords.Percent(onTime.High)}).{raised}";
    }

    internal static string Costs(KpiBucket total, Func<double, string> amount)
    {
        if (total is not { ErrorCost: { } cost, ErrorCostFlagNothing: { } nothing, ErrorCostByRule: { } rule })
            return "No shipment was open at the default lead, so errors cost nothing that could be told.";
        var than = nothing - cost;
        return (than >= 0 ? $"Flagging cost {amount(than)} less than flagging nothing" : $"Flagging cost {amount(-than)} more than flagging nothing")
            + (rule >= cost ? $", and {amount(rule - cost)} less than flagging everything still open" : $", and {amount(cost - rule)} more than flagging everything still open")
            + " (assumed costs).";
    }
}
