using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;

namespace OpsConsole.Operations.Measuring;

/// <summary>What this process measures of itself and looks back on.</summary>
public enum Figure
{
    /// <summary>Seconds from a fact received, or a moment due, to its score.</summary>
    ScoringDelay,

    /// <summary>Seconds from a change committed to its being handed to screens and listeners.</summary>
    PushDelay,

    /// <summary>Seconds a write waited for the right to write.</summary>
    GateWait,

    /// <summary>Seconds a call took; circuits and hub connections, which last, are left out.</summary>
    Call,

    /// <summary>The same of calls that failed for a reason of ours (5xx).</summary>
    FailedCall,

    /// <summary>Items of intake, one by one.</summary>
    IntakeItem,

    /// <summary>Milliseconds from a browser over its circuit and back, as seconds.</summary>
    BrowserRoundTrip,

    /// <summary>Seconds until a page was usable, as the browser saw it.</summary>
    BrowserLoad,
}

/// <summary>The last five minutes of this process, from the very instruments that <c>/metrics</c> shows: for alert rules and the quick look.</summary>
public sealed class RecentFigures : IHostedService, IDisposable
{
    private static readonly Dictionary<string, Figure> Known = new(StringComparer.Ordinal)
    {
        ["opsconsole.scoring.delay"] = Figure.ScoringDelay,
        ["opsconsole.push.delay"] = Figure.PushDelay,
        ["opsconsole.store.gate.wait"] = Figure.GateWait,
        ["opsconsole.intake.items"] = Figure.IntakeItem,
        ["opsconsole.browser.round_trip"] = Figure.BrowserRoundTrip,
        ["opsconsole.browser.load"] = Figure.BrowserLoad,
    };

    private static readonly string[] Lasting = ["/_blazor", "/hubs"];

    private readonly Dictionary<Figure, RollingWindow> _windows;
    private readonly MeterListener _listener = new();

    /// <param name="time">The clock of the windows.</param>
    public RecentFigures(TimeProvider time)
    {
        _windows = Enum.GetValues<Figure>().ToDictionary(figure => figure, _ => new RollingWindow(time));
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Known.ContainsKey(instrument.Name) || instrument.Name == "http.server.request.duration")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>(Take);
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
    }

    /// <summary>What was measured in the last five minutes.</summary>
    public RecentFigure Of(Figure figure) => _windows[figure].Read();

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (Known.TryGetValue(instrument.Name, out var figure))
        {
            _windows[figure].Add(value);
            return;
        }
        if (Tag(tags, "http.route") is string route && Array.Exists(Lasting, path => route.TrimStart('/').StartsWith(path[1..], StringComparison.OrdinalIgnoreCase)))
            return;
        _windows[Figure.Call].Add(value);
        if (Tag(tags, "http.response.status_code") is >= 500)
            _windows[Figure.FailedCall].Add(value);
    }

    private void Take(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (Known.TryGetValue(instrument.Name, out var figure) && Tag(tags, "result") is not "rejected")
            _windows[figure].Count(value);
    }

    private static object? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var (key, value) in tags)
        {
            if (key == name)
                return value;
        }
        return null;
    }
}

/// <summary>What was measured within a window.</summary>
/// <param name="Count">How often.</param>
/// <param name="Median">Half of it was below; within a tenth. 0 when nothing was measured.</param>
/// <param name="Slow">95 of 100 were below; within a tenth. 0 when nothing was measured.</param>
public readonly record struct RecentFigure(long Count, double Median, double Slow);

/// <summary>Counts and quantiles of the last five minutes, in slots of ten seconds and buckets that grow by a fifth: a fixed size, whatever is measured.</summary>
internal sealed class RollingWindow(TimeProvider time)
{
    /// <summary>How far it looks back.</summary>
    internal static readonly TimeSpan Length = TimeSpan.FromMinutes(5);

    private const int Slots = 30;
    private const int Buckets = 96;
    private const double Smallest = 1e-4;
    private static readonly TimeSpan SlotLength = Length / Slots;
    private static readonly double Growth = Math.Log(1.2);

    private readonly Lock _lock = new();
    private readonly long[] _counts = new long[Slots];
    private readonly int[,] _buckets = new int[Slots, Buckets];
    private long _slot = -1;

    internal void Add(double value) => Add(1, Bucket(value));

    internal void Count(long count) => Add(count, null);

    internal RecentFigure Read()
    {
        lock (_lock)
        {
            Advance();
            return new RecentFigure(_counts.Sum(), Quantile(0.5), Quantile(0.95));
        }
    }

    private void Add(long count, int? bucket)
    {
        lock (_lock)
        {
            var slot = Advance();
            _counts[slot] += count;
            if (bucket is { } within)
                _buckets[slot, within]++;
        }
    }

    // Empties the slots that time has passed.
    private int Advance()
    {
        var now = time.GetUtcNow().UtcTicks / SlotLength.Ticks;
        for (var slot = Math.Max(_slot + 1, now - Slots + 1); slot <= now; slot++)
        {
            _counts[slot % Slots] = 0;
            for (var bucket = 0; bucket < Buckets; bucket++)
                _buckets[slot % Slots, bucket] = 0;
        }
        _slot = Math.Max(_slot, now);
        return (int)(_slot % Slots);
    }

    private double Quantile(double share)
    {
        Span<long> sums = stackalloc long[Buckets];
        long all = 0;
        for (var bucket = 0; bucket < Buckets; bucket++)
        {
            for (var slot = 0; slot < Slots; slot++)
                sums[bucket] += _buckets[slot, bucket];
            all += sums[bucket];
        }
        if (all == 0)
            return 0;
        var (rank, seen) = (Math.Ceiling(share * all), 0L);
        for (var bucket = 0; bucket < Buckets; bucket++)
        {
            seen += sums[bucket];
            if (seen >= rank)
                return bucket == 0 ? Smallest : Smallest * Math.Exp(Growth * (bucket - 0.5));
        }
        return 0;
    }

    private static int Bucket(double value) =>
        value <= Smallest || double.IsNaN(value) ? 0 : Math.Min(Buckets - 1, (int)Math.Ceiling(Math.Log(value / Smallest) / Growth));
}
