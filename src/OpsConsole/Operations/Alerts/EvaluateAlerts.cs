using Microsoft.Extensions.Logging;
using OpsConsole.Store;

namespace OpsConsole.Operations.Alerts;

/// <summary>
/// Reads the rules and raises, reads on and clears. How long a level has been passed is known to this process only: another instance that takes over
/// counts anew, so an alert may come late by its own length of time, and is never lost.
/// </summary>
internal sealed partial class EvaluateAlerts(
    IEnumerable<IAlertRule> rules, AlertSettings settings, AlertStore store, InstanceName instance, TimeProvider time, ILogger<EvaluateAlerts> log)
    : IDisposable
{
    /// <summary>An alert of an instance that has not been read for so long is cleared: the instance is gone.</summary>
    internal static readonly TimeSpan GoneAfter = TimeSpan.FromMinutes(5);

    private readonly Dictionary<(string Code, string Subject), DateTimeOffset> _since = [];
    private readonly IAlertRule[] _rules = [.. rules];
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Reads the rules of this instance, or those that one instance reads for all.</summary>
    internal async Task EvaluateAsync(bool eachInstance, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            var (set, _) = await settings.ReadAsync(cancellation);
            var open = await store.OpenAsync(cancellation);
            foreach (var rule in _rules.Where(r => r.EachInstance == eachInstance))
                await EvaluateAsync(rule, set.GetValueOrDefault(rule.Code, rule.Thresholds), [.. open.Where(a => a.Code == rule.Code)], cancellation);
            if (!eachInstance)
                await ClearWhatNobodyReadsAsync(open, cancellation);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task EvaluateAsync(IAlertRule rule, AlertThresholds thresholds, List<Alert> open, CancellationToken cancellation)
    {
        try
        {
            var readings = await rule.ReadAsync(cancellation);
            foreach (var reading in readings.Where(r => double.IsFinite(r.Value)))
                await HoldAgainstAsync(rule, thresholds, reading, open.Find(a => a.Subject == reading.Subject), cancellation);
            var read = readings.Select(r => r.Subject).ToHashSet(StringComparer.Ordinal);
            foreach (var alert in open.Where(a => !read.Contains(a.Subject) && (!rule.EachInstance || instance.IsOf(a.Subject))))
                await ClearOnceAsync(alert, thresholds, good: true, cancellation);
            Forget(rule, read, open);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotRead(log, rule.Code, failure);
        }
    }

    private async Task HoldAgainstAsync(IAlertRule rule, AlertThresholds thresholds, AlertReading reading, Alert? open, CancellationToken cancellation)
    {
        if (open is not null)
        {
            if (!await ClearOnceAsync(open, thresholds, thresholds.IsGood(reading.Value), cancellation))
                await store.ReadOnAsync(open, reading, cancellation);
        }
        else if (Lasted((rule.Code, reading.Subject), thresholds.IsBad(reading.Value), thresholds.RaiseForSeconds))
        {
            await store.RaiseAsync(rule.Code, reading, cancellation);
            LogRaised(log, rule.Code, reading.Subject, reading.Words);
        }
    }

    private async Task<bool> ClearOnceAsync(Alert alert, AlertThresholds thresholds, bool good, CancellationToken cancellation)
    {
        if (!Lasted((alert.Code, alert.Subject), good, thresholds.ClearForSeconds))
            return false;
        await store.ClearAsync(alert, cancellation);
        LogCleared(log, alert.Code, alert.Subject);
        return true;
    }

    /// <summary>Whether something has been so for so long; once it has, the count begins anew for what follows.</summary>
    private bool Lasted((string Code, string Subject) what, bool so, int seconds)
    {
        if (!so)
        {
            _since.Remove(what);
            return false;
        }
        var now = time.GetUtcNow();
        if (!_since.TryGetValue(what, out var since))
            _since[what] = since = now;
        if (now - since < TimeSpan.FromSeconds(seconds))
            return false;
        _since.Remove(what);
        return true;
    }

    // A subject that comes and goes must not count on from when it was here before.
    private void Forget(IAlertRule rule, HashSet<string> read, List<Alert> open)
    {
        foreach (var what in _since.Keys.Where(k => k.Code == rule.Code && !read.Contains(k.Subject) && open.TrueForAll(a => a.Subject != k.Subject)).ToList())
            _since.Remove(what);
    }

    private async Task ClearWhatNobodyReadsAsync(List<Alert> open, CancellationToken cancellation)
    {
        var gone = time.GetUtcNow() - GoneAfter;
        foreach (var alert in open.Where(a => a.ReadAt < gone && !Array.Exists(_rules, r => r.Code == a.Code && !r.EachInstance)))
        {
            await store.ClearAsync(alert, cancellation);
            LogCleared(log, alert.Code, alert.Subject);
        }
    }

    [LoggerMessage(EventId = 3031, Level = LogLevel.Warning, Message = "Alert {Code} {Subject}: {Words}")]
    private static partial void LogRaised(ILogger logger, string code, string subject, string words);

    [LoggerMessage(EventId = 3032, Level = LogLevel.Information, Message = "Alert {Code} {Subject} is over")]
    private static partial void LogCleared(ILogger logger, string code, string subject);

    [LoggerMessage(EventId = 3033, Level = LogLevel.Warning, Message = "The alert rule {Code} could not be read; it is tried again with the next turn")]
    private static partial void LogNotRead(ILogger logger, string code, Exception failure);
}

/// <summary>What this process is called among the instances: the machine and a number that the store gave out.</summary>
internal sealed class InstanceName(Ids ids)
{
    /// <summary>The name, such as <c>ops-1 #17</c>.</summary>
    internal string Text => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Environment.MachineName} #{ids.Instance}");

    /// <summary>Whether a subject is this instance's own.</summary>
    internal bool IsOf(string subject) => subject == Text || subject.StartsWith(Text + " ", StringComparison.Ordinal);
}
