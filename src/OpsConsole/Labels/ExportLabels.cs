using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using OpsConsole.Intake;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.Labels;

/// <summary>A labels file that is whole.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="FileName">What it is called for who takes it home.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Sha256">Hash of its bytes, hex.</param>
/// <param name="AsOf">What had been received then.</param>
public sealed record LabelsExport(string Path, string FileName, string MediaType, long Rows, string Sha256, DateTimeOffset AsOf);

/// <summary>Rows by what they teach.</summary>
/// <param name="Late">Late if nobody acts.</param>
/// <param name="OnTime">On time, and nobody touched it.</param>
/// <param name="Touched">On time after somebody acted: no label.</param>
/// <param name="Unknown">Never heard of again: no label.</param>
/// <param name="Excluded">Returned or cancelled by the promise: no label.</param>
/// <param name="Pending">Not known yet: no label.</param>
public sealed record LabelCounts(long Late, long OnTime, long Touched, long Unknown, long Excluded, long Pending)
{
    /// <summary>All rows.</summary>
    public long Rows => Late + OnTime + Touched + Unknown + Excluded + Pending;

    internal static LabelCounts Of(IEnumerable<LabelRow> rows)
    {
        var counts = new long[6];
        foreach (var row in rows)
            counts[row.Label switch { { Late: true } => 0, { Late: false } => 1, { Exclusion: { } why } => 2 + (int)why, _ => 5 }]++;
        return new LabelCounts(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]);
    }
}

