using Microsoft.Extensions.DependencyInjection;

namespace OpsConsole.Measurement;

/// <summary>The command <c>rebuild</c>: tallies and roll-ups anew from the facts, with progress on the console.</summary>
internal static class RebuildFigures
{
    internal static async Task<int> RunAsync(IServiceProvider services, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var rebuild = services.GetRequiredService<Rebuild>();
        var settle = services.GetRequiredService<SettleWhatIsBehind>();
        await rebuild.StartOverAsync(cancellation);
        var loops = rebuild.Due();
        long total = loops.Sum(l => l.Due), done = 0, told = -1;
        await Console.Out.WriteLineAsync($"Settling {total} shipments anew.");
        foreach (var (loop, _) in loops)
        {
            await settle.DrainAsync(loop, written =>
            {
                done += written;
                var percent = total == 0 ? 100 : done * 100 / total;
                if (percent == told)
                    return;
                told = percent;
                Console.Out.WriteLine($"{done} of {total} ({percent} %)");
            }, cancellation);
        }
        var left = rebuild.Due().Sum(l => l.Due);
        await Console.Out.WriteLineAsync(left == 0 ? "Done." : $"Done but for {left}, which wait to be scored first.");
        return cancellation.IsCancellationRequested ? 1 : 0;
    }
}
