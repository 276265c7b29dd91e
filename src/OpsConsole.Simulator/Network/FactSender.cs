using OpsConsole.Client;

namespace OpsConsole.Simulator.Network;

/// <summary>What was sent of a network, and what became of it.</summary>
/// <param name="Accepted">Items stored.</param>
/// <param name="Duplicates">Items stored before.</param>
/// <param name="Rejected">Items refused.</param>
/// <param name="Sample">The first refusal in words; null without one.</param>
public sealed record Sent(int Accepted, int Duplicates, int Rejected, string? Sample)
{
    /// <summary>Nothing yet.</summary>
    public static Sent None { get; } = new(0, 0, 0, null);

    /// <summary>Both together.</summary>
    public static Sent operator +(Sent one, Sent other) => new(
        one.Accepted + other.Accepted, one.Duplicates + other.Duplicates, one.Rejected + other.Rejected, one.Sample ?? other.Sample);

    /// <summary>Both together.</summary>
    public static Sent Add(Sent one, Sent other) => one + other;

    /// <summary>What a receipt says.</summary>
    public static Sent Of(IntakeReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        var first = receipt.Rejected.Count > 0 ? receipt.Rejected[0] : null;
        return new Sent(
            receipt.Accepted, receipt.Duplicates, receipt.RejectedCount,
            first is null ? null : $"{first.Id ?? $"item {first.Index}"}: {string.Join("; ", first.Errors.Select(e => $"{e.Key}: {string.Join(' ', e.Value)}"))}");
    }
}

/// <summary>Sends facts, whole batches at a time: conditions, shipments, their events, contacts.</summary>
public static class FactSender
{
    private const int BatchSize = 5_000;

    /// <summary>Sends them all.</summary>
    /// <param name="client">Where to.</param>
    /// <param name="facts">The facts.</param>
    /// <param name="eventsFirst">
    /// What happened is sent before the shipments it happened to, so that each is seen with its whole past from the first moment on, and nobody is
    /// alarmed by a parcel that only seems to stand still.
    /// </param>
    /// <param name="cancellation">Stops.</param>
    public static async Task<Sent> SendFactsAsync(
        this OpsConsoleClient client, IReadOnlyCollection<Fact> facts, bool eventsFirst = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        var sent = Sent.None;
        foreach (var batch in facts.OfType<ConditionFact>().Select(fact => fact.Condition).Chunk(BatchSize))
            sent += Sent.Of(await client.SendConditionsAsync(batch, cancellation: cancellation));
        if (!eventsFirst)
            sent += await SendShipmentsAsync(client, facts, cancellation);
        foreach (var batch in facts.OfType<EventFact>().Select(fact => fact.Event).Chunk(BatchSize))
            sent += Sent.Of(await client.SendEventsAsync(batch, cancellation: cancellation));
        if (eventsFirst)
            sent += await SendShipmentsAsync(client, facts, cancellation);
        foreach (var batch in facts.OfType<ContactFact>().Select(fact => fact.Contact).Chunk(BatchSize))
            sent += Sent.Of(await client.SendContactsAsync(batch, cancellation: cancellation));
        return sent;
    }

    private static async Task<Sent> SendShipmentsAsync(OpsConsoleClient client, IReadOnlyCollection<Fact> facts, CancellationToken cancellation)
    {
        var sent = Sent.None;
        foreach (var batch in facts.OfType<ShipmentFact>().Select(fact => fact.Shipment).Chunk(BatchSize))
            sent += Sent.Of(await client.SendShipmentsAsync(batch, cancellation: cancellation));
        return sent;
    }
}
