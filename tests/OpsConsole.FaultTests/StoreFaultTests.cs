using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Data.Sqlite;
using Xunit.Abstractions;

namespace OpsConsole.FaultTests;

/// <summary>The disk is full, the disk fails, another program holds the database (quality.md F4, F5, F6): said plainly, nothing acknowledged lost, mended by itself.</summary>
[Collection(Faults.Name)]
public sealed class StoreFaultTests(PublishedProgram program, ITestOutputHelper output)
{
    [NeedsFact(Needs.Mount)]
    public async Task DiskFull_ThenFreed_NothingAcknowledgedIsLostAndItRecovers()
    {
        var data = Directory.CreateTempSubdirectory("opsconsole-full-").FullName;
        await Shell.RunAsync("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", data);
        try
        {
            var ledger = new Ledger();
            using var running = program.Start(data);
            await running.ReadyAsync(TimeSpan.FromSeconds(60));
            using var stop = new CancellationTokenSource();
            var load = Enumerable.Range(0, 4).Select(writer => ledger.SendAsync(running.Client, $"w{writer}", stop.Token)).ToArray();
            await Until.TrueAsync(() => ledger.Acknowledged >= 500, running);
            var filler = Path.Combine(data, "filler");
            await FillAsync(filler);
            await Until.TrueAsync(() => ledger.Answers.GetValueOrDefault(HttpStatusCode.ServiceUnavailable) >= 20, running);

            // Who only reads goes on.
            using (var read = await running.Client.GetAsync(new Uri("/api/v1/cases", UriKind.Relative)))
                Assert.Equal(HttpStatusCode.OK, read.StatusCode);
            Assert.False(await Until.IsReadyAsync(running));

            var before = ledger.Acknowledged;
            File.Delete(filler);
            var freed = Stopwatch.GetTimestamp();
            await Until.TrueAsync(() => ledger.Acknowledged > before, running, TimeSpan.FromSeconds(30));
            await Until.TrueAsync(() => Until.IsReadyAsync(running), running, TimeSpan.FromSeconds(30));
            var recovered = Stopwatch.GetElapsedTime(freed);
            await stop.CancelAsync();
            await Task.WhenAll(load);
            Assert.DoesNotContain(HttpStatusCode.InternalServerError, ledger.Answers.Keys);
            Assert.Equal(0, (await running.TerminateAsync()).ExitCode);
            ledger.Check(running.Database);
            output.WriteLine($"F4: {Said(ledger)}; recovered {recovered.TotalSeconds:0.0} s after space was freed; 0 of {ledger.Acknowledged} acknowledged events lost");
        }
        finally
        {
            await Shell.RunAsync("umount", "-l", data);
            Directory.Delete(data);
        }
    }

