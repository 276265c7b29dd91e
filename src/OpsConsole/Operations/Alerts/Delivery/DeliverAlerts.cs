using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OpsConsole.Operations.Alerts.Delivery;

/// <summary>Sends what one channel carries.</summary>
internal interface ISendAlerts
{
    /// <summary>The channel (<see cref="AlertDelivery.Channel"/>).</summary>
    string Name { get; }

    /// <summary>The configuration says where to.</summary>
    bool IsSet { get; }

    /// <summary>Sends it; returns once the receiver has taken it.</summary>
    /// <exception cref="DeliveryFailedException">It was not taken; what the words say is shown to administrators.</exception>
    Task SendAsync(AlertDelivery delivery, AlertMessage message, CancellationToken cancellation);
}

/// <summary>A message was not taken.</summary>
internal sealed class DeliveryFailedException(string words, Exception? cause = null) : Exception(words, cause);

/// <summary>
/// Empties the outbox: told by a signal, or looking by itself. Each channel by itself, so that a mail server that hangs holds up no webhook. Several
/// instances may do it at once: each message is taken by one of them.
/// </summary>
internal sealed partial class DeliverAlerts(
    AlertOutbox outbox, IEnumerable<ISendAlerts> senders, AlertMessages messages, AlertPosted posted, TimeProvider time, ILogger<DeliverAlerts> log)
    : BackgroundService
{
    private const int AtOnce = 50;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestSend = TimeSpan.FromSeconds(20);

    /// <summary>Tries everything that is due, once.</summary>
    internal async Task DeliverAsync(CancellationToken cancellation)
    {
        var due = await outbox.DueAsync(AtOnce, cancellation);
        await Task.WhenAll(senders.Where(s => s.IsSet).Select(sender => DeliverAsync(sender, [.. due.Where(d => d.Delivery.Channel == sender.Name)], cancellation)));
        // Another instance may still be set up for it; once it is too old for any, it is given up.
        foreach (var (delivery, _) in due.Where(d => outbox.IsTooOld(d.Delivery) && !senders.Any(s => s.IsSet && s.Name == d.Delivery.Channel)))
            await outbox.FailedAsync(delivery, "is no longer set in the configuration", cancellation);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listener = posted.Listen();
        try
        {
            while (true)
            {
                try
                {
                    await DeliverAsync(stoppingToken);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    LogNotRead(log, failure);
                }
                await listener.WaitAsync(LookAgain, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping; what was being sent is tried again by who comes next.
        }
    }

    private async Task DeliverAsync(ISendAlerts sender, List<(AlertDelivery Delivery, Alert Alert)> due, CancellationToken cancellation)
    {
        foreach (var (delivery, alert) in due)
        {
            if (!await outbox.TakeAsync(delivery, cancellation))
                continue;
            delivery.Attempts++;
            if (await TryAsync(sender, delivery, alert, cancellation) is { } problem)
            {
                LogNotTaken(log, delivery.Channel, delivery.Key, delivery.Attempts, problem);
                await outbox.FailedAsync(delivery, problem, cancellation);
            }
            else
            {
                await outbox.SentAsync(delivery, cancellation);
            }
        }
    }

    /// <summary>Null when it was taken, else what went wrong.</summary>
    private async Task<string?> TryAsync(ISendAlerts sender, AlertDelivery delivery, Alert alert, CancellationToken cancellation)
    {
        using var enough = new CancellationTokenSource(LongestSend, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancellation);
        try
        {
            await sender.SendAsync(delivery, messages.Of(alert, delivery.Over), either.Token);
            return null;
        }
        catch (DeliveryFailedException failure)
        {
            return failure.Message;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"did not answer within {LongestSend.TotalSeconds:0} s";
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // What a library says may hold an address or what a server said; the log has it.
            LogFailed(log, delivery.Channel, failure);
            return $"failed ({failure.GetType().Name}); the log says more";
        }
    }

    [LoggerMessage(EventId = 3041, Level = LogLevel.Warning, Message = "The {Channel} message {Delivery} was not taken at attempt {Attempt}: {Problem}")]
    private static partial void LogNotTaken(ILogger logger, string channel, long delivery, int attempt, string problem);

    [LoggerMessage(EventId = 3042, Level = LogLevel.Warning, Message = "Sending by {Channel} failed")]
    private static partial void LogFailed(ILogger logger, string channel, Exception failure);

    [LoggerMessage(EventId = 3043, Level = LogLevel.Warning, Message = "The outbox of alerts could not be read; it is read again in five seconds")]
    private static partial void LogNotRead(ILogger logger, Exception failure);
}
