using System.Diagnostics;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Intake.Import;

/// <summary>What a pass over a file is told.</summary>
/// <param name="Path">The file.</param>
/// <param name="RejectedPath">Where its refused rows go.</param>
/// <param name="Kind">What a row stands for.</param>
/// <param name="Shape">How it is written.</param>
/// <param name="Mapping">What its columns mean.</param>
/// <param name="Caller">To which source its rows belong.</param>
/// <param name="CheckOnly">Say what would become of them, and store nothing.</param>
/// <param name="From">How far an earlier pass came; rows before that aren't taken again.</param>
internal sealed record PassPlan(
    string Path, string RejectedPath, ImportKind Kind, FileShape Shape, ImportMapping Mapping, Caller Caller, bool CheckOnly, ImportProgress From);

/// <summary>
/// Reads a file from its first row to its last, a batch at a time: its rows are made shipments and events, checked, and stored unless it is only a
/// check. Holds one batch, the counts, and a sample.
/// </summary>
internal sealed class ImportPass : IDisposable
{
    private const int RowsOfBatch = 1_000;
    private const long CharactersOfBatch = 4 << 20;
    private static readonly TimeSpan StoreTriedAgain = TimeSpan.FromMilliseconds(250);

    private readonly PassPlan _plan;
    private readonly LoopClock _clock;
    private readonly TimeProvider _time;
    private readonly ImportFile _file;
    private readonly RowMaker _maker;
    private readonly RejectedRows _rejected;
    private readonly ImportSink<NewShipment> _shipments;
    private readonly ImportSink<NewEvent> _events;
    private readonly QualityWatch? _watch;
    private readonly RefusalTally _refusals = new();
    private readonly List<BatchRow> _batch = [];
    private readonly int[] _eventPlaces;
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _rows, _taken, _leftOut;

    private ImportPass(PassPlan plan, ReceiveShipments shipments, ReceiveEvents events, ImportOptions options, LoopClock clock, TimeProvider time)
    {
        (_plan, _clock, _time) = (plan, clock, time);
        _file = ImportFile.Open(plan.Path, plan.Shape, options);
        _maker = new RowMaker(plan.Kind, plan.Mapping, plan.Shape);
        _eventPlaces = [.. _maker.EventPlaces];
        _rejected = new RejectedRows(plan.RejectedPath, plan.Shape.Columns, plan.From.RejectedBytes);
        _shipments = new ImportSink<NewShipment>(shipments, plan.Caller, plan.CheckOnly, s => s.ShipmentId, conflicts: false);
        _events = new ImportSink<NewEvent>(events, plan.Caller, plan.CheckOnly, e => e.EventId, conflicts: true);
        _watch = plan.CheckOnly ? new QualityWatch(plan.Kind, plan.Mapping, plan.Shape, _maker, clock.Now) : null;
    }

    /// <summary>A row of the batch, as long as it may yet be refused.</summary>
    private sealed record BatchRow(long Line, string[] Cells)
    {
        internal List<string>? Wrong { get; set; }
    }

