using System.Buffers;
using System.Globalization;
using System.Text.Json;
using OpsConsole.Client;

namespace OpsConsole.Intake.Import;

/// <summary>What was doubtful about a time, beside what it is.</summary>
[Flags]
internal enum TimeDoubt
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The clocks left it out: taken for the hour after.</summary>
    LeftOut = 1,

    /// <summary>The clocks showed it twice: taken for the later one.</summary>
    Twice = 2,

    /// <summary>A day without a time of day.</summary>
    DayOnly = 4,
}

/// <summary>
/// Makes the contract's JSON of rows, as a courier's system would have sent it, so that it is read, checked and stored by the very same path.
/// Holds one row at a time.
/// </summary>
internal sealed class RowMaker : IDisposable
{
    /// <summary>What a shipment's id may hold.</summary>
    internal static readonly SearchValues<char> IdCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-");

    private const int LongestText = 200;

    private readonly ImportMapping _mapping;
    private readonly Compiled[] _fields;
    private readonly (int Column, AttributeSource Source)[] _attributes;
    private readonly ArrayBufferWriter<byte> _bytes = new(4096);
    private readonly Utf8JsonWriter _json;
    private readonly ColumnClock?[] _clocks;
    private readonly RowEnd _end;
    private ImportFile _file = null!;

    internal RowMaker(ImportKind kind, ImportMapping mapping, FileShape shape)
    {
        _mapping = mapping;
        _json = new Utf8JsonWriter(_bytes);
        var at = shape.Columns.Select((name, index) => (name, index)).ToDictionary(c => c.name, c => c.index, StringComparer.Ordinal);
        int At(string? column) => column is null ? -1 : at[column];
        _fields = [.. ImportField.Of(kind).Where(f => mapping.Fields.GetValueOrDefault(f.Name) is { IsEmpty: false })
            .Select(f => new Compiled(f, mapping.Fields[f.Name], At(mapping.Fields[f.Name].Column), At(mapping.Fields[f.Name].Before)))];
        _attributes = [.. mapping.Attributes.Select(a => (At(a.Column), a))];
        _clocks = new ColumnClock?[shape.Columns.Count];
        foreach (var column in mapping.TimeColumns(kind))
            _clocks[At(column)] = ColumnClock.Of(mapping, column);
        Times = new DateTimeOffset?[_fields.Length];
        Doubts = new TimeDoubt[_fields.Length];
        _end = new RowEnd(mapping, Place);
    }

    private sealed record Compiled(ImportField Field, FieldSource Source, int Column, int Before);

    /// <summary>The fields that are filled, in their order.</summary>
    internal IEnumerable<ImportField> Fields => _fields.Select(f => f.Field);

    /// <summary>The row's times, a place for each of <see cref="Fields"/>.</summary>
    internal DateTimeOffset?[] Times { get; }

    /// <summary>What was doubtful about them.</summary>
    internal TimeDoubt[] Doubts { get; }

    /// <summary>What is wrong with cells of the row, by field; of an event's moment under <c>events.…</c>.</summary>
    internal List<(string Field, string What)> Errors { get; } = [];

    /// <summary>The id of the row's shipment; null when it has none.</summary>
    internal string? ShipmentId { get; private set; }

    /// <summary>Reads the times and the id of the row that the file stands on.</summary>
    internal void Begin(ImportFile file)
    {
        _file = file;
        Errors.Clear();
        ShipmentId = null;
        for (var i = 0; i < _fields.Length; i++)
        {
            (Times[i], Doubts[i]) = (null, TimeDoubt.None);
            if (_fields[i].Field.Kind == FieldKind.Time && Text(_fields[i]) is { } text)
                ReadTime(i, text);
            else if (_fields[i].Field.Name == "shipmentId")
                ShipmentId = Id(Text(_fields[i]));
        }
        if (_end.Read(_end.Place < 0 ? null : Text(_fields[_end.Place]), Times) is { } wrong)
            Errors.Add((ImportField.EndState, wrong));
    }

    /// <summary>When the row's shipment was delivered; null when it wasn't, or nothing says so.</summary>
    internal DateTimeOffset? Delivered => _end.Moment(EventType.Delivered, Times);

    /// <summary>The row says that its shipment was delivered, returned or cancelled, and when.</summary>
    internal bool Ended => Delivered is not null || _end.Moment(EventType.Returned, Times) is not null || _end.Moment(EventType.Cancelled, Times) is not null;

    /// <summary>The row's shipment; empty when a cell of it can't be read.</summary>
    internal ReadOnlySpan<byte> Shipment()
    {
        Open();
        for (var i = 0; i < _fields.Length; i++)
        {
            if (_fields[i].Field is { EventType: null } field && !field.Name.Contains('.', StringComparison.Ordinal))
                Write(i, field.Name);
        }
        WritePlace("origin");
        WritePlace("destination");
        WriteAttributes();
        return Close();
    }

    /// <summary>How many events a row can have.</summary>
    internal IEnumerable<int> EventPlaces => Enumerable.Range(0, _fields.Length).Where(i => _fields[i].Field.EventType is not null);

