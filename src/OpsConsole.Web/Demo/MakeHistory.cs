using System.Diagnostics;
using System.Globalization;
using OpsConsole.Client;
using OpsConsole.Operations;
using OpsConsole.Simulator.Network;

namespace OpsConsole.Web.Demo;

/// <summary>
/// Makes the demo's history: days that were truly served, on simulated time, the oldest first. Each step the facts due are sent, what changed is
/// scored, what is over is settled, simulated colleagues answer in the minutes that follow; then the step is marked as done.
/// </summary>
internal sealed partial class MakeHistory(DemoOptions options, SettingsStore settings, DemoProgress progress, ILogger<MakeHistory> log)
{
    private const string Prefix = "SIM";
    private const double RaisedBy = 1.25;

    /// <summary>Where the history begins and ends, if it begins now.</summary>
    internal HistorySpan SpanFrom(DateTimeOffset now)
    {
        var until = new DateTimeOffset(now.UtcTicks / options.Step.Ticks * options.Step.Ticks, TimeSpan.Zero);
        var from = until.AddDays(-options.Days);
        return new HistorySpan(from, until, from);
    }

    /// <summary>The network that the history is made of.</summary>
    internal CourierNetwork NetworkOf(HistorySpan span) => new(new NetworkOptions
    {
        Seed = options.Seed,
        Prefix = Prefix,
        From = span.From,
        LastBooking = span.Until,
        ShipmentsPerDay = (double)options.Shipments / options.Days,
        ConditionsEvery = options.ConditionsEvery,
        ForecastEvery = 1,
        Troubles = Troubles.Between(span.From, span.Until),
        ChanceOfAction = Chances,
    });

    /// <summary>What the operation assumes of the actions that move a parcel is true of the simulated ones.</summary>
    internal Dictionary<JudgementAction, double> Chances => new[] { JudgementAction.Rerouted, JudgementAction.Reprioritised }
        .ToDictionary(action => action, action => settings.Current.Terms(action).Chance);

    /// <summary>Makes what is missing and hands it over to the live loop. The network goes on from there.</summary>
    /// <param name="loop">The loop that works on simulated time.</param>
    /// <param name="span">From when to when, and how far it was.</param>
    /// <param name="actions">What was done about its shipments before, if it goes on where it was.</param>
    /// <param name="cancellation">Stops between two steps; the next start goes on there.</param>
    internal async Task<CourierNetwork> RunAsync(HistoryLoop loop, HistorySpan span, IReadOnlyList<PastAction> actions, CancellationToken cancellation)
    {
        var network = NetworkOf(span);
        foreach (var _ in network.Until(span.Done, actions.Where(action => action.At <= span.Done)))
        {
            // Sent by an earlier start.
        }
        // What was done in the minutes after a step, or in one that was cut off, comes before the next step's facts, as it did then.
        var done = new Queue<PastAction>(actions.Where(action => action.At > span.Done));
        var watch = new StepWatch();
        var sent = await StepsAsync(loop, network, span, done, watch, cancellation);
        await watch.TimeAsync("settle", () => loop.SettleAsync(cancellation));
        await loop.Marks.HandOverAsync(cancellation);
        progress.End(1);
        LogMade(log, options.Days, sent.Accepted, sent.Duplicates, sent.Rejected, watch.ToString());
        if (sent.Sample is { } sample)
            LogRefused(log, sent.Rejected, sample);
        return network;
    }

    private async Task<Sent> StepsAsync(
        HistoryLoop loop, CourierNetwork network, HistorySpan span, Queue<PastAction> done, StepWatch watch, CancellationToken cancellation)
    {
        var colleagues = new SimulatedDispatcher(loop.Client, network, new DispatcherOptions { Seed = options.Seed, AtATime = int.MaxValue });
        var changing = ThresholdChange(span);
        var sent = Sent.None;
        for (var moment = span.Done + options.Step; moment <= span.Until; moment += options.Step)
        {
            cancellation.ThrowIfCancellationRequested();
            while (done.TryPeek(out var action) && action.At <= moment)
                network.Act(done.Dequeue().ShipmentId, action.Action, action.At);
            // What the last step finds is answered in the present, by whoever is there.
            sent += await StepAsync(loop, network, moment < span.Until ? colleagues : null, moment, moment >= changing, watch, cancellation);
            Report(span, moment);
        }
        return sent;
    }

    private async Task<Sent> StepAsync(
        HistoryLoop loop, CourierNetwork network, SimulatedDispatcher? colleagues, DateTimeOffset moment, bool raised, StepWatch watch, CancellationToken cancellation)
    {
        loop.Time.MoveTo(moment);
        if (raised)
            await loop.RaiseThresholdAsync(RaisedBy, "Simulated: the shifts were asked about too many parcels.", cancellation);
        var facts = watch.Time("simulate", () => network.Until(moment).ToList());
        var sent = await watch.TimeAsync("send", () => loop.Client.SendFactsAsync(facts, cancellation: cancellation));
        await watch.TimeAsync("score", () => loop.ScoreAsync(cancellation));
        // At moments of the calendar, so that a history that was stopped has the same outcomes found at the same times.
        if (moment.UtcTicks % options.SettleEvery.Ticks == 0)
            await watch.TimeAsync("settle", () => loop.SettleAsync(cancellation));
        if (colleagues is not null)
            await watch.TimeAsync("answer", () => colleagues.AnswerFromAsync(moment, loop.Time.MoveTo, cancellation));
        await watch.TimeAsync("mark", () => loop.Marks.DoneAsync(moment, cancellation));
        return sent;
    }

    /// <summary>In the seventh week the threshold is raised by a quarter; the change is kept and audited as any.</summary>
    private static DateTimeOffset ThresholdChange(HistorySpan span) => span.From + (span.Until - span.From) * (44 / 60.0);

    private void Report(HistorySpan span, DateTimeOffset moment)
    {
        var day = Math.Min(options.Days, (int)Math.Ceiling((moment - span.From).TotalDays));
        progress.Report(
            (moment - span.From) / (span.Until - span.From),
            string.Create(CultureInfo.InvariantCulture, $"Making {options.Days} days of simulated history: day {day}"));
    }

    /// <summary>Where the time goes.</summary>
    private sealed class StepWatch
    {
        private readonly Dictionary<string, TimeSpan> _spent = [];

        internal T Time<T>(string what, Func<T> work)
        {
            var started = Stopwatch.GetTimestamp();
            var result = work();
            Add(what, started);
            return result;
        }

        internal async Task<T> TimeAsync<T>(string what, Func<Task<T>> work)
        {
            var started = Stopwatch.GetTimestamp();
            var result = await work();
            Add(what, started);
            return result;
        }

        internal async Task TimeAsync(string what, Func<Task> work)
        {
            var started = Stopwatch.GetTimestamp();
            await work();
            Add(what, started);
        }

        public override string ToString() =>
            string.Join(", ", _spent.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Key} {s.Value.TotalSeconds:0.0} s")));

        private void Add(string what, long started) => _spent[what] = _spent.GetValueOrDefault(what) + Stopwatch.GetElapsedTime(started);
    }

    [LoggerMessage(EventId = 9101, Level = LogLevel.Information, Message = "Made {Days} days of simulated history: {Accepted} items, {Duplicates} known before, {Rejected} refused ({Spent})")]
    private static partial void LogMade(ILogger logger, int days, int accepted, int duplicates, int rejected, string spent);

    [LoggerMessage(EventId = 9102, Level = LogLevel.Warning, Message = "{Rejected} simulated items were refused, such as {Sample}")]
    private static partial void LogRefused(ILogger logger, int rejected, string sample);
}
