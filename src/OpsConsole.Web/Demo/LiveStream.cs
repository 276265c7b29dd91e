using System.Collections.Concurrent;
using OpsConsole.Client;
using OpsConsole.Simulator.Network;

namespace OpsConsole.Web.Demo;

/// <summary>
/// Sends what simulated couriers' systems send, as it happens, for ever; lets what people do about their parcels have its effect; and has a few
/// simulated colleagues answer a case now and then.
/// </summary>
/// <param name="client">Speaks to the console.</param>
/// <param name="actionsSince">What people did about its parcels after a moment, oldest first.</param>
/// <param name="time">Its time.</param>
/// <param name="seed">Seed of what its colleagues decide.</param>
/// <param name="log">Where it says what went wrong.</param>
internal sealed partial class LiveStream(
    OpsConsoleClient client, Func<DateTimeOffset, IReadOnlyList<PastAction>> actionsSince, TimeProvider time, int seed, ILogger log)
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswerEvery = TimeSpan.FromSeconds(45);

    private readonly ConcurrentQueue<CourierNetwork> _joining = new();
    private readonly List<(CourierNetwork Network, SimulatedDispatcher Colleagues)> _networks = [];
    private readonly List<Fact> _unsent = [];
    private DateTimeOffset _heeded = time.GetUtcNow();
    private bool _said;

    /// <summary>Sends a network's facts too from now on.</summary>
    internal void Join(CourierNetwork network) => _joining.Enqueue(network);

    /// <summary>Runs until it is stopped.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Beat, time);
        var (looked, answered) = (time.GetUtcNow(), time.GetUtcNow());
        do
        {
            var now = time.GetUtcNow();
            try
            {
                await SendAsync(now, cancellation);
                if (now - looked >= LookEvery)
                {
                    looked = now;
                    HeedPeople(now);
                }
                if (now - answered >= AnswerEvery)
                {
                    answered = now;
                    foreach (var (_, colleagues) in _networks)
                        await colleagues.AnswerAsync(now, cancellation);
                }
            }
            catch (Exception failure) when (failure is OpsConsoleException or HttpRequestException)
            {
                // What could not be sent is sent with the next beat.
                LogNotSent(log, _unsent.Count, failure);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    private async Task SendAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        while (_joining.TryDequeue(out var network))
            _networks.Add((network, new SimulatedDispatcher(client, network, new DispatcherOptions { Seed = seed, Share = 0.2, AtATime = 1 })));
        foreach (var (network, _) in _networks)
            _unsent.AddRange(network.Until(now));
        if (_unsent.Count == 0)
            return;
        var sent = await client.SendFactsAsync(_unsent, cancellation: cancellation);
        _unsent.Clear();
        if (sent.Sample is { } sample && !_said)
        {
            _said = true;
            LogRefused(log, sample);
        }
    }

    /// <summary>A parcel that somebody rerouted may get there in time.</summary>
    private void HeedPeople(DateTimeOffset now)
    {
        foreach (var action in actionsSince(_heeded))
        {
            _heeded = action.At;
            foreach (var (network, _) in _networks)
                network.Act(action.ShipmentId, action.Action, now);
        }
    }

    [LoggerMessage(EventId = 9103, Level = LogLevel.Warning, Message = "{Count} simulated facts could not be sent; they are sent again")]
    private static partial void LogNotSent(ILogger logger, int count, Exception failure);

    [LoggerMessage(EventId = 9104, Level = LogLevel.Warning, Message = "A simulated item was refused: {Sample}")]
    private static partial void LogRefused(ILogger logger, string sample);
}
