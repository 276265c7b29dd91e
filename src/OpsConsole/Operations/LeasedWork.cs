using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Store;

namespace OpsConsole.Operations;

/// <summary>How long leases last.</summary>
/// <param name="Length">Unless renewed, which is done three times in it; a dead instance's work is taken over after at most four thirds of it.</param>
public sealed record LeaseOptions(TimeSpan Length)
{
    /// <summary>Thirty seconds.</summary>
    public static LeaseOptions Default { get; } = new(TimeSpan.FromSeconds(30));
}

/// <summary>What <see cref="LeasedWork"/> needs.</summary>
/// <param name="Leases">The leases.</param>
/// <param name="Options">How long they last.</param>
/// <param name="Time">The machinery's time.</param>
/// <param name="Logs">Where it says what went wrong.</param>
public sealed record LeasedWorkTools(Leases Leases, LeaseOptions Options, TimeProvider Time, ILoggerFactory Logs);

/// <summary>
/// Periodic work that one instance does for all. Who holds the lease keeps it and works each period; the others stand by. What the work writes
/// calls <see cref="HeldLease.Require"/> in its own transaction wherever doing it twice would matter.
/// </summary>
public abstract partial class LeasedWork : BackgroundService
{
    private readonly LeasedWorkTools _tools;
    private readonly ILogger _log;

    /// <param name="tools">What it needs.</param>
    protected LeasedWork(LeasedWorkTools tools)
    {
        _tools = tools;
        _log = tools.Logs.CreateLogger(GetType());
    }

    /// <summary>Name of the lease.</summary>
    protected abstract string Name { get; }

    /// <summary>How long from one round to the next.</summary>
    protected abstract TimeSpan Period { get; }

    /// <summary>How long the lease lasts unless renewed.</summary>
    protected virtual TimeSpan Length => _tools.Options.Length;

    /// <summary>Whether this instance is the one that works at present.</summary>
    public bool Leads { get; private set; }

    /// <summary>One round of the work.</summary>
    /// <param name="lease">The lease it is done under.</param>
    /// <param name="cancellation">The instance stops, or the lease is lost.</param>
    protected abstract Task WorkAsync(HeldLease lease, CancellationToken cancellation);

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(Length / 3, _tools.Time);
        try
        {
            do
            {
                if (await TryTakeAsync(stoppingToken) is { } lease)
                    await LeadAsync(lease, stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task<HeldLease?> TryTakeAsync(CancellationToken cancellation)
    {
        try
        {
            return await _tools.Leases.TryTakeAsync(Name, Length, cancellation);
        }
        catch (Exception failure) when (failure is StoreUnavailableException or System.Data.Common.DbException)
        {
            LogNotAsked(_log, Name, failure);
            return null;
        }
    }

    private async Task LeadAsync(HeldLease lease, CancellationToken stopping)
    {
        LogLeads(_log, Name, lease.Token);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var holding = HoldAsync(lease, ended);
        Leads = true;
        try
        {
            using var timer = new PeriodicTimer(Period, _tools.Time);
            do
                await WorkOnceAsync(lease, ended);
            while (await timer.WaitForNextTickAsync(ended.Token));
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // Stopping, or another has the lease.
        }
        finally
        {
            Leads = false;
            await ended.CancelAsync();
            await holding;
        }
        if (stopping.IsCancellationRequested)
            await LetGoAsync(lease);
    }

    private async Task WorkOnceAsync(HeldLease lease, CancellationTokenSource ended)
    {
        try
        {
            await WorkAsync(lease, ended.Token);
        }
        catch (LeaseLostException)
        {
            await ended.CancelAsync();
        }
        catch (Exception failure) when (!ended.IsCancellationRequested)
        {
            LogFailed(_log, Name, failure);
        }
    }

    /// <summary>Renews until the work ends; ends it when another has the lease, or it could not be renewed for as long as it lasts.</summary>
    private async Task HoldAsync(HeldLease lease, CancellationTokenSource ended)
    {
        var renewed = _tools.Time.GetTimestamp();
        using var timer = new PeriodicTimer(Length / 3, _tools.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(ended.Token))
            {
                try
                {
                    if (!await _tools.Leases.RenewAsync(lease, Length, ended.Token))
                        break;
                    renewed = _tools.Time.GetTimestamp();
                }
                catch (Exception failure) when (failure is StoreUnavailableException or System.Data.Common.DbException)
                {
                    LogNotRenewed(_log, Name, failure);
                    if (_tools.Time.GetElapsedTime(renewed) >= Length)
                        break;
                }
            }
            LogLost(_log, Name, lease.Token);
            await ended.CancelAsync();
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The work has ended.
        }
    }

    private async Task LetGoAsync(HeldLease lease)
    {
        try
        {
            await _tools.Leases.ReleaseAsync(lease, CancellationToken.None);
        }
        catch (StoreUnavailableException failure)
        {
            // It lapses by itself.
            LogNotRenewed(_log, Name, failure);
        }
    }

    [LoggerMessage(EventId = 3020, Level = LogLevel.Information, Message = "This instance does the work {Work} (token {Token})")]
    private static partial void LogLeads(ILogger logger, string work, long token);

    [LoggerMessage(EventId = 3021, Level = LogLevel.Warning, Message = "Another instance does the work {Work} now (token was {Token})")]
    private static partial void LogLost(ILogger logger, string work, long token);

    [LoggerMessage(EventId = 3022, Level = LogLevel.Error, Message = "A round of the work {Work} failed; the next one tries again")]
    private static partial void LogFailed(ILogger logger, string work, Exception failure);

    [LoggerMessage(EventId = 3023, Level = LogLevel.Warning, Message = "Whether the work {Work} is free could not be asked")]
    private static partial void LogNotAsked(ILogger logger, string work, Exception failure);

    [LoggerMessage(EventId = 3024, Level = LogLevel.Warning, Message = "The lease of the work {Work} could not be renewed")]
    private static partial void LogNotRenewed(ILogger logger, string work, Exception failure);
}
