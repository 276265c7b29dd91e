using System.Globalization;

namespace OpsConsole.Intake.Import;

/// <summary>What the first rows of a column look like. Holds counts and a few examples, never the column.</summary>
internal sealed class ColumnProfile(string name)
{
    private const int DistinctKept = 2_000;
    private const int ExamplesKept = 5;
    private static readonly TimeOrder[] AllOrders = Enum.GetValues<TimeOrder>();

    private readonly HashSet<string> _distinct = new(StringComparer.Ordinal);
    private readonly List<string> _examples = [];
    private readonly int[] _times = new int[AllOrders.Length];
    private readonly int[] _clocks = new int[AllOrders.Length];
    private readonly int[] _offsets = new int[AllOrders.Length];
    private int _numbers, _commaNumbers, _flags, _ids, _digitsOnly, _shortest = int.MaxValue;

    internal string Name => name;

    internal int Rows { get; private set; }

    internal int Filled { get; private set; }

    internal int Longest { get; private set; }

    internal double Low { get; private set; } = double.PositiveInfinity;

    internal double High { get; private set; } = double.NegativeInfinity;

    /// <summary>Cells whose only separator before one to two, or more than three, decimals is a comma; and those where it is a point.</summary>
    internal (int Comma, int Point) Decimals { get; private set; }

    /// <summary>A few different cells.</summary>
    internal IReadOnlyList<string> Examples => _examples;

    /// <summary>How many different cells there are, counted up to 2,000.</summary>
    internal int Distinct => _distinct.Count;

    /// <summary>The different cells, when they are few.</summary>
    internal IEnumerable<string> Values => _distinct.Order(StringComparer.Ordinal);

    /// <summary>In which orders cells are times: those that fit most, if they fit nearly all. More than one: in doubt.</summary>
    internal IReadOnlyList<TimeOrder> Orders => Filled == 0 ? [] : [.. AllOrders.Where(o => _times[(int)o] >= 0.8 * Filled && _times[(int)o] >= 0.99 * _times.Max())];

    /// <summary>A cell that can be read in two ways.</summary>
    internal string AmbiguousExample { get; private set; } = "";

    /// <summary>Cells are times.</summary>
    internal bool LooksLikeTime => Orders.Count > 0 && !(IsNumber(false) && Orders.All(o => o is TimeOrder.ExcelDays));

    /// <summary>Cells are digits of different lengths, as codes whose leading zeros were lost.</summary>
    internal bool LostZeros => Filled > 0 && _digitsOnly == Filled && _shortest < Longest;

    /// <summary>The share of cells that could be a shipment's id as they are.</summary>
    internal double IdShare => Filled == 0 ? 0 : (double)_ids / Filled;

    /// <summary>Every cell is there, and nearly all differ.</summary>
    internal bool LooksLikeId => Filled > 0 && Filled >= 0.99 * Rows && Distinct >= 0.9 * Math.Min(Filled, DistinctKept) && !LooksLikeTime;

    internal bool IsFlag => Filled > 0 && _flags >= 0.99 * Filled;

    internal bool IsNumber(bool decimalComma) => Filled > 0 && (decimalComma ? _commaNumbers : _numbers) >= 0.98 * Filled;

    /// <summary>Some times in that order carry no offset.</summary>
    internal bool NeedsZone(TimeOrder order) => _offsets[(int)order] < _times[(int)order];

    /// <summary>Times in that order are days without a time of day.</summary>
    internal bool DaysOnly(TimeOrder order) => _times[(int)order] > 0 && _clocks[(int)order] == 0;

    internal void Add(string cell)
    {
        Rows++;
        if (CellText.IsNothing(cell))
            return;
        Filled++;
        Longest = Math.Max(Longest, cell.Length);
        _shortest = Math.Min(_shortest, cell.Length);
        var kept = cell.Length <= 60 ? cell : cell[..60];
        if (_distinct.Count < DistinctKept && _distinct.Add(kept) && _examples.Count < ExamplesKept)
            _examples.Add(kept);
        _ids += cell.Length <= 64 && !cell.AsSpan().ContainsAnyExcept(RowMaker.IdCharacters) ? 1 : 0;
        _digitsOnly += !cell.AsSpan().ContainsAnyExceptInRange('0', '9') ? 1 : 0;
        _flags += CellText.TryFlag(cell, out _) ? 1 : 0;
        AddNumber(cell);
        AddTime(cell);
    }