    /// <summary>Runs a pass; what a check found, null otherwise.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="shipments">Takes shipments in.</param>
    /// <param name="events">Takes events in.</param>
    /// <param name="options">How large files may be.</param>
    /// <param name="clock">What the operation calls now.</param>
    /// <param name="time">Waits for a store that is busy.</param>
    /// <param name="tell">Is told how far it is, after each batch that is durable.</param>
    /// <param name="cancellation">Stops it between batches.</param>
    /// <exception cref="RefusedFileException">The file can't be read further.</exception>
    internal static async Task<QualityReport?> RunAsync(
        PassPlan plan, ReceiveShipments shipments, ReceiveEvents events, ImportOptions options, LoopClock clock, TimeProvider time,
        Func<ImportProgress, Task> tell, CancellationToken cancellation)
    {
        using var pass = new ImportPass(plan, shipments, events, options, clock, time);
        return await pass.RunAsync(tell, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rejected.Dispose();
        _maker.Dispose();
        _file.Dispose();
    }

    private async Task<QualityReport?> RunAsync(Func<ImportProgress, Task> tell, CancellationToken cancellation)
    {
        var more = true;
        while (more)
        {
            cancellation.ThrowIfCancellationRequested();
            more = ReadBatch();
            // What was begun is finished: a batch is either told of whole, or not at all.
            await StoreAsync();
            await tell(Progress(more));
        }
        return _watch?.Report() is { } report
            ? report with
            {
                Rows = _rows,
                Shipments = _shipments.Counts,
                Events = _events.Counts,
                LeftOutRows = _leftOut,
                RepeatedIds = _plan.Kind == ImportKind.Deliveries ? _shipments.Repeated : _events.Repeated,
                Reasons = _refusals.Reasons(),
            }
            : null;
    }

    private ImportProgress Progress(bool more)
    {
        static ItemCounts Sum(ItemCounts a, ItemCounts b) => new(a.Accepted + b.Accepted, a.Duplicates + b.Duplicates, a.Rejected + b.Rejected);
        return new ImportProgress(
            _rows, more ? Math.Min(_file.Share, 0.999) : 1, Sum(_plan.From.Shipments, _shipments.Counts), Sum(_plan.From.Events, _events.Counts), _rejected.Flush(),
            _taken / Math.Max(0.001, Stopwatch.GetElapsedTime(_started).TotalSeconds));
    }

    /// <summary>Reads rows into a batch; false when there are no more.</summary>
    private bool ReadBatch()
    {
        _batch.Clear();
        _shipments.Begin(_clock.Now);
        _events.Begin(_clock.Now);
        long characters = 0;
        while (_batch.Count < RowsOfBatch && characters < CharactersOfBatch)
        {
            if (!_file.Next())
                return false;
            if (++_rows <= _plan.From.Rows)
                continue;
            _taken++;
            var row = new BatchRow(_file.Line, _file.Row());
            characters += row.Cells.Sum(c => c.Length);
            _batch.Add(row);
            TakeRow(row, _batch.Count - 1);
        }
        return true;
    }

    private void TakeRow(BatchRow row, int at)
    {
        if (_file.Mismatch() is { } mismatch)
        {
            (_plan.Kind == ImportKind.Deliveries ? (Action)_shipments.NoteRefused : _events.NoteRefused)();
            Refuse(row, "row", "", mismatch);
            return;
        }
        _maker.Begin(_file);
        if (_plan.Kind == ImportKind.Deliveries)
            TakeDelivery(row, at);
        else
            TakeEvent(row, at);
        _watch?.Add(_file);
    }

    private void TakeDelivery(BatchRow row, int at)
    {
        var shipment = _maker.Shipment();
        foreach (var (field, what) in _maker.Errors)
            Refuse(row, field.StartsWith(ImportField.Event, StringComparison.Ordinal) ? "event" : "shipment", field, what);
        foreach (var _ in _maker.Errors.Where(e => e.Field.StartsWith(ImportField.Event, StringComparison.Ordinal)))
            _events.NoteRefused();
        if (shipment.IsEmpty)
        {
            _shipments.NoteRefused();
            return;
        }
        if (_shipments.Take(shipment, at) is { } refused)
        {
            // What happened to a shipment that isn't taken is nobody's.
            Refuse(row, "shipment", refused);
            return;
        }
        foreach (var place in _eventPlaces)
        {
            var json = _maker.Event(place);
            if (!json.IsEmpty && _events.Take(json, at) is { } bad)
                Refuse(row, "event", bad);
        }
        var end = _maker.EndEvent();
        if (!end.IsEmpty && _events.Take(end, at) is { } wrong)
            Refuse(row, "event", wrong);
    }

    private void TakeEvent(BatchRow row, int at)
    {
        var json = _maker.WholeEvent(out var leftOut);
        if (leftOut)
        {
            _leftOut++;
            return;
        }
        foreach (var (field, what) in _maker.Errors)
            Refuse(row, "event", field, what);
        if (json.IsEmpty)
            _events.NoteRefused();
        else if (_events.Take(json, at) is { } refused)
            Refuse(row, "event", refused);
    }

    // Shipments are queued before what happened to them; both are on their way before either is waited for.
    private async Task StoreAsync()
    {
        var shipments = await AdmittedAsync(() => _shipments.StoreAsync(CancellationToken.None));
        var events = await AdmittedAsync(() => _events.StoreAsync(CancellationToken.None));
        await Task.WhenAll(shipments, events);
        foreach (var refused in await shipments)
            Refuse(_batch[refused.Index], "shipment", refused);
        foreach (var refused in await events)
            Refuse(_batch[refused.Index], "event", refused);
        foreach (var row in _batch)
        {
            if (row.Wrong is { } wrong)
                _rejected.Add(row.Line, string.Join("; ", wrong), row.Cells);
        }
    }

    /// <summary>The task of a store that has room; while it has none, a file is in no hurry.</summary>
    private async Task<Task<IReadOnlyList<RejectedItem>>> AdmittedAsync(Func<Task<IReadOnlyList<RejectedItem>>> store)
    {
        while (true)
        {
            var storing = store();
            if (storing is not { IsFaulted: true, Exception.InnerException: StoreUnavailableException { InnerException: null } })
                return storing;
            await Task.Delay(StoreTriedAgain, _time);
        }
    }

    private void Refuse(BatchRow row, string item, RejectedItem refused)
    {
        foreach (var (field, whats) in refused.Errors)
        {
            foreach (var what in whats)
                Refuse(row, item, field, what);
        }
    }

    private void Refuse(BatchRow row, string item, string field, string what)
    {
        _refusals.Add(item, field, what, row.Line, CellOf(row, item, field));
        (row.Wrong ??= []).Add(field.Length == 0 ? what : $"{field} {what}");
    }

    // The column is asked of the mapping, since the row may be an earlier one by now.
    private string? CellOf(BatchRow row, string item, string field)
    {
        var name = item == "event" && _plan.Kind == ImportKind.Deliveries && !field.StartsWith(ImportField.Event, StringComparison.Ordinal) ? "" : field;
        var column = _plan.Mapping.Fields.GetValueOrDefault(name)?.Column
            ?? _plan.Mapping.Attributes.FirstOrDefault(a => "attributes." + a.Name == field)?.Column;
        return column is null ? null : row.Cells[_plan.Shape.Columns.ToList().IndexOf(column)];
    }
}

/// <summary>Counts refusals by what is wrong, with a few examples of each; bounded, since what is wrong is said in a limited number of ways.</summary>
internal sealed class RefusalTally
{
    private const int MostReasons = 200;
    private const int Examples = 3;
    private const int LongestCell = 60;

