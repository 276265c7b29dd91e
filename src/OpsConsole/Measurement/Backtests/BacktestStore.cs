using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Store;

namespace OpsConsole.Measurement;

/// <summary>Puts what a backtest found into the store, and takes away what nobody asks for any more.</summary>
public sealed class BacktestStore(GroupedWriter writer, StoreConnections connections, StoreOptions store)
{
    private const int BytesAtOnce = 256 << 10;

    private static readonly Statement Add = new("INSERT INTO backtest_blocks (backtest, lead, day, part, data) VALUES (@p0, @p1, @p2, @p3, @p4)");
    private static readonly Statement Supersede = new("DELETE FROM backtests WHERE model_version_id = @p0 AND \"key\" <> @p1");
    private static readonly Statement Finished = new(
        """
        INSERT INTO backtests ("key", model_version_id, threshold, computed_at, "from", "to", simulated, decision_point, basis, shipments)
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9)
        """);
    private static readonly Statement Orphan = new("SELECT MIN(backtest) FROM backtest_blocks WHERE backtest NOT IN (SELECT \"key\" FROM backtests) AND backtest > @p0");
    private static readonly Statement Remove = new(
        "DELETE FROM backtest_blocks WHERE backtest = @p0 AND lead = (SELECT MIN(lead) FROM backtest_blocks WHERE backtest = @p0) AND day <= @p1");
    private static readonly Statement FirstDays = new(
        "SELECT MIN(day) FROM backtest_blocks WHERE backtest = @p0 AND lead = (SELECT MIN(lead) FROM backtest_blocks WHERE backtest = @p0)");

    /// <summary>Writes the blocks of a file, a few at a time. They count for nothing until <see cref="Finish"/>.</summary>
    public async Task WriteBlocksAsync(long backtest, EvaluatedFile evaluated, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(Path.Combine(EvaluatedFile.Folder(store), Path.GetFileName(evaluated.FileName)));
        List<FileBlock> held = [];
        var bytes = 0;
        foreach (var block in BacktestFileWriter.Read(file))
        {
            held.Add(block);
            bytes += block.Data.Length;
            if (bytes < BytesAtOnce)
                continue;
            await WriteAsync(backtest, held, cancellation);
            (held, bytes) = ([], 0);
        }
        if (held.Count > 0)
            await WriteAsync(backtest, held, cancellation);
    }

    private Task<DateTimeOffset> WriteAsync(long backtest, List<FileBlock> blocks, CancellationToken cancellation) => writer.WriteAsync(
        session =>
        {
            foreach (var block in blocks)
                session.Execute(Add, backtest, block.Lead, block.Day, block.Part, block.Data);
        },
        admitted: true, cancellation: cancellation);

    /// <summary>Makes a backtest the one that is asked about, in the unit that says so of its run.</summary>
    public static void Finish(WriteSession session, long backtest, BacktestPlan plan, EvaluatedFile evaluated)
    {
        session.Execute(Supersede, evaluated.ModelVersionId, backtest);
        session.Execute(
            Finished, backtest, evaluated.ModelVersionId, evaluated.Threshold, evaluated.ComputedAt, plan.From, plan.To, plan.Simulated, plan.DecisionPoint, evaluated.Basis,
            evaluated.Shipments);
    }

    /// <summary>Removes the file that a run left.</summary>
    public void RemoveFile(long run) => File.Delete(Path.Combine(EvaluatedFile.Folder(store), EvaluatedFile.NameOf(run)));

    /// <summary>Removes the files and the blocks of backtests that were superseded or never finished, blocks a few days at a time.</summary>
    /// <param name="underWay">Says of a run whether it is still being written.</param>
    /// <param name="cancellation">Gives up; what is left goes the next time.</param>
    public async Task SweepAsync(Func<long, bool> underWay, CancellationToken cancellation)
    {
        var folder = EvaluatedFile.Folder(store);
        foreach (var left in Directory.Exists(folder) ? Directory.GetFiles(folder, EvaluatedFile.Pattern) : [])
        {
            // A process that died can't have removed it.
            if (long.TryParse(Path.GetFileNameWithoutExtension(left), NumberStyles.None, CultureInfo.InvariantCulture, out var run) && !underWay(run))
                File.Delete(left);
        }
        var after = long.MinValue;
        while (Number(Orphan, after) is { } orphan)
        {
            while (!underWay(orphan) && Number(FirstDays, orphan) is { } day)
                await writer.WriteAsync(session => session.Execute(Remove, orphan, day + 13), admitted: true, cancellation: cancellation);
            after = orphan;
        }
    }

    private long? Number(Statement statement, long value)
    {
        using var connection = connections.OpenReader();
        using var command = statement.Prepare(connection);
        command.Parameters[0].Value = value;
        return command.ExecuteScalar() is { } found and not DBNull ? Convert.ToInt64(found, CultureInfo.InvariantCulture) : null;
    }
}
