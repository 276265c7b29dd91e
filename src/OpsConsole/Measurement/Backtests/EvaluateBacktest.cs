using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using OpsConsole.Access;
using OpsConsole.Intake;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.Measurement;

/// <summary>
/// Asks a version what it would have said of past shipments, history and served alike, by what was known then (measurement.md, Model figures).
/// Reads the store and writes one file; whoever started it puts that into the store. Memory stays bounded: shipments are read by pages, scored by
/// batches, and written by pieces.
/// </summary>
public sealed class EvaluateBacktest(
    StoreConnections connections, StoreOptions store, SettingsStore settings, Sources sources, Champions champions, LoopClock clock)
{
    private const int Page = 2_000;
    private static readonly Statement Next = new(
        """
        SELECT "key", shipment_id, history, first_scored_at, simulated, source_id, booked_at FROM shipments WHERE shipment_id > @p0 ORDER BY shipment_id
        """);
    private static readonly Statement HowMany = new("SELECT COUNT(*) FROM shipments");

    /// <summary>What the counts depend on beside the facts: after a change of these a backtest says something else, and must be computed anew.</summary>
    internal static string BasisOf(OperationsSettings settings) => JsonSerializer.Serialize(new
    {
        zone = settings.TimeZone.Id,
        lag = settings.ReportingLagMinutes,
        grace = settings.GraceMinutes,
        unknown = settings.UnknownAfterDays,
        touching = settings.TouchingActions.Select(a => a.ToString()).Order(StringComparer.Ordinal),
    });

    /// <summary>Evaluates, and gives the file.</summary>
    /// <param name="run">The run's key, which names the file.</param>
    /// <param name="plan">What to do.</param>
    /// <param name="tell">Is told how far it is, 0 to 1, in words.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ModelUnavailableException">The version can't be used.</exception>
    public async Task<EvaluatedFile> RunAsync(long run, BacktestPlan plan, Func<double, string, Task> tell, CancellationToken cancellation)
    {
        var version = champions.ByVersion(plan.ModelVersion) ?? throw new ModelUnavailableException($"There is no version {plan.ModelVersion} any more.");
        var lags = (await sources.ListAsync(cancellation)).ToDictionary(s => s.Id, s => s.ReportingLagMinutes);
        var operation = settings.Current;
        var asOf = clock.Now;
        var path = Path.Combine(Directory.CreateDirectory(EvaluatedFile.Folder(store)).FullName, EvaluatedFile.NameOf(run));
        await using var file = File.Create(path);
        using var writer = new BacktestFileWriter(file, Backtest.LeadsOf(plan.DecisionPoint), version.Threshold);
        using var connection = connections.OpenReader();
        using var evaluator = new ShipmentEvaluator(connection, plan, version.Model, operation, asOf, writer);
        var (all, done) = (Count(connection), 0L);
        using var next = Next.Prepare(connection);
        for (var page = ReadPage(next, ""); page.Count > 0; page = ReadPage(next, page[^1].Id))
        {
            foreach (var candidate in page)
            {
                cancellation.ThrowIfCancellationRequested();
                evaluator.Take(candidate, lags.GetValueOrDefault(candidate.Source));
            }
            done += page.Count;
            await tell(0.99 * Math.Min(1, done / (double)Math.Max(1, all)), FormattableString.Invariant($"Asked about {done:N0} of {all:N0} shipments"));
        }
        evaluator.Finish();
        writer.Finish();
        return new(EvaluatedFile.NameOf(run), version.ModelVersionId, version.Threshold, asOf, BasisOf(operation), writer.Shipments, writer.InSample, evaluator.Scores);
    }

    private static long Count(DbConnection connection)
    {
        using var command = HowMany.Prepare(connection);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    // A page at a time, so that no cursor stays open over the reads of each shipment.
    private static List<BacktestCandidate> ReadPage(DbCommand next, string after)
    {
        next.Parameters[0].Value = after;
        using var row = next.ExecuteReader();
        var page = new List<BacktestCandidate>(Page);
        while (page.Count < Page && row.Read())
        {
            page.Add(new(
                row.GetInt64(0), row.GetString(1), Flag(row, 2), row.IsDBNull(3) ? null : new DateTimeOffset(row.GetInt64(3), TimeSpan.Zero), Flag(row, 4), row.GetInt32(5),
                new DateTimeOffset(row.GetInt64(6), TimeSpan.Zero)));
        }
        return page;
    }

    private static bool Flag(DbDataReader row, int column) => Convert.ToBoolean(row.GetValue(column), CultureInfo.InvariantCulture);
}

/// <summary>A shipment that a backtest may evaluate, as its row says.</summary>
internal readonly record struct BacktestCandidate(
    long Key, string Id, bool History, DateTimeOffset? FirstScored, bool Simulated, int Source, DateTimeOffset BookedAt);
