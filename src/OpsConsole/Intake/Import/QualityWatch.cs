namespace OpsConsole.Intake.Import;

/// <summary>Gathers what the check of a file finds, row by row, in bounded memory.</summary>
internal sealed class QualityWatch
{
    private const int MostAreas = 20_000;
    private static readonly TimeSpan Far = TimeSpan.FromDays(60);

    private readonly RowMaker _maker;
    private readonly LeakWatch? _leaks;
    private readonly TimeZoneInfo _zone;
    private readonly DateTimeOffset _now;
    private readonly ImportField[] _fields;
    private readonly long[] _filled;
    private readonly TimeStats[] _times;
    private readonly int _booked, _promised;
    private readonly (int Area, int Latitude)[] _sides;
    private readonly Dictionary<string, bool> _areas = new(StringComparer.Ordinal);

    internal QualityWatch(ImportKind kind, ImportMapping mapping, FileShape shape, RowMaker maker, DateTimeOffset now)
    {
        (_maker, _now) = (maker, now);
        _leaks = kind == ImportKind.Deliveries ? new LeakWatch(mapping, shape) : null;
        _zone = mapping.Zone is { } zone ? TimeZoneInfo.FindSystemTimeZoneById(zone) : TimeZoneInfo.Utc;
        _fields = [.. maker.Fields];
        (_filled, _times) = (new long[_fields.Length], new TimeStats[_fields.Length]);
        (_booked, _promised) = (maker.Place("bookedAt"), maker.Place("promisedBy"));
        _sides = [.. new[] { "origin", "destination" }.Select(s => (maker.Place(s + ".areaCode"), maker.Place(s + ".latitude"))).Where(s => s.Item1 >= 0)];
    }

    private struct TimeStats
    {
        internal long Count, LeftOut, Twice, DayOnly, Midnight, Night, BeforeBooking;
        internal DateTimeOffset? First, Last;
    }

    internal long Rows { get; private set; }

    internal long Delivered { get; private set; }

    internal long Late { get; private set; }

    private long Ahead { get; set; }

    private long NoEnd { get; set; }

    private long FarOff { get; set; }

    /// <summary>Looks at the row that the maker read last.</summary>
    internal void Add(ImportFile file)
    {
        Rows++;
        for (var i = 0; i < _fields.Length; i++)
        {
            if (_fields[i].Kind == FieldKind.Time ? _maker.Times[i] is not null : _maker.HasText(i))
                _filled[i]++;
            if (_maker.Times[i] is { } time)
                AddTime(ref _times[i], i, time);
        }
        foreach (var (area, latitude) in _sides)
            AddArea(_maker.TextAt(area), latitude >= 0 && _maker.HasText(latitude));
        var (promised, delivered, ended) = (At(_promised), _maker.Delivered, _maker.Ended);
        Delivered += delivered is not null && promised is not null ? 1 : 0;
        Late += delivered > promised ? 1 : 0;
        Ahead += !ended && promised > _now ? 1 : 0;
        NoEnd += !ended && promised <= _now ? 1 : 0;
        FarOff += delivered - promised is { } off && off.Duration() > Far ? 1 : 0;
        _leaks?.Add(file, promised, delivered, ended);
    }

    /// <summary>What was found, but for what the store says.</summary>
    internal QualityReport Report() => new()
    {
        Rows = Rows,
        Delivered = Delivered,
        Late = Late,
        Ahead = Ahead,
        NoEnd = NoEnd,
        FarOff = FarOff,
        Areas = _areas.Count,
        AreasWithoutCoordinates = _areas.Values.Count(has => !has),
        Fills = [.. _fields.Select((f, i) => new FieldFill(f.Name, f.Words, _filled[i]))],
        Times = [.. Enumerable.Range(0, _fields.Length).Where(i => _times[i].Count > 0).Select(Finding)],
        Leaks = _leaks?.Leaks() ?? [],
    };

    private TimeFinding Finding(int at)
    {
        ref var t = ref _times[at];
        return new TimeFinding(_fields[at].Name, _fields[at].Words, t.Count, t.First, t.Last, t.LeftOut, t.Twice, t.DayOnly, t.Midnight, t.Night, t.BeforeBooking);
    }

    private void AddTime(ref TimeStats stats, int field, DateTimeOffset time)
    {
        stats.Count++;
        stats.First = stats.First < time ? stats.First : time;
        stats.Last = stats.Last > time ? stats.Last : time;
        var doubt = _maker.Doubts[field];
        stats.LeftOut += doubt.HasFlag(TimeDoubt.LeftOut) ? 1 : 0;
        stats.Twice += doubt.HasFlag(TimeDoubt.Twice) ? 1 : 0;
        stats.DayOnly += doubt.HasFlag(TimeDoubt.DayOnly) ? 1 : 0;
        stats.BeforeBooking += field != _booked && time < At(_booked) ? 1 : 0;
        if (doubt.HasFlag(TimeDoubt.DayOnly))
            return;
        var clock = TimeZoneInfo.ConvertTime(time, _zone).TimeOfDay;
        stats.Midnight += clock == TimeSpan.Zero ? 1 : 0;
        stats.Night += clock > TimeSpan.Zero && clock < TimeSpan.FromHours(5) ? 1 : 0;
    }

    private void AddArea(string? code, bool coordinates)
    {
        if (code is null)
            return;
        if (_areas.TryGetValue(code, out var has))
        {
            if (coordinates && !has)
                _areas[code] = true;
        }
        else if (_areas.Count < MostAreas)
        {
            _areas[code] = coordinates;
        }
    }

    private DateTimeOffset? At(int place) => place < 0 ? null : _maker.Times[place];
}
