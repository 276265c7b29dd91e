using System.Diagnostics;
using System.Globalization;
using OpsConsole.Client;
using OpsConsole.Simulator.Network;

namespace OpsConsole.Simulator.Replay;

/// <summary><c>replay</c>: sends a file of real deliveries, as history at once, or again in its own rhythm.</summary>
internal sealed class ReplayCommand(OpsConsoleClient client, TimeProvider time, TextWriter output)
{
    internal const string Usage =
        "replay PATH --mapping FILE --url URL --key KEY [--history | --speed N] [--limit N] [--from TIME] [--to TIME] [--prefix TEXT]";

    internal static readonly string[] Options = ["--mapping", "--url", "--key", "--speed", "--limit", "--from", "--to", "--prefix"];

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(200);

    /// <summary>Which deliveries of a file, and how their ids begin.</summary>
    internal static Func<IEnumerable<Delivery>> Deliveries(Arguments arguments)
    {
        var path = arguments.Place ?? throw new UsageException("PATH is missing");
        var mapping = Mapping.Parse(File.ReadAllText(arguments.Required("--mapping")));
        var (from, to) = (arguments.Time("--from"), arguments.Time("--to"));
        var limit = (int?)arguments.Number("--limit", 1, int.MaxValue) ?? int.MaxValue;
        var prefix = arguments.Text("--prefix") ?? "";
        return () => new DeliveryFile(path, mapping).Read()
            .Where(d => !(d.Shipment.BookedAt < from) && !(d.Shipment.BookedAt >= to))
            .Take(limit)
            .Select(d => Prefixed(d, prefix));
    }

    /// <summary>All at once: what happened is told as history, shipments first. 0: all was taken; 1: something was refused.</summary>
    internal async Task<int> HistoryAsync(Func<IEnumerable<Delivery>> deliveries, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var shipments = await client.StreamShipmentsAsync(Async(deliveries().Select(d => d.Shipment)), Progress("shipments", watch), cancellation);
        var events = await client.StreamEventsAsync(Async(deliveries().SelectMany(d => d.Events)), Progress("events", watch), cancellation);
        Report("shipments", shipments);
        Report("events", events);
        var count = shipments.Accepted + shipments.Duplicates + events.Accepted + events.Duplicates;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{count} items in {watch.Elapsed.TotalSeconds:0.0} s ({count / watch.Elapsed.TotalSeconds:0} a second)"));
        return shipments.RejectedCount + events.RejectedCount == 0 ? 0 : 1;
    }

    /// <summary>
    /// In order of time, so many times faster than it was; the first moment is now, and every time moves and shrinks with it. 0: all was taken.
    /// </summary>
    internal async Task<int> InTimeAsync(Func<IEnumerable<Delivery>> deliveries, double speed, CancellationToken cancellation)
    {
        var facts = deliveries().SelectMany(d => d.Events.Select(e => (Fact)new EventFact(e.RecordedAt ?? e.OccurredAt, e))
            .Prepend(new ShipmentFact(d.Shipment.BookedAt, d.Shipment))).OrderBy(fact => fact.At).ToList();
        if (facts.Count == 0)
            return 0;
        var shift = new TimeShift(facts[0].At, time.GetUtcNow(), speed);
        var sent = Sent.None;
        List<Fact> batch = [];
        foreach (var fact in facts.Select(shift.Move))
        {
            if (fact.At - time.GetUtcNow() is { } wait && wait > TimeSpan.Zero)
            {
                sent = await SendAsync(batch, sent, cancellation);
                await Task.Delay(fact.At - time.GetUtcNow() is { } left && left > Beat ? left : Beat, time, cancellation);
            }
            batch.Add(fact);
        }
        sent = await SendAsync(batch, sent, cancellation);
        return sent.Rejected == 0 ? 0 : 1;
    }

    private async Task<Sent> SendAsync(List<Fact> batch, Sent before, CancellationToken cancellation)
    {
        if (batch.Count == 0)
            return before;
        var sent = await client.SendFactsAsync(batch, cancellation: cancellation);
        batch.Clear();
        var total = before + sent;
        await output.WriteLineAsync($"sent {sent.Accepted} (in all {total.Accepted}, {total.Duplicates} known before, {total.Rejected} refused)"
            + (sent.Sample is { } sample ? $"; first refused: {sample}" : ""));
        return total;
    }

    private static Delivery Prefixed(Delivery delivery, string prefix) => prefix.Length == 0 ? delivery : new Delivery(
        delivery.Shipment with { ShipmentId = prefix + delivery.Shipment.ShipmentId },
        [.. delivery.Events.Select(e => e with { ShipmentId = prefix + e.ShipmentId, EventId = prefix + e.EventId })]);

    private SaidProgress Progress(string what, Stopwatch watch) => new(receipt => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what}: {receipt.Accepted + receipt.Duplicates + receipt.RejectedCount} sent after {watch.Elapsed.TotalSeconds:0.0} s")));

    private void Report(string what, IntakeReceipt receipt)
    {
        output.WriteLine($"{what}: {receipt.Accepted} accepted, {receipt.Duplicates} known before, {receipt.RejectedCount} refused");
        foreach (var refused in receipt.Rejected.Take(5))
            output.WriteLine($"  {refused.Id ?? $"item {refused.Index}"}: {string.Join("; ", refused.Errors.Select(e => $"{e.Key}: {string.Join(' ', e.Value)}"))}");
    }

    private static async IAsyncEnumerable<T> Async<T>(IEnumerable<T> items)
    {
        foreach (var item in items)
            yield return item;
        await Task.CompletedTask;
    }

    /// <summary>Says at once, on the caller's thread; the framework's own posts to the pool and may say it after the end.</summary>
    private sealed class SaidProgress(Action<IntakeReceipt> say) : IProgress<IntakeReceipt>
    {
        public void Report(IntakeReceipt value) => say(value);
    }
}
