using System.Globalization;
using OpsConsole.Numerics.Curves;

namespace OpsConsole.Intake.Import;

/// <summary>
/// Looks for columns that say what was known only afterwards: which alone nearly tell late from on time, are filled only where a delivery is, or
/// are called so. Keeps a sample of at most 10,000 rows, drawn evenly over the file.
/// </summary>
internal sealed class LeakWatch
{
    private const int Kept = 10_000;
    private const int FewestOfAKind = 25;
    private const double Severe = 0.95;
    private const double Noticeable = 0.85;

    private readonly bool _decimalComma;
    private readonly List<Watched> _columns = [];
    private readonly List<bool> _late = [];
    private readonly Random _random = new(20_260_301);
    private long _seen, _withEnd, _withoutEnd;

    internal LeakWatch(ImportMapping mapping, FileShape shape)
    {
        _decimalComma = mapping.DecimalComma;
        // What fills a field of the contract has its meaning already.
        var fields = mapping.Fields.Values.SelectMany(f => new[] { f.Column, f.Before }).ToHashSet();
        var attributes = mapping.Attributes.Select(a => a.Column).ToHashSet();
        for (var i = 0; i < shape.Columns.Count; i++)
        {
            if (!fields.Contains(shape.Columns[i]))
                _columns.Add(new Watched(i, shape.Columns[i], attributes.Contains(shape.Columns[i]), ColumnClock.Of(mapping, shape.Columns[i])));
        }
    }

    private sealed record Watched(int At, string Name, bool Used, ColumnClock? Clock)
    {
        internal List<double> Numbers { get; } = [];

        internal List<int> Texts { get; } = [];

        internal long FilledWithEnd { get; set; }

        internal long FilledWithoutEnd { get; set; }
    }

    /// <summary>Looks at a row.</summary>
    /// <param name="file">Stands on it.</param>
    /// <param name="promised">What was promised.</param>
    /// <param name="delivered">When it was delivered, if it was.</param>
    /// <param name="ended">It was delivered, returned or cancelled.</param>
    internal void Add(ImportFile file, DateTimeOffset? promised, DateTimeOffset? delivered, bool ended)
    {
        _ = ended ? _withEnd++ : _withoutEnd++;
        foreach (var column in _columns)
        {
            if (CellText.IsNothing(file.Cell(column.At)))
                continue;
            column.FilledWithEnd += ended ? 1 : 0;
            column.FilledWithoutEnd += ended ? 0 : 1;
        }
        if (promised is not { } by || delivered is not { } at)
            return;
        _seen++;
        var place = _late.Count < Kept ? _late.Count : (int)Math.Min(_random.NextInt64(_seen), int.MaxValue);
        if (place >= Kept)
            return;
        Put(_late, place, at > by);
        foreach (var column in _columns)
        {
            var cell = file.Cell(column.At);
            Put(column.Numbers, place, Number(column, cell, by));
            Put(column.Texts, place, CellText.IsNothing(cell) ? 0 : cell.GetHashCode(StringComparison.Ordinal) | 1);
        }
    }

    /// <summary>What was found, the worst first.</summary>
    internal IReadOnlyList<Leak> Leaks() =>
        [.. _columns.Select(Look).OfType<Leak>().OrderByDescending(l => l.Used).ThenByDescending(l => l.Severe).ThenBy(l => l.Column, StringComparer.Ordinal)];

    private Leak? Look(Watched column)
    {
        var area = Area(column);
        var onlyWithEnd = _withoutEnd >= FewestOfAKind && column.FilledWithEnd >= FewestOfAKind && column.FilledWithoutEnd == 0;
        if (area >= Severe)
            return Found(column, severe: true, Text($"alone it tells late from on time (area under the curve {area:0.00}, 0.50 is chance, over {_late.Count:N0} rows)"));
        if (onlyWithEnd)
            return Found(column, severe: true, Text($"it is filled in {column.FilledWithEnd:N0} of {_withEnd:N0} rows that came to an end, and in none of {_withoutEnd:N0} that didn't"));
        if (ColumnWords.SaysOutcome(column.Name))
            return Found(column, severe: true, "its name says that it is known only afterwards");
        return area >= Noticeable
            ? Found(column, severe: false, Text($"alone it tells late from on time unusually well (area under the curve {area:0.00} over {_late.Count:N0} rows): was it known before the delivery?"))
            : null;
    }

    private static Leak Found(Watched column, bool severe, string why) => new(column.Name, column.Used, severe, why);

    /// <summary>How well the column alone tells late from on time, by value or by being filled at all; 0.5 where too few rows tell.</summary>
    private double Area(Watched column)
    {
        var late = _late.Count(l => l);
        if (late < FewestOfAKind || _late.Count - late < FewestOfAKind)
            return 0.5;
        var labels = _late.ToArray();
        var filled = Either(Areas.Roc(column.Texts.Select(t => t == 0 ? 0.0 : 1.0).ToArray(), labels));
        var known = Enumerable.Range(0, labels.Length).Where(i => column.Texts[i] != 0).ToArray();
        var knownLate = known.Count(i => labels[i]);
        if (knownLate < FewestOfAKind || known.Length - knownLate < FewestOfAKind)
            return filled;
        var numbers = known.Count(i => !double.IsNaN(column.Numbers[i]));
        var scores = numbers >= 0.95 * known.Length
            ? [.. known.Select(i => double.IsNaN(column.Numbers[i]) ? 0 : column.Numbers[i])]
            : ByText(column, labels, known);
        return Math.Max(filled, Either(Areas.Roc(scores, [.. known.Select(i => labels[i])])));
    }

    // Each half is scored by what the other half's rows of the same text did, so that rare texts don't tell on themselves.
    private static double[] ByText(Watched column, bool[] labels, int[] known)
    {
        var scores = new double[known.Length];
        for (var half = 0; half < 2; half++)
        {
            var other = known.Where((_, at) => at % 2 != half).GroupBy(i => column.Texts[i]).ToDictionary(g => g.Key, g => (Late: g.Count(i => labels[i]), Count: g.Count()));
            var share = (double)known.Count(i => labels[i]) / known.Length;
            for (var at = half; at < known.Length; at += 2)
                scores[at] = other.TryGetValue(column.Texts[known[at]], out var seen) ? (seen.Late + 5 * share) / (seen.Count + 5) : share;
        }
        return scores;
    }

    private double Number(Watched column, string cell, DateTimeOffset promised)
    {
        // A time is told by how it lies to the promise.
        if (column.Clock is not null)
            return column.Clock.TryRead(cell, endOfDay: false, out var time, out _) ? (time - promised).TotalHours : double.NaN;
        if (CellText.TryFlag(cell, out var flag))
            return flag ? 1 : 0;
        return CellText.TryNumber(cell, _decimalComma, out var number) ? number : double.NaN;
    }

    private static double Either(double area) => double.IsNaN(area) ? 0.5 : Math.Max(area, 1 - area);

    private static void Put<T>(List<T> list, int place, T value)
    {
        if (place == list.Count)
            list.Add(value);
        else
            list[place] = value;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
