using System.Globalization;
using OpsConsole.Operations.Alerts;

namespace OpsConsole.Operations.Measuring;

/// <summary>Something takes this instance too long: 95 of 100 within the last five minutes.</summary>
internal sealed class SlowRule(SlowRule.Kind kind, RecentFigures figures, InstanceName instance) : IAlertRule
{
    /// <summary>What takes long.</summary>
    internal sealed record Kind
    {
        public required string Code { get; init; }

        public required string Title { get; init; }

        /// <summary>What is measured, to follow "95 of 100 take 3 s".</summary>
        public required string What { get; init; }

        public required Figure Figure { get; init; }

        public required string Advice { get; init; }

        public required AlertThresholds Thresholds { get; init; }
    }

    public string Code => kind.Code;

    public string Title => kind.Title;

    public string Unit => "seconds, 95 of 100";

    public string Advice => kind.Advice;

    public bool EachInstance => true;

    public AlertThresholds Thresholds => kind.Thresholds;

    public Task<IReadOnlyList<AlertReading>> ReadAsync(CancellationToken cancellation)
    {
        var recent = figures.Of(kind.Figure);
        return Task.FromResult<IReadOnlyList<AlertReading>>(
        [
            new(instance.Text, recent.Slow, string.Create(
                CultureInfo.InvariantCulture, $"95 of 100 take {recent.Slow:0.###} s or less {kind.What} ({recent.Count:N0} in the last five minutes)")),
        ]);
    }
}

/// <summary>Calls fail for reasons of ours.</summary>
internal sealed class ErrorRateRule(RecentFigures figures, InstanceName instance) : IAlertRule
{
    // Of a handful of calls one failure says little.
    private const int Fewest = 50;

    public string Code => "errorRate";

    public string Title => "Calls fail";

    public string Unit => "% of calls";

    public string Advice => "The log holds each failure with the traceId that the caller got; 503 alone means that the store can't take more, or the disk is full.";

    public bool EachInstance => true;

    public AlertThresholds Thresholds => new(2, 60, 0.5, 120);

    public Task<IReadOnlyList<AlertReading>> ReadAsync(CancellationToken cancellation)
    {
        var (calls, failed) = (figures.Of(Figure.Call).Count, figures.Of(Figure.FailedCall).Count);
        var share = calls < Fewest ? 0 : 100.0 * failed / calls;
        return Task.FromResult<IReadOnlyList<AlertReading>>(
            [new(instance.Text, share, string.Create(CultureInfo.InvariantCulture, $"{failed:N0} of {calls:N0} calls failed in the last five minutes"))]);
    }
}
