using System.Data.Common;
using OpsConsole.Intake;

namespace OpsConsole.Measurement;

/// <summary>What is counted of a shipment at one lead; the order is that of the columns.</summary>
public enum Count
{
    Shipments, Late, OnTime, Unknown, Excluded, Pending, AtRisk, FinishedEarlier, RegisteredTooLate, Tp, Fp, Fn, Tn, AvertedOrFalse, TouchedOnTime, Recomputed,
}

/// <summary>Counts of a bucket, a segment, a day (measurement.md, Cohorts and Model figures).</summary>
public sealed class Counts
{
    /// <summary>How many counts there are.</summary>
    public const int Width = (int)Count.Recomputed + 1;

    private readonly long[] _of = new long[Width];

    /// <summary>One of them.</summary>
    public long this[Count what] => _of[(int)what];

    /// <summary>Nothing was counted.</summary>
    public bool IsEmpty => Array.TrueForAll(_of, n => n == 0);

    /// <summary>Shipments whose outcome is known: late and on time.</summary>
    public long Resolved => this[Count.Late] + this[Count.OnTime];

    /// <summary>Those at risk that have a truth: TP + FP + FN + TN.</summary>
    public long WithTruth => this[Count.Tp] + this[Count.Fp] + this[Count.Fn] + this[Count.Tn];

    /// <summary>Counts one thing.</summary>
    public void Add(Count what, long times = 1) => _of[(int)what] += times;

    /// <summary>Counts all of another.</summary>
    public void Add(Counts other)
    {
        for (var i = 0; i < Width; i++)
            _of[i] += other._of[i];
    }

    /// <summary>Counts the class of a shipment.</summary>
    public void AddClass(OutcomeClass of, long times = 1)
    {
        Add(Count.Shipments, times);
        Add(of switch
        {
            OutcomeClass.Late => Count.Late,
            OutcomeClass.OnTime => Count.OnTime,
            OutcomeClass.Unknown => Count.Unknown,
            OutcomeClass.Excluded => Count.Excluded,
            _ => Count.Pending,
        }, times);
    }

    /// <summary>
    /// Counts where a late or on-time shipment stands at a lead, by its score there; those of another class are in none of these.
    /// </summary>
    /// <param name="of">Its class.</param>
    /// <param name="touched">Whether somebody did something that can change the outcome.</param>
    /// <param name="lead">Where it stands at the lead.</param>
    /// <param name="threshold">The threshold asked for; null: the one kept with the score.</param>
    /// <param name="times">How often; −1 takes it out.</param>
    public void AddLead(OutcomeClass of, bool touched, LeadTally lead, double? threshold = null, long times = 1)
    {
        if (of is not (OutcomeClass.Late or OutcomeClass.OnTime))
            return;
        switch (lead.Standing)
        {
            case LeadStanding.RegisteredTooLate:
                Add(Count.RegisteredTooLate, times);
                break;
            case LeadStanding.FinishedEarlier:
                Add(Count.FinishedEarlier, times);
                break;
            case LeadStanding.AtRisk:
                Add(Count.AtRisk, times);
                Add(Cell(of == OutcomeClass.Late, touched, lead.FlaggedAt(threshold)), times);
                if (lead.Recomputed)
                    Add(Count.Recomputed, times);
                break;
        }
    }

    /// <summary>The cell of a shipment at risk.</summary>
    public static Count Cell(bool late, bool touched, bool flagged) => (late, touched, flagged) switch
    {
        (true, _, true) => Count.Tp,
        (true, _, false) => Count.Fn,
        (false, true, true) => Count.AvertedOrFalse,
        (false, true, false) => Count.TouchedOnTime,
        (false, false, true) => Count.Fp,
        (false, false, false) => Count.Tn,
    };

    /// <summary>Takes the counts from a row, starting at a column.</summary>
    public void Read(DbDataReader row, int column)
    {
        for (var i = 0; i < Width; i++)
            _of[i] += row.GetInt64(column + i);
    }
}
