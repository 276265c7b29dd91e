using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OpsConsole.Operations.Alerts;

/// <summary>Has the rules that one instance reads for all read every 15 seconds.</summary>
internal sealed class ReadCommonRules(EvaluateAlerts evaluate, LeasedWorkTools tools) : LeasedWork(tools)
{
    protected override string Name => "alerts";

    protected override TimeSpan Period => ReadOwnRules.Period;

    // Two at once would raise nothing twice: the store refuses a second open alert of the same subject.
    protected override Task WorkAsync(HeldLease lease, CancellationToken cancellation) => evaluate.EvaluateAsync(eachInstance: false, cancellation);
}

/// <summary>Has the rules that each instance reads of itself read every 15 seconds.</summary>
internal sealed partial class ReadOwnRules(EvaluateAlerts evaluate, TimeProvider time, ILogger<ReadOwnRules> log) : BackgroundService
{
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TurnAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task TurnAsync(CancellationToken stopping)
    {
        try
        {
            await evaluate.EvaluateAsync(eachInstance: true, stopping);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(log, failure);
        }
    }

    [LoggerMessage(EventId = 3034, Level = LogLevel.Warning, Message = "The alert rules of this instance could not be read; they are read again in 15 seconds")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
