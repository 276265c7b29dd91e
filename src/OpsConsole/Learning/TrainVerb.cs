using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Measurement;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.Learning;

/// <summary>What the child process does: <c>--train RUN</c>, for training and backtests alike. Reads the store, writes a file, says on the standard output how far it is.</summary>
internal static class TrainVerb
{
    internal const string Name = "--train";

    internal static Verb Verb { get; } = new(Name, "RUN", RunAsync) { Writes = false };

    private static async Task<int> RunAsync(IServiceProvider services, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        static Task Tell(RunProgress progress) => Console.Out.WriteLineAsync(progress.Write());
        if (!long.TryParse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out var key) || await FindAsync(services, key, cancellation) is not { } run)
        {
            await Tell(new(0, Error: $"There is no run {arguments[0]}."));
            return 2;
        }
        try
        {
            var settings = services.GetRequiredService<SettingsStore>();
            await settings.StartAsync(cancellation);
            await Tell(run.Kind == RunKind.Backtest
                ? new(1, Evaluated: await services.GetRequiredService<EvaluateBacktest>().RunAsync(key, BacktestPlan.Read(run.Plan), (progress, line) => Tell(new(progress, line)), cancellation))
                : new(1, Result: await services.GetRequiredService<TrainModel>().RunAsync(TrainingPlan.Read(run.Plan), Tell, cancellation)));
            return 0;
        }
        catch (Exception failure) when (failure is TrainingException or ModelUnavailableException)
        {
            await Tell(new(0, Error: failure.Message));
            return 1;
        }
    }

    private static async Task<Run?> FindAsync(IServiceProvider services, long key, CancellationToken cancellation)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync(cancellation);
        return await db.Set<Run>().AsNoTracking().SingleOrDefaultAsync(r => r.Key == key, cancellation);
    }
}