    /// <summary>What happened to the row's shipment at one of <see cref="EventPlaces"/>; empty when it didn't.</summary>
    internal ReadOnlySpan<byte> Event(int place) => Event(_fields[place].Field.EventType!.Value, _end.Takes(place) ? null : Times[place]);

    /// <summary>How the row's shipment ended, where only a word says so; empty when none does.</summary>
    internal ReadOnlySpan<byte> EndEvent() => _end.Found is { } end ? Event(end.Type, end.At) : [];

    private ReadOnlySpan<byte> Event(EventType kind, DateTimeOffset? moment)
    {
        if (moment is not { } at || ShipmentId is null)
            return [];
        var type = JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());
        Open();
        _json.WriteString("eventId", $"{ShipmentId}:{type}");
        _json.WriteString("shipmentId", ShipmentId);
        _json.WriteString("type", type);
        _json.WriteString("occurredAt", at);
        return Close();
    }

    /// <summary>The event that a row of a file of events is; empty when its word is left out, or a cell can't be read.</summary>
    internal ReadOnlySpan<byte> WholeEvent(out bool leftOut)
    {
        Open();
        var type = Array.Find(_fields, f => f.Field.Name == "type") is { } source ? Text(source) : null;
        var means = type is null ? null : _mapping.Fields["type"].Column is null ? type : _mapping.Types.GetValueOrDefault(type);
        leftOut = means is null or "";
        var (occurred, hasId) = (Place("occurredAt") is { } at and >= 0 ? Times[at] : null, Place("eventId") >= 0);
        if (!leftOut)
            _json.WriteString("type", means);
        if (!hasId && ShipmentId is not null && occurred is { } moment)
            _json.WriteString("eventId", string.Create(CultureInfo.InvariantCulture, $"{ShipmentId}:{means}:{moment.ToUnixTimeMilliseconds()}"));
        for (var i = 0; i < _fields.Length; i++)
        {
            if (_fields[i].Field.Name != "type")
                Write(i, _fields[i].Field.Name);
        }
        return Close();
    }

    /// <summary>The place of a field; −1 when nothing fills it.</summary>
    internal int Place(string field) => Array.FindIndex(_fields, f => f.Field.Name == field);

    /// <summary>Whether something stands in the row for a field.</summary>
    internal bool HasText(int place) => Text(_fields[place]) is not null;

    /// <summary>What stands in the row for a field.</summary>
    internal string? TextAt(int place) => Text(_fields[place]);

    /// <summary>The cell that fills a field, as it is; null when no column does.</summary>
    internal string? CellOf(string field) => Place(field) is var place and >= 0 && _fields[place].Column is var column and >= 0 ? _file.Cell(column) : null;

    private void Open()
    {
        _bytes.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
    }

    private ReadOnlySpan<byte> Close()
    {
        _json.WriteEndObject();
        _json.Flush();
        return Errors.Exists(e => !e.Field.StartsWith(ImportField.Event, StringComparison.Ordinal)) ? [] : _bytes.WrittenSpan;
    }

    private void WritePlace(string side)
    {
        var opened = false;
        for (var i = 0; i < _fields.Length; i++)
        {
            var name = _fields[i].Field.Name;
            if (!name.StartsWith(side, StringComparison.Ordinal) || name.Length <= side.Length || name[side.Length] != '.')
                continue;
            if (!opened)
                _json.WriteStartObject(side);
            opened = true;
            Write(i, name[(side.Length + 1)..]);
        }
        if (opened)
            _json.WriteEndObject();
    }

    private void Write(int place, string name)
    {
        var field = _fields[place];
        switch (field.Field.Kind)
        {
            case FieldKind.Time when Times[place] is { } time:
                _json.WriteString(name, time);
                break;
            case FieldKind.Number or FieldKind.Whole when Text(field) is { } text:
                WriteNumber(field, name, text);
                break;
            case FieldKind.Text when name == "shipmentId" && ShipmentId is not null:
                _json.WriteString(name, ShipmentId);
                break;
            case FieldKind.Text when name == "areaType" && Text(field) is { } text:
                _json.WriteString(name, text.ToLowerInvariant());
                break;
            case FieldKind.Text when name != "shipmentId" && Text(field) is { } text:
                _json.WriteString(name, text);
                break;
        }
    }

    private void WriteNumber(Compiled field, string name, string text)
    {
        if (CellText.TryNumber(text, _mapping.DecimalComma, out var number) && double.IsFinite(number *= field.Source.Times ?? 1))
            _json.WriteNumber(name, number);
        else
            Errors.Add((field.Field.Name, $"is not a number; allowed is one written like {(_mapping.DecimalComma ? "1.234,5" : "1,234.5")}"));
    }

    private void WriteAttributes()
    {
        if (_attributes.Length == 0)
            return;
        _json.WriteStartObject("attributes");
        foreach (var (column, source) in _attributes)
        {
            var cell = _file.Cell(column);
            if (!CellText.IsNothing(cell))
                WriteAttribute(column, source, cell);
        }
        _json.WriteEndObject();
    }

    // What can't be read as its kind is a missing value: an attribute is not worth a delivery.
    private void WriteAttribute(int column, AttributeSource source, string cell)
    {
        if (source.Kind == AttributeKind.Text)
            _json.WriteString(source.Name, Printable(cell));
        else if (source.Kind == AttributeKind.Number && CellText.TryNumber(cell, _mapping.DecimalComma, out var number))
            _json.WriteNumber(source.Name, number);
        else if (source.Kind == AttributeKind.Flag && CellText.TryFlag(cell, out var flag))
            _json.WriteBoolean(source.Name, flag);
        else if (source.Kind == AttributeKind.HoursAfterBooking && Place("bookedAt") is var booked and >= 0 && Times[booked] is { } from
            && _clocks[column]!.TryRead(cell, endOfDay: false, out var time, out _))
            _json.WriteNumber(source.Name, (time - from).TotalMinutes / 60);
    }

    // As an attribute may be: without line ends, and not too long.
    private static string Printable(string cell)
    {
        if (cell.Length > LongestText)
            cell = cell[..(char.IsHighSurrogate(cell[LongestText - 1]) ? LongestText - 1 : LongestText)];
        return cell.AsSpan().ContainsAnyInRange('\0', '\u001F') || cell.AsSpan().ContainsAnyInRange('\u007F', '\u009F')
            ? string.Concat(cell.Select(c => char.IsControl(c) ? ' ' : c)) : cell;
    }

    private void ReadTime(int place, string text)
    {
        var field = _fields[place];
        var clock = field.Column >= 0 ? _clocks[field.Column] : null;
        // A day promised is promised until its end.
        var endOfDay = field.Field.Name == "promisedBy";
        if (clock is not null && clock.TryRead(text, endOfDay, out var time, out var doubt))
            (Times[place], Doubts[place]) = (time, doubt);
        else
            Errors.Add((field.Field.Name, $"is not a time written as chosen ({ColumnClock.Words(clock?.Order)}); allowed is one in that order"));
    }

    private string? Text(Compiled field)
    {
        if (field.Column < 0)
            return field.Source.Constant;
        var cell = _file.Cell(field.Column);
        if (CellText.IsNothing(cell))
            return null;
        if (field.Source.Pad is { } width)
            cell = cell.PadLeft(Math.Min(width, 64), '0');
        if (field.Source.First is { } length && cell.Length > length)
            cell = cell[..length].TrimEnd();
        return field.Before >= 0 ? _file.Cell(field.Before) + cell : cell;
    }

    private string? Id(string? text)
    {
        if (text is null)
            return null;
        if (_mapping.CleanIds && text.AsSpan().ContainsAnyExcept(IdCharacters))
            text = string.Create(text.Length, text, static (clean, id) =>
            {
                for (var i = 0; i < id.Length; i++)
                    clean[i] = IdCharacters.Contains(id[i]) ? id[i] : '-';
            });
        return _mapping.IdPrefix + text;
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();
}