    private void AddNumber(string cell)
    {
        if (CellText.TryNumber(cell, decimalComma: false, out var number))
        {
            _numbers++;
            (Low, High) = (Math.Min(Low, number), Math.Max(High, number));
        }
        if (CellText.TryNumber(cell, decimalComma: true, out _))
            _commaNumbers++;
        var (comma, point) = (cell.LastIndexOf(','), cell.LastIndexOf('.'));
        if (comma == point || !char.IsAsciiDigit(cell[^1]) || cell.Count(c => c is ',' or '.') > 2)
            return;
        // Three digits behind it may be a group of thousands.
        var decimals = cell.Length - 1 - Math.Max(comma, point);
        if (decimals == 3 && (comma < 0 || point < 0))
            return;
        Decimals = comma > point ? (Decimals.Comma + 1, Decimals.Point) : (Decimals.Comma, Decimals.Point + 1);
    }

    private void AddTime(string cell)
    {
        foreach (var order in AllOrders)
        {
            if (!CivilTime.TryRead(cell, order, out var time))
                continue;
            _times[(int)order]++;
            _clocks[(int)order] += time.HasClock ? 1 : 0;
            _offsets[(int)order] += time.Offset is null ? 0 : 1;
        }
        if (AmbiguousExample.Length == 0 && CivilTime.TryRead(cell, TimeOrder.DayFirst, out var first) && CivilTime.TryRead(cell, TimeOrder.MonthFirst, out var other) && first.Local != other.Local)
        {
            AmbiguousExample = string.Create(
                CultureInfo.InvariantCulture, $"{cell} ({first.Local:d MMMM} or {other.Local:d MMMM})");
        }
    }
}

/// <summary>What the first rows of a file look like, column by column.</summary>
internal sealed class FileProfile
{
    /// <summary>Rows that are looked at before anything is known.</summary>
    internal const int RowsLookedAt = 5_000;

    private const int PreviewRows = 20;
    private const int LongestPreviewed = 80;

    private readonly Dictionary<string, ColumnProfile> _columns;

    private FileProfile(FileShape shape)
    {
        Shape = shape;
        _columns = shape.Columns.ToDictionary(c => c, c => new ColumnProfile(c), StringComparer.Ordinal);
    }

    internal FileShape Shape { get; }

    /// <summary>The first rows, cells cut to what fits.</summary>
    internal List<string[]> Preview { get; } = [];

    internal int Rows { get; private set; }

    internal ColumnProfile Of(string column) => _columns[column];

    /// <summary>Numbers are written with a decimal comma, as far as the rows tell.</summary>
    internal bool DecimalComma => _columns.Values.Sum(c => c.LooksLikeTime ? 0 : c.Decimals.Comma) > _columns.Values.Sum(c => c.LooksLikeTime ? 0 : c.Decimals.Point);

    /// <summary>Looks at the first rows of a file.</summary>
    /// <exception cref="RefusedFileException">It can't be read.</exception>
    internal static FileProfile Read(ImportFile file)
    {
        var profile = new FileProfile(file.Shape);
        long characters = 0;
        while (profile.Rows < RowsLookedAt && characters < 32 << 20 && file.Next())
        {
            if (profile.Preview.Count < PreviewRows)
                profile.Preview.Add(file.Row(LongestPreviewed));
            for (var i = 0; i < file.Shape.Columns.Count; i++)
            {
                var cell = file.Cell(i);
                characters += cell.Length;
                profile._columns[file.Shape.Columns[i]].Add(cell);
            }
            profile.Rows++;
        }
        return profile;
    }
}
