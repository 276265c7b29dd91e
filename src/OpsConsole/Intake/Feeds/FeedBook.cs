using OpsConsole.Client;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Intake.Feeds;

/// <summary>
/// Notes what comes of each source, in memory, so that intake pays next to nothing for it; whoever watches the feeds writes it down every two
/// seconds. A crash loses the last of these counters, never a fact. A call that is only checked isn't noted.
/// </summary>
internal sealed class FeedBook(LoopClock clock, SettingsStore settings, GroupedWriter writer) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _one = new(1, 1);
    private Dictionary<int, FeedNotes> _notes = [];
    private (DateTimeOffset From, DateTimeOffset To, int Number) _day;

    /// <summary>Notes a part of a call that was stored.</summary>
    internal void NoteStored<T>(Part<T> part)
    {
        var kind = OptionalFields.KindOf<T>();
        lock (_lock)
        {
            var notes = Of(part.Caller.SourceId);
            notes.AddDay(DayOf(part.Received), kind, part.Accepted, part.Duplicates, part.Rejected.Count);
            foreach (var item in part.Stored)
                notes.AddItem(kind, item, part.Received);
            if (part.Accepted + part.Duplicates > 0)
                notes.Arrivals[""] = part.Received;
            foreach (var rejected in part.Rejected)
                Note(notes, kind, rejected, part.Received);
        }
    }

    /// <summary>Notes an item that could not be read.</summary>
    internal void NoteRejected(int sourceId, FeedKind kind, RejectedItem item)
    {
        lock (_lock)
        {
            var notes = Of(sourceId);
            var now = clock.Now;
            notes.AddDay(DayOf(now), kind, 0, 0, 1);
            Note(notes, kind, item, now);
        }
    }

    /// <summary>Notes a call that was refused whole: the kind of refusal, not where in the body.</summary>
    internal void NoteRefused(int sourceId, FeedKind kind, int status)
    {
        lock (_lock)
        {
            var notes = Of(sourceId);
            var now = clock.Now;
            notes.AddDay(DayOf(now), kind, 0, 0, 1);
            notes.AddRejection(kind, "the whole call", status switch
            {
                413 => "is too large, or has too many items; allowed are 64 MiB and lists of 10,000",
                415 => "has another media type; allowed are application/json and application/x-ndjson",
                _ => "is no JSON, or empty; allowed is one object, a list of them, or one a line",
            }, null, now);
        }
    }

    /// <summary>Notes the members of a call that weren't known.</summary>
    internal void NoteIgnored(int sourceId, FeedKind kind, IReadOnlyCollection<string> names)
    {
        if (names.Count == 0)
            return;
        lock (_lock)
            Of(sourceId).AddIgnored(kind, names);
    }

    /// <summary>Writes down what was noted, one round after the other: a later minute must not be written before an earlier one.</summary>
    internal async Task FlushAsync(CancellationToken cancellation = default)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            var taken = Take();
            if (taken.Count > 0)
                await writer.WriteAsync(session => Write(session, taken), admitted: true, cancellation: cancellation);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private Dictionary<int, FeedNotes> Take()
    {
        lock (_lock)
        {
            var taken = _notes;
            _notes = [];
            return taken;
        }
    }

    private static void Write(WriteSession session, Dictionary<int, FeedNotes> taken)
    {
        foreach (var (source, notes) in taken)
            WriteFeedNotes.Write(session, source, notes);
    }

    private static void Note(FeedNotes notes, FeedKind kind, RejectedItem item, DateTimeOffset at)
    {
        foreach (var (field, reasons) in item.Errors)
        {
            foreach (var reason in reasons)
                notes.AddRejection(kind, field, reason, item.Id, at);
        }
    }

    private FeedNotes Of(int sourceId)
    {
        if (!_notes.TryGetValue(sourceId, out var notes))
            _notes[sourceId] = notes = new FeedNotes();
        return notes;
    }

    // Asked for each part, so it is kept for a second.
    private int DayOf(DateTimeOffset moment)
    {
        if (moment >= _day.From && moment < _day.To)
            return _day.Number;
        _day = (moment, moment.AddSeconds(1), DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, settings.Current.TimeZone).DateTime).DayNumber);
        return _day.Number;
    }
}