/// <summary>Reads the times of one column: in its order, in its zone.</summary>
internal sealed class ColumnClock(TimeOrder order, TimeZoneInfo zone)
{
    internal TimeOrder Order => order;

    internal static ColumnClock? Of(ImportMapping mapping, string column)
    {
        var times = mapping.Times.GetValueOrDefault(column);
        return times?.Order is { } order ? new ColumnClock(order, TimeZoneInfo.FindSystemTimeZoneById(times.Zone ?? mapping.Zone ?? "UTC")) : null;
    }

    /// <summary>How times in an order are written.</summary>
    internal static string Words(TimeOrder? order) => order switch
    {
        TimeOrder.YearFirst => "year, month, day",
        TimeOrder.DayFirst => "day, month, year",
        TimeOrder.MonthFirst => "month, day, year",
        TimeOrder.Compact => "yyyyMMddHHmmss",
        TimeOrder.UnixSeconds => "seconds since 1970",
        TimeOrder.UnixMilliseconds => "milliseconds since 1970",
        TimeOrder.ExcelDays => "Excel's days",
        _ => "not chosen",
    };

    /// <summary>Reads a cell; false when it is no time in the column's order.</summary>
    internal bool TryRead(string cell, bool endOfDay, out DateTimeOffset time, out TimeDoubt doubt)
    {
        (time, doubt) = (default, TimeDoubt.None);
        if (!CivilTime.TryRead(cell, order, out var civil))
            return false;
        var local = civil.Local;
        if (!civil.HasClock)
        {
            doubt |= TimeDoubt.DayOnly;
            local = endOfDay ? local.AddDays(1).AddSeconds(-1) : local;
        }
        if (civil.Offset is { } offset)
        {
            time = new DateTimeOffset(local, offset).ToUniversalTime();
            return true;
        }
        if (zone.IsInvalidTime(local))
        {
            doubt |= TimeDoubt.LeftOut;
            local = local.AddHours(1);
        }
        else if (zone.IsAmbiguousTime(local))
        {
            doubt |= TimeDoubt.Twice;
        }
        time = new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
        return true;
    }
}
