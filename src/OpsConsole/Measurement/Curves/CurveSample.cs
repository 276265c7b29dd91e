using OpsConsole.Intake;
using OpsConsole.Labels;

namespace OpsConsole.Measurement;

/// <summary>One shipment at risk at the lead, with its score. Day and area are numbers of the sample's own.</summary>
internal readonly record struct CurveRow(
    double Score, int Day, int Area, bool Late, bool Touched, bool HeldOut, bool Flagged, float Delay, KeptMinutes? Minutes)
{
    /// <summary>What was touched and on time has no truth.</summary>
    internal bool HasTruth => Late || !Touched;
}

/// <summary>
/// What curves, calibration and minutes of a range are made from: the shipments at risk at the lead, those that have a truth and those whose truth acting
/// took away.
/// </summary>
internal sealed class CurveSample
{
    private readonly List<CurveRow> _rows = [];
    private readonly List<CurveRow> _missing = [];
    private readonly Dictionary<int, int> _days = [];
    private readonly Dictionary<string, int> _areas = new(StringComparer.Ordinal);
    private int _heldOut;

    /// <summary>Rows with a score and a truth.</summary>
    internal IReadOnlyList<CurveRow> Rows => _rows;

    /// <summary>Rows with a score that were touched and on time.</summary>
    internal IReadOnlyList<CurveRow> Missing => _missing;

    /// <summary>At risk without a score.</summary>
    internal long WithoutScore { get; private set; }

    /// <summary>Promise days of rows with a truth.</summary>
    internal int Days => _days.Count;

    /// <summary>Takes those of some shipments that count.</summary>
    internal static CurveSample Of(IEnumerable<(int Day, BlockRow Row, DayBlock Block)> rows, double? threshold)
    {
        var sample = new CurveSample();
        DayBlock? block = null;
        int[] areas = [];
        foreach (var (day, row, of) in rows)
        {
            if (row.InSample || row.Standing != LeadStanding.AtRisk || row.Class is not (OutcomeClass.Late or OutcomeClass.OnTime))
                continue;
            if (double.IsNaN(row.Score))
            {
                sample.WithoutScore++;
                continue;
            }
            if (!ReferenceEquals(of, block))
            {
                // Those of a block come one after the other.
                (block, areas) = (of, new int[of.Words.Length]);
                Array.Fill(areas, -1);
            }
            var code = row.Segments[(int)Dimension.DestinationArea - 1];
            if (areas[code] < 0)
                areas[code] = sample.NumberOf(of.Words[code]);
            sample.Add(row, day, areas[code], threshold);
        }
        return sample;
    }

    private void Add(in BlockRow row, int day, int area, double? threshold)
    {
        var late = row.Class == OutcomeClass.Late;
        _heldOut += row.HeldOut ? 1 : 0;
        if (row.Touched && !late)
        {
            _missing.Add(new CurveRow(row.Score, -1, area, late, true, row.HeldOut, row.Score >= (threshold ?? row.Threshold), row.Delay, row.Minutes));
            return;
        }
        if (!_days.TryGetValue(day, out var number))
            _days[day] = number = _days.Count;
        _rows.Add(new CurveRow(row.Score, number, area, late, row.Touched, row.HeldOut, row.Score >= (threshold ?? row.Threshold), row.Delay, row.Minutes));
    }

    private int NumberOf(string area)
    {
        if (!_areas.TryGetValue(area, out var number))
            _areas[area] = number = _areas.Count;
        return number;
    }

    /// <summary>
    /// What each row counts for in a probability of "late if nobody acts" (measurement.md, Learning from acted-on cases): a row that nobody touched stands
    /// also for those like it that were touched and on time; a touched and late one for itself. Empty: all 1, since nothing is missing.
    /// </summary>
    internal double[] Weights()
    {
        if (_missing.Count == 0)
            return [];
        static UntouchedWeights.Row Seen(CurveRow row) => new(row.Score, 0, row.Area, 1);
        var untouched = _rows.Where(r => !r.Touched).Select(Seen).ToList();
        var factors = UntouchedWeights.Of(untouched, _missing.ConvertAll(r => Seen(r)), (double)_heldOut / (_rows.Count + _missing.Count));
        var weights = new double[_rows.Count];
        for (int i = 0, next = 0; i < weights.Length; i++)
            weights[i] = _rows[i].Touched ? 1 : factors[next++];
        return weights;
    }
}
