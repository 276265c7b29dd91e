using System.Diagnostics;
using Xunit.Abstractions;

namespace OpsConsole.FaultTests;

/// <summary>
/// Real processes, SIGKILL and SIGTERM (quality.md F1, F2, F20). Nothing that was acknowledged may be missing or doubled, nothing may be there that
/// was never sent, the file must be whole, and the next start must come up unaided.
/// </summary>
[Collection(Faults.Name)]
public sealed class KillTests(PublishedProgram program, ITestOutputHelper output)
{
    private const int FirstStartMoments = 25;

    [Fact]
    public async Task KilledUnderLoad_EveryRound_NothingAcknowledgedIsLostOrDoubled()
    {
        var data = Directory.CreateTempSubdirectory("opsconsole-kill-").FullName;
        var random = new Random(1);
        var ledger = new Ledger();
        var rounds = Faults.Rounds(20);
        List<double> starts = [];
        for (var round = 0; round < rounds; round++)
        {
            using var running = program.Start(data);
            var started = Stopwatch.GetTimestamp();
            await running.ReadyAsync(TimeSpan.FromSeconds(60));
            starts.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            var load = Enumerable.Range(0, 4).Select(writer => ledger.SendAsync(running.Client, $"r{round}w{writer}")).ToArray();
            var enough = ledger.Acknowledged + random.Next(20, 400);
            await Until.TrueAsync(() => ledger.Acknowledged >= enough, running);
            await running.KillAsync();
            await Task.WhenAll(load);
        }
        using var last = program.Start(data);
        await last.ReadyAsync(TimeSpan.FromSeconds(60));
        var (exitCode, took) = await last.TerminateAsync();
        Assert.Equal(0, exitCode);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(10));

        ledger.Check(last.Database);
        output.WriteLine($"F1: {rounds} kills, {ledger.Acknowledged} events acknowledged, 0 lost, 0 doubled; slowest start {starts.Max():0.0} s");
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task KilledDuringFirstStart_AtEveryMoment_NextStartComesUp()
    {
        // How long a whole first start takes here; the moments spread over it, and a little past it.
        var whole = await FirstStartAsync();
        for (var moment = 0; moment < FirstStartMoments; moment++)
        {
            var data = Directory.CreateTempSubdirectory("opsconsole-start-").FullName;
            using (var first = program.Start(data))
            {
                var started = Stopwatch.GetTimestamp();
                var after = whole * (1.1 * (moment + 1) / FirstStartMoments);
                await Until.TrueAsync(() => Stopwatch.GetElapsedTime(started) >= after, first);
                await first.KillAsync();
            }
            using var second = program.Start(data);
            await second.ReadyAsync(TimeSpan.FromSeconds(60));
            await second.KillAsync();
            Ledger.CheckWhole(second.Database);
            Directory.Delete(data, recursive: true);
        }
        output.WriteLine($"F2: {FirstStartMoments} of {FirstStartMoments} starts came up after a kill within {1.1 * whole.TotalSeconds:0.0} s of the first start");
    }

    [Fact]
    public async Task Terminated_UnderLoad_ExitsInTimeWithEverythingAcknowledged()
    {
        var rounds = Faults.Rounds(3);
        var slowest = TimeSpan.Zero;
        var acknowledged = 0;
        for (var round = 0; round < rounds; round++)
        {
            var data = Directory.CreateTempSubdirectory("opsconsole-term-").FullName;
            var ledger = new Ledger();
            using var running = program.Start(data);
            await running.ReadyAsync(TimeSpan.FromSeconds(60));
            var load = Enumerable.Range(0, 4).Select(writer => ledger.SendAsync(running.Client, $"w{writer}")).ToArray();
            await Until.TrueAsync(() => ledger.Acknowledged >= 200, running);
            var (exitCode, took) = await running.TerminateAsync();
            await Task.WhenAll(load);
            Assert.Equal(0, exitCode);
            Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(10));
            ledger.Check(running.Database);
            (slowest, acknowledged) = (took > slowest ? took : slowest, acknowledged + ledger.Acknowledged);
            Directory.Delete(data, recursive: true);
        }
        output.WriteLine($"F20: {rounds} stops under load, slowest {slowest.TotalSeconds:0.0} s, {acknowledged} events acknowledged, 0 lost");
    }

    private async Task<TimeSpan> FirstStartAsync()
    {
        var data = Directory.CreateTempSubdirectory("opsconsole-first-").FullName;
        var started = Stopwatch.GetTimestamp();
        using var running = program.Start(data);
        await running.ReadyAsync(TimeSpan.FromSeconds(60));
        var took = Stopwatch.GetElapsedTime(started);
        await running.KillAsync();
        Directory.Delete(data, recursive: true);
        return took;
    }
}
