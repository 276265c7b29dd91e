using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace OpsConsole.Operations;

/// <summary>Where the doorbell rings.</summary>
/// <param name="Redis">The StackExchange.Redis string that all instances share; null: this process only.</param>
public sealed record DoorbellOptions(string? Redis = null);

/// <summary>
/// Tells whoever listens to a bell, here and on every other instance, to look again (design 12). It carries no truth: a ring may come twice, for
/// nothing, or never; who listens reads the store, and looks by itself within two seconds anyway. Without Redis it rings in this process only.
/// </summary>
public sealed partial class Doorbell(DoorbellOptions options, ILogger<Doorbell> log) : BackgroundService
{
    private static readonly RedisChannel Channel = RedisChannel.Literal("opsconsole:bell");
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private const int Reached = 1;
    private const int Lost = 2;

    // Its own rings come back from Redis too; they have been heard.
    private readonly string _self = Guid.NewGuid().ToString("N");
    private readonly ConcurrentDictionary<string, Action[]> _listeners = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly HashSet<string> _rung = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _waiting = new(0, 1);
    private IConnectionMultiplexer? _redis;
    private int _state;

    /// <summary>Whether other instances are told, and tell this one; always false without Redis.</summary>
    public bool Reaches => _redis is { IsConnected: true } redis && redis.GetSubscriber().SubscribedEndpoint(Channel) is not null;

    /// <summary>Whether there is a Redis to ring over.</summary>
    public bool HasRedis => options.Redis is not null;

    /// <summary>Rings: here at once, elsewhere as soon as it can be sent. Quick; never throws; to be called after the commit.</summary>
    public void Ring(string bell)
    {
        Hear(bell);
        if (!HasRedis)
            return;
        lock (_lock)
        {
            if (_rung.Add(bell) && _waiting.CurrentCount == 0)
                _waiting.Release();
        }
    }

    /// <summary>Calls <paramref name="heard"/> at each ring of a bell, whoever rang. It must be quick: it wakes, it doesn't work. Dispose to stop.</summary>
    public IDisposable Listen(string bell, Action heard)
    {
        _listeners.AddOrUpdate(bell, _ => [heard], (_, before) => [.. before, heard]);
        return new Listening(() => _listeners.AddOrUpdate(bell, _ => [], (_, before) => Without(before, heard)));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Redis is not { } configuration)
            return;
        // The start doesn't wait for Redis, nor fails without it.
        await Task.Yield();
        try
        {
            await using var redis = await ConnectAsync(configuration, stoppingToken);
            _redis = redis;
            var subscriber = redis.GetSubscriber();
            while (true)
            {
                // What was rung while nobody can be told is dropped: once they can, everybody looks.
                var rung = TakeRung();
                if (await ReachAsync(subscriber, stoppingToken))
                    await PublishAsync(subscriber, rung, stoppingToken);
                await _waiting.WaitAsync(LookAgain, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
        finally
        {
            _redis = null;
        }
    }

    /// <summary>How the configured string is used: never gives up, tries again every second.</summary>
    internal static ConfigurationOptions Read(string configuration)
    {
        var redis = ConfigurationOptions.Parse(configuration);
        redis.AbortOnConnectFail = false;
        redis.ReconnectRetryPolicy = new LinearRetry(1000);
        redis.ClientName ??= "opsconsole";
        return redis;
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(string configuration, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var redis = await ConnectionMultiplexer.ConnectAsync(Read(configuration));
                redis.ConnectionFailed += (_, failed) => NoteOutage(failed.Exception);
                return redis;
            }
            catch (RedisException failure)
            {
                // Without an answer it goes on by itself; what is refused may be mended while this runs.
                NoteOutage(failure);
                await Task.Delay(LookAgain, cancellation);
            }
        }
    }

    /// <summary>Whether the others can be told; the first time after they couldn't, everybody here looks for what was not heard.</summary>
    private async Task<bool> ReachAsync(ISubscriber subscriber, CancellationToken cancellation)
    {
        try
        {
            if (!subscriber.Multiplexer.IsConnected)
            {
                NoteOutage(null);
                return false;
            }
            // IsConnected would say only that it could be subscribed to. After an outage the client subscribes again by itself.
            if (subscriber.SubscribedEndpoint(Channel) is null)
                await SubscribeAsync(subscriber).WaitAsync(cancellation);
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            NoteOutage(failure);
            return false;
        }
        if (Interlocked.Exchange(ref _state, Reached) != Reached)
        {
            LogReaches(log);
            foreach (var bell in _listeners.Keys)
                Hear(bell);
        }
        return true;
    }

    // Not twice: a subscription that the client restored by itself is replaced.
    private async Task SubscribeAsync(ISubscriber subscriber)
    {
        await subscriber.UnsubscribeAsync(Channel);
        await subscriber.SubscribeAsync(Channel, (_, message) => HearOther(message.ToString()));
    }

    private async Task PublishAsync(ISubscriber subscriber, List<string> rung, CancellationToken cancellation)
    {
        try
        {
            foreach (var bell in rung)
                await subscriber.PublishAsync(Channel, $"{_self} {bell}").WaitAsync(cancellation);
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            NoteOutage(failure);
        }
    }

    private List<string> TakeRung()
    {
        lock (_lock)
        {
            List<string> rung = [.. _rung];
            _rung.Clear();
            return rung;
        }
    }

    private void HearOther(string message)
    {
        if (message.Split(' ', 2) is [var who, var bell] && who != _self)
            Hear(bell);
    }

    private void Hear(string bell)
    {
        if (!_listeners.TryGetValue(bell, out var listeners))
            return;
        foreach (var heard in listeners)
        {
            try
            {
                heard();
            }
            catch (Exception failure)
            {
                LogDeaf(log, bell, failure);
            }
        }
    }

    // Said once an outage, not once a ring.
    private void NoteOutage(Exception? failure)
    {
        if (Interlocked.Exchange(ref _state, Lost) != Lost)
            LogOutage(log, failure);
    }

    private static Action[] Without(Action[] listeners, Action gone)
    {
        var at = Array.IndexOf(listeners, gone);
        return at < 0 ? listeners : [.. listeners[..at], .. listeners[(at + 1)..]];
    }

    private sealed class Listening(Action stop) : IDisposable
    {
        private Action? _stop = stop;

        public void Dispose() => Interlocked.Exchange(ref _stop, null)?.Invoke();
    }

    [LoggerMessage(EventId = 3010, Level = LogLevel.Information, Message = "Redis is there: instances tell each other of changes at once")]
    private static partial void LogReaches(ILogger logger);

    [LoggerMessage(EventId = 3011, Level = LogLevel.Warning, Message = "Redis can't be reached; until it can, instances notice each other's changes through the store, within two seconds")]
    private static partial void LogOutage(ILogger logger, Exception? failure);

    [LoggerMessage(EventId = 3012, Level = LogLevel.Error, Message = "A listener of the bell {Bell} failed")]
    private static partial void LogDeaf(ILogger logger, string bell, Exception failure);
}

/// <summary>Redis can be reached. Losing it costs seconds, so that it is told and nothing else.</summary>
internal sealed class RedisCheck(Doorbell doorbell) : IReadinessCheck
{
    public string Name => "redis";

    public ValueTask<string?> LookAsync(CancellationToken cancellation) => ValueTask.FromResult(
        doorbell.Reaches ? null : IReadinessCheck.Degraded + "can't be reached; instances notice each other's changes through the store, within two seconds");
}