    private readonly Dictionary<(string Item, string Field, string What), Seen> _reasons = [];

    private sealed class Seen
    {
        internal long Count { get; set; }

        internal List<long> Lines { get; } = [];

        internal List<string> Cells { get; } = [];
    }

    /// <summary>Counts one.</summary>
    internal void Add(string item, string field, string what, long line, string? cell)
    {
        var key = (item, field, what);
        if (!_reasons.TryGetValue(key, out var seen))
        {
            if (_reasons.Count >= MostReasons)
                key = (item, "", "is wrong in other ways; the file of rejected rows has them");
            if (!_reasons.TryGetValue(key, out seen))
                _reasons[key] = seen = new Seen();
        }
        seen.Count++;
        if (seen.Lines.Count >= Examples)
            return;
        seen.Lines.Add(line);
        if (cell is not null)
            seen.Cells.Add(cell.Length <= LongestCell ? cell : string.Concat(cell.AsSpan(0, LongestCell - 1), "…"));
    }

    /// <summary>What was wrong, the most frequent first.</summary>
    internal IReadOnlyList<RefusalReason> Reasons() =>
        [.. _reasons.OrderByDescending(r => r.Value.Count).ThenBy(r => r.Key.Field, StringComparer.Ordinal)
            .Select(r => new RefusalReason(r.Key.Item, r.Key.Field, r.Key.What, r.Value.Count, r.Value.Lines, r.Value.Cells))];
}
