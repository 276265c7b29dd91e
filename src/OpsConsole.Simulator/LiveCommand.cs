using System.Globalization;
using OpsConsole.Client;
using OpsConsole.Simulator.Network;

namespace OpsConsole.Simulator;

/// <summary><c>live</c>: a simulated courier that sends to any console, until it is stopped.</summary>
internal sealed class LiveCommand(OpsConsoleClient client, TimeProvider time, TextWriter output)
{
    internal const string Usage = "live --url URL --key KEY [--rate SHIPMENTS-A-DAY] [--seed N] [--prefix TEXT]";

    internal static readonly string[] Options = ["--url", "--key", "--rate", "--seed", "--prefix"];

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    internal async Task<int> RunAsync(Arguments arguments, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var network = new CourierNetwork(new NetworkOptions
        {
            From = now.AddDays(-3),
            ShipmentsPerDay = arguments.Number("--rate", 1, 1_000_000) ?? 5_000,
            Seed = (int?)arguments.Number("--seed", 0, int.MaxValue) ?? 20_260,
            Prefix = arguments.Text("--prefix") ?? "LIVE",
        });
        var sent = await client.SendFactsAsync(UnderWay.At(network, now), eventsFirst: true, cancellation);
        using var timer = new PeriodicTimer(Beat, time);
        var said = now;
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            now = time.GetUtcNow();
            sent += await client.SendFactsAsync(network.Until(now).ToList(), cancellation: cancellation);
            if (now - said < TimeSpan.FromSeconds(10))
                continue;
            said = now;
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{now:HH:mm:ss} {network.UnderWay} under way; sent {sent.Accepted}, {sent.Duplicates} known before, {sent.Rejected} refused")
                + (sent.Sample is { } sample ? $"; first refused: {sample}" : ""));
        }
        return 0;
    }
}
