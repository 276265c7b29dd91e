using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OpsConsole.Operations.Alerts;

/// <summary>The alerts that are not over, in memory for who shows them; sees within two seconds what any instance changed.</summary>
public sealed partial class AlertBoard(AlertStore store, TimeProvider time, ILogger<AlertBoard> log) : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);
    private volatile IReadOnlyList<Alert> _open = [];
    private long _version = -1;

    /// <summary>Raised after a change; must be quick.</summary>
    internal event Action? Changed;

    /// <summary>What is firing or acknowledged, oldest first.</summary>
    internal IReadOnlyList<Alert> Open => _open;

    /// <summary>Reads again if something has changed.</summary>
    internal async Task LookAsync(CancellationToken cancellation)
    {
        var version = await store.VersionAsync(cancellation);
        if (version == _version)
            return;
        _open = await store.OpenAsync(cancellation);
        _version = version;
        Changed?.Invoke();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookAgain, time);
        try
        {
            do
            {
                try
                {
                    await LookAsync(stoppingToken);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    LogNotRead(log, failure);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    [LoggerMessage(EventId = 3035, Level = LogLevel.Warning, Message = "The alerts could not be read; the ones known stay shown")]
    private static partial void LogNotRead(ILogger logger, Exception failure);
}