    [NeedsFact(Needs.Strace)]
    public async Task DiskFailsToSync_NothingIsAcknowledgedThatIsNotThere()
    {
        var data = Directory.CreateTempSubdirectory("opsconsole-eio-").FullName;
        var ledger = new Ledger();
        using var running = program.Start(data);
        await running.ReadyAsync(TimeSpan.FromSeconds(60));
        using var stop = new CancellationTokenSource();
        using (var strace = Process.Start(new ProcessStartInfo(
            "strace",
            ["-f", "-q", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO:when=20+5", "-p", running.ProcessId.ToString(CultureInfo.InvariantCulture)]))!)
        {
            var load = Enumerable.Range(0, 4).Select(writer => ledger.SendAsync(running.Client, $"w{writer}", stop.Token)).ToArray();
            await Until.TrueAsync(() => ledger.Answers.GetValueOrDefault(HttpStatusCode.ServiceUnavailable) >= 20 && ledger.Acknowledged >= 500, running);
            await stop.CancelAsync();
            await Task.WhenAll(load);
            // By SIGINT it lets go of the program; killed, it would take it along.
            await Shell.RunAsync("kill", "-INT", strace.Id.ToString(CultureInfo.InvariantCulture));
            await strace.WaitForExitAsync();
        }
        Assert.DoesNotContain(HttpStatusCode.InternalServerError, ledger.Answers.Keys);
        await Until.TrueAsync(() => Until.IsReadyAsync(running), running, TimeSpan.FromSeconds(30));
        Assert.Equal(HttpStatusCode.OK, await ledger.SendBatchAsync(running.Client, "after", 0));
        await running.KillAsync();
        ledger.Check(running.Database);
        output.WriteLine($"F5: {Said(ledger)} while every fifth sync failed; 0 of {ledger.Acknowledged} acknowledged events lost");
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task DatabaseHeldByAnotherProgram_ShortlyAllSucceed_LongerIsSaidInTimeAndReadersDontWait()
    {
        var data = Directory.CreateTempSubdirectory("opsconsole-lock-").FullName;
        var ledger = new Ledger();
        using var running = program.Start(data);
        await running.ReadyAsync(TimeSpan.FromSeconds(60));
        await ledger.SendBatchAsync(running.Client, "warm", 0);

        var answers = await WhileHeldAsync(running, ledger, TimeSpan.FromSeconds(3), "short");
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));

        answers = await WhileHeldAsync(running, ledger, TimeSpan.FromSeconds(Faults.Rounds(0) > 0 ? 60 : 12), "long");
        Assert.Contains(answers, answer => answer.Status == HttpStatusCode.ServiceUnavailable);
        Assert.All(answers, answer => Assert.Contains(answer.Status, new[] { HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable }));
        var slowest = answers.Max(answer => answer.Took);
        Assert.InRange(slowest, TimeSpan.Zero, TimeSpan.FromSeconds(6));

        await Until.TrueAsync(() => Until.IsReadyAsync(running), running, TimeSpan.FromSeconds(30));
        Assert.Equal(HttpStatusCode.OK, await ledger.SendBatchAsync(running.Client, "after", 0));
        Assert.Equal(0, (await running.TerminateAsync()).ExitCode);
        ledger.Check(running.Database);
        output.WriteLine($"F6: {Said(ledger)}; slowest answer while held {slowest.TotalSeconds:0.0} s; readers under a second at the 95th percentile");
        Directory.Delete(data, recursive: true);
    }

    /// <summary>Posts by four writers while another program (this one) holds the database, and reads beside them.</summary>
    private static async Task<List<(HttpStatusCode Status, TimeSpan Took)>> WhileHeldAsync(RunningProgram running, Ledger ledger, TimeSpan length, string name)
    {
        await using var holder = new SqliteConnection($"Data Source={running.Database};Pooling=False");
        await holder.OpenAsync();
        await ExecuteAsync(holder, "BEGIN IMMEDIATE");
        var began = Stopwatch.GetTimestamp();
        var writers = Enumerable.Range(0, 4).Select(async writer =>
        {
            List<(HttpStatusCode, TimeSpan)> answers = [];
            for (var batch = 0; Stopwatch.GetElapsedTime(began) < length; batch++)
            {
                var sent = Stopwatch.GetTimestamp();
                answers.Add((await ledger.SendBatchAsync(running.Client, $"{name}{writer}", batch), Stopwatch.GetElapsedTime(sent)));
            }
            return answers;
        }).ToArray();
        List<TimeSpan> reads = [];
        await Until.TrueAsync(
            async () =>
            {
                var sent = Stopwatch.GetTimestamp();
                using var answer = await running.Client.GetAsync(new Uri("/api/v1/cases", UriKind.Relative));
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                reads.Add(Stopwatch.GetElapsedTime(sent));
                return Stopwatch.GetElapsedTime(began) >= length;
            },
            running, TimeSpan.FromSeconds(90));
        await ExecuteAsync(holder, "ROLLBACK");
        Assert.InRange(reads.Order().ElementAt(reads.Count * 95 / 100), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        return [.. (await Task.WhenAll(writers)).SelectMany(answers => answers)];
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Writes zeros until the disk is full.</summary>
    private static async Task FillAsync(string path)
    {
        await using var filler = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 4096, FileOptions.WriteThrough);
        try
        {
            var block = new byte[4096];
            while (true)
            {
                await filler.WriteAsync(block);
                await filler.FlushAsync();
            }
        }
        catch (IOException)
        {
            // Full, as wanted.
        }
    }

    private static string Said(Ledger ledger) => string.Join(", ", ledger.Answers.OrderBy(a => a.Key).Select(a => $"{(int)a.Key} {a.Value} times"));
}
