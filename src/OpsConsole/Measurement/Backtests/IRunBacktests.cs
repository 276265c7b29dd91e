using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Operations;

namespace OpsConsole.Measurement;

/// <summary>
/// Starts and cancels backtests, and says how far they are. The runs are Learning's; this is the hook by which the page of figures, which is above it,
/// has them.
/// </summary>
public interface IRunBacktests
{
    /// <summary>Raised when a run was asked for, got on, or ended.</summary>
    Signal Changed { get; }

    /// <summary>The newest backtest run of a version; null when there was none.</summary>
    Task<BacktestRun?> NewestAsync(string version, CancellationToken cancellation = default);

    /// <summary>Queues a backtest of a version; what is wrong, in words, or null.</summary>
    Task<string?> StartAsync(string version, BacktestRequest request, Caller caller, CancellationToken cancellation = default);

    /// <summary>Cancels a run.</summary>
    Task CancelAsync(string runId, Caller caller, CancellationToken cancellation = default);
}

/// <summary>How a backtest is getting on.</summary>
/// <param name="RunId">The run.</param>
/// <param name="State">Queued, running, or how it ended.</param>
/// <param name="Progress">0 to 1.</param>
/// <param name="Line">What is being done, in words.</param>
/// <param name="Error">Why it failed.</param>
public sealed record BacktestRun(string RunId, RunState State, double Progress, string? Line, string? Error)
{
    /// <summary>It waits or runs.</summary>
    public bool IsUnderWay => State is RunState.Queued or RunState.Running;
}
