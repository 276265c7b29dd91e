using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Intake.Feeds;
using OpsConsole.Measurement;
using OpsConsole.Numerics.Calibration;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Bench;

/// <summary>
/// What a question to the quality page and to the curves takes in a store of a million tallies over 120 days: of 28 days, as the page asks first, and of
/// all; first of the process, again, and after one of its days changed.
/// </summary>
internal sealed class CurvesBench : IBenchPath
{
    private const int Days = 120;
    private const int Model = 1;
    private const double Most = 100;

    private static readonly DateTimeOffset Now = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Statement ChangeDay = new("UPDATE tally_days SET version = version + 1 WHERE day = @p0");

    public string Name => "curves";

    public async Task RunAsync(Bench bench)
    {
        var folder = Directory.CreateTempSubdirectory("opsconsole-bench-").FullName;
        try
        {
            await using var services = Services(folder);
            await services.GetRequiredService<Migrator>().StartAsync(CancellationToken.None);
            foreach (var hosted in services.GetServices<IHostedService>())
                await hosted.StartAsync(CancellationToken.None);
            var tallies = bench.Size(1_000_000, 60_000);
            await FillAsync(services, tallies);
            await MeasureAsync(bench, services, tallies);
            foreach (var hosted in services.GetServices<IHostedService>())
                await hosted.StopAsync(CancellationToken.None);
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ServiceProvider Services(string folder)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        var time = new StandingTime();
        services.AddSingleton<TimeProvider>(time);
        services.AddSingleton(new LoopClock(time));
        services.AddStore(new StoreOptions { ConnectionString = $"Data Source={Path.Combine(folder, "bench.db")}", DataDirectory = folder });
        services.AddSingleton(new OperationsSettings());
        services.AddSingleton<SettingsStore>();
        services.AddSingleton<SilentFeeds>();
        services.AddTransient<QualityReader>();
        services.AddTransient<BacktestReader>();
        services.AddTransient<CurvesReader>();
        return services.BuildServiceProvider();
    }

    private static async Task MeasureAsync(Bench bench, ServiceProvider services, int tallies)
    {
        var writer = services.GetRequiredService<GroupedWriter>();
        var lastDay = DateOnly.FromDateTime(Now.UtcDateTime).DayNumber - 1;
        // The compiler's work is not the question's.
        services.GetRequiredService<CurvesReader>().Read(Ask(3));
        foreach (var (days, name) in new (int?, string)[] { (28, "28 days"), (null, "all 120 days") })
        {
            var (curves, quality) = (services.GetRequiredService<CurvesReader>(), services.GetRequiredService<QualityReader>());
            var ask = Ask(days);
            Report(bench, $"curves of {name} of {tallies:N0} tallies, first of the process (not judged)", Time(() => curves.Read(ask)), judged: false);
            Report(bench, $"curves of {name}, again", Median(() => curves.Read(ask)), judged: true);
            var changed = new List<double>();
            for (var i = 0; i < 5; i++)
            {
                await writer.WriteAsync(session => session.Execute(ChangeDay, lastDay), cancellation: CancellationToken.None);
                changed.Add(Time(() => curves.Read(ask)));
            }
            Report(bench, $"curves of {name}, after a day changed", changed.Order().ElementAt(2), judged: true);
            Report(bench, $"the page's other figures of {name}", Median(() => (quality.Read(ask), quality.ReadLeads(ask))), judged: true);
        }
    }

    private static QualityAsk Ask(int? days) => new()
    {
        Lead = 240,
        From = days is { } back ? Now.AddDays(-back) : null,
        To = Now,
        Simulated = SimulatedFilter.Include,
    };

    private static void Report(Bench bench, string what, double milliseconds, bool judged)
    {
        if (judged)
            // In quick runs, on machines of any speed and with few rows, only what is out of all bounds fails.
            bench.AtMost(what, "ms", milliseconds, Most, 10 * Most);
        else
            bench.Check(what, true, FormattableString.Invariant($"{milliseconds:0} ms"));
    }

    private static double Median<T>(Func<T> work) => Enumerable.Range(0, 7).Select(_ => Time(work)).Order().ElementAt(3);

    private static double Time<T>(Func<T> work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    // Day by day, as settling would have left them.
    private static async Task FillAsync(ServiceProvider services, int count)
    {
        var writer = services.GetRequiredService<GroupedWriter>();
        var random = new Random(1);
        var key = 0L;
        for (var day = 0; day < Days; day++)
        {
            var made = Enumerable.Range(0, count / Days).Select(_ => Make(++key, Now.AddDays(day - Days), random)).ToList();
            await writer.WriteAsync(session =>
            {
                var contribution = new Measurement.Contribution();
                foreach (var tally in made)
                    SettledWriter.WriteTally(session, tally, contribution);
                contribution.Write(session);
            }, cancellation: CancellationToken.None);
        }
    }

    private static Tally Make(long key, DateTimeOffset day, Random random)
    {
        var score = Logit.ToProbability(-2.5 + 1.3 * Normal(random));
        var late = random.NextDouble() < score;
        var promise = day.AddMinutes(random.Next(480, 1320));
        var leads = new LeadTally[LeadGrid.Minutes.Count];
        for (var i = 0; i < leads.Length; i++)
            leads[i] = random.Next(10) == 0 ? new LeadTally(LeadStanding.FinishedEarlier, null, 0, 0, false)
                : new LeadTally(LeadStanding.AtRisk, Math.Clamp(score + 0.02 * Normal(random), 1e-6, 1 - 1e-6), 0.3, Model, false, new KeptMinutes(-20, -90, 40));
        return new Tally
        {
            ShipmentKey = key,
            Promise = promise,
            Day = DateOnly.FromDateTime(promise.UtcDateTime).DayNumber,
            PromiseHour = promise.Hour,
            Class = late ? OutcomeClass.Late : OutcomeClass.OnTime,
            Touched = score > 0.3 && random.Next(3) == 0,
            DelayMinutes = late ? random.Next(1, 200) : -random.Next(0, 200),
            DefaultLead = 240,
            OriginArea = $"A{random.Next(20)}",
            DestinationArea = $"B{random.Next(40)}",
            AreaType = "urban",
            Service = $"S{random.Next(4)}",
            Carrier = $"C{random.Next(5)}",
            WeatherBand = "dry",
            Leads = LeadTally.Pack(leads),
        };
    }

    private static double Normal(Random random)
    {
        var sum = -6.0;
        for (var i = 0; i < 12; i++)
            sum += random.NextDouble();
        return sum;
    }

    /// <summary>Stands where the last day is over.</summary>
    private sealed class StandingTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now.AddHours(1);
    }
}