/// <summary>
/// Writes labels into a file in the data folder, and counts or previews them before. The file is finished first and sent then, so that its
/// length, hash and number of rows are known, and a broken download can be resumed.
/// </summary>
public sealed class ExportLabels(
    StoreConnections connections, StoreOptions store, RulesInForce rules, Champions champions, Pseudonyms pseudonyms, LoopClock clock, LivingProcess process)
    : IDisposable
{
    private static readonly Statement Stamp = new("SELECT value FROM counters WHERE name = @p0");
    private static readonly Statement RealBy = new("SELECT CASE WHEN EXISTS (SELECT 1 FROM shipments WHERE simulated = 0 AND registered_at <= @p0) THEN 1 ELSE 0 END");

    // Two at a time: each holds a snapshot of the store, which keeps its log from shrinking.
    private readonly SemaphoreSlim _turns = new(2, 2);

    /// <summary>The folder of all instances' folders.</summary>
    internal string AllFolders { get; } = Path.Combine(store.DataDirectory, "exports");

    /// <summary>This instance's folder of files in progress and files that may still be resumed.</summary>
    internal string Folder { get; } = Path.Combine(store.DataDirectory, "exports", process.Id);

    /// <summary>The columns that a file has.</summary>
    /// <param name="model">The version whose features it has; null: the champion.</param>
    /// <param name="asOf">The champion then; null: now.</param>
    /// <exception cref="KeyNotFoundException">There is no such model.</exception>
    public IReadOnlyList<LabelColumn> Columns(string? model, DateTimeOffset? asOf = null) => LabelColumns.All(Schema(model, asOf ?? DateTimeOffset.MaxValue).Features);

    /// <summary>Whether a version of that name exists, whose schema a file can have.</summary>
    public bool Knows(string? model) => model is null || champions.ByVersion(model) is not null;

    /// <summary>Writes the file.</summary>
    /// <exception cref="KeyNotFoundException">There is no such model.</exception>
    public async Task<LabelsExport> WriteAsync(LabelRequest request, IProgress<LabelProgress>? progress = null, CancellationToken cancellation = default)
    {
        await _turns.WaitAsync(cancellation);
        try
        {
            Directory.CreateDirectory(Folder);
            var name = Path.Combine(Folder, Guid.NewGuid().ToString("N"));
            try
            {
                return await WriteAsync(name, request, progress, cancellation);
            }
            catch
            {
                File.Delete(name + ".part");
                throw;
            }
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>How many rows the file would have, by what they teach.</summary>
    public async Task<LabelCounts> CountAsync(LabelRequest request, IProgress<LabelProgress>? progress = null, CancellationToken cancellation = default)
    {
        await rules.RecordAsync(cancellation);
        return await Task.Run(
            () =>
            {
                using var rows = Open(request);
                return LabelCounts.Of(rows.Read(withFeatures: false, progress, cancellation));
            },
            cancellation);
    }

    /// <summary>The first rows the file would have.</summary>
    public async Task<IReadOnlyList<LabelRow>> PreviewAsync(LabelRequest request, int count, CancellationToken cancellation = default)
    {
        await rules.RecordAsync(cancellation);
        return await Task.Run(
            () =>
            {
                using var rows = Open(request);
                return rows.Read(withFeatures: true, null, cancellation).Take(count).ToList();
            },
            cancellation);
    }

    private async Task<LabelsExport> WriteAsync(string path, LabelRequest request, IProgress<LabelProgress>? progress, CancellationToken cancellation)
    {
        await rules.RecordAsync(cancellation);
        var count = 0L;
        DateTimeOffset asOf;
        Decision decision;
        await using (var file = new FileStream(path + ".part", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 128 * 1024))
        {
            using var rows = Open(request);
            (asOf, decision) = (rows.Context.AsOf, rows.Context.Decision);
            var columns = LabelColumns.All(rows.Context.Schema.Features);
            await using var writer = await LabelWriter.OpenAsync(request.Format, file, columns);
            var cells = new object?[columns.Count];
            foreach (var row in rows.Read(withFeatures: true, progress, cancellation))
            {
                for (var i = 0; i < cells.Length; i++)
                    cells[i] = columns[i].Cell(row);
                await writer.WriteAsync(cells, cancellation);
                count++;
            }
        }
        var (extension, media) = request.Format switch
        {
            LabelFormat.Csv => ("csv", "text/csv; charset=utf-8"),
            LabelFormat.Jsonl => ("jsonl", "application/x-ndjson; charset=utf-8"),
            _ => ("parquet", "application/vnd.apache.parquet"),
        };
        File.Move(path + ".part", $"{path}.{extension}");
        await using var done = File.OpenRead($"{path}.{extension}");
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(done, cancellation));
        return new LabelsExport($"{path}.{extension}", FileName(request, decision, asOf, extension), media, count, hash, asOf);
    }

    // Everything that the file depends on is read from one snapshot, as of one moment.
    private LabelRows Open(LabelRequest request)
    {
        var connection = connections.OpenReader();
        try
        {
            var snapshot = StoreConnections.BeginSnapshot(connection);
            var newest = Ask(connection, snapshot, Stamp, $"received:{clock.Loop}") is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : clock.Now;
            var asOf = request.AsOf < newest ? request.AsOf.Value : newest;
            var (settings, lags) = rules.Read(connection, snapshot, asOf);
            var simulated = request.Simulated
                ?? (Ask(connection, snapshot, RealBy, asOf.UtcTicks) is > 0 ? SimulatedFilter.Exclude : SimulatedFilter.Include);
            // Another instance may have appointed a champion since this one looked.
            champions.Refresh();
            var context = new LabelContext(
                asOf, settings, lags, request.Decision ?? new Decision(DecisionKind.Lead, settings.DefaultLeadMinutes), simulated, Schema(request.Model, asOf),
                champions, pseudonyms, store.IsSqlite);
            return new LabelRows(connection, snapshot, request, context);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static long? Ask(DbConnection connection, DbTransaction snapshot, Statement statement, object value)
    {
        using var command = statement.Prepare(connection);
        command.Transaction = snapshot;
        command.Parameters[0].Value = value;
        return command.ExecuteScalar() is { } number and not DBNull ? Convert.ToInt64(number, CultureInfo.InvariantCulture) : null;
    }

    private ModelSchema Schema(string? model, DateTimeOffset asOf) => model is null
        ? champions.AsOf(asOf).Model.Schema
        : (champions.ByVersion(model) ?? throw new KeyNotFoundException($"There is no model {model}.")).Model.Schema;

    private static string FileName(LabelRequest request, Decision decided, DateTimeOffset asOf, string extension)
    {
        var decision = decided.ToString().Replace(':', '-');
        return $"opsconsole_labels_{decision}_{Day(request.From, "first")}_{Day(request.To, "last")}_asof-{asOf.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}.{extension}";
    }

    private static string Day(DateTimeOffset? time, string otherwise) => time?.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture) ?? otherwise;

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();
}
