using OpsConsole.Client;
using OpsConsole.Intake;

namespace OpsConsole.Measurement;

/// <summary>The sums that business figures are made of, in the order of the columns of <see cref="KpiCount"/>.</summary>
internal static class KpiSums
{
    internal const int Shipments = 0, Late = 1, OnTime = 2, ServedLate = 3, Raised = 4, Contacts = 5, ContactCost = 6, Estimated = 7,
        CarrierTp = 8, CarrierFp = 9, CarrierAverted = 10, Width = 11;

    /// <summary>Adds what a tally contributes.</summary>
    internal static void Add(long[] sums, Tally tally, long times)
    {
        sums[Shipments] += times;
        sums[Late] += tally.Class == OutcomeClass.Late ? times : 0;
        sums[OnTime] += tally.Class == OutcomeClass.OnTime ? times : 0;
        sums[Contacts] += times * tally.Contacts;
        sums[ContactCost] += times * tally.ContactCost;
        if (tally.History)
            return;
        if (tally.Class == OutcomeClass.Late)
        {
            sums[ServedLate] += times;
            sums[Raised] += tally.RaisedInTime ? times : 0;
        }
        var atRisk = tally.Class is OutcomeClass.Late or OutcomeClass.OnTime
            && tally.Lead(LeadGrid.IndexOf(tally.DefaultLead)).Standing == LeadStanding.AtRisk;
        if (!atRisk || tally.CarrierSaidLate is not { } said)
            return;
        sums[Estimated] += times;
        if (said)
            sums[tally.Class == OutcomeClass.Late ? CarrierTp : tally.Touched ? CarrierAverted : CarrierFp] += times;
    }
}
