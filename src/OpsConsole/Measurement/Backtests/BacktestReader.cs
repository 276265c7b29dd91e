using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Client;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.Measurement;

/// <summary>
/// Answers what a version would have said of past shipments, from its backtest: whole days from the sums, anything else from the packed blocks,
/// which are kept in memory once read. A backtest never changes, so neither do they.
/// </summary>
public sealed class BacktestReader(IDbContextFactory<OpsConsoleDb> factory, StoreConnections connections, SettingsStore settings, QualityReader quality)
{
    private const int MostSums = 8;
    private static readonly Statement SumsOf = new("SELECT data FROM backtest_blocks WHERE backtest = @p0 AND lead = @p1 ORDER BY part");
    private static readonly Statement PiecesOf = new(
        "SELECT day, part FROM backtest_blocks WHERE backtest = @p0 AND lead = @p1 AND day >= @p2 AND day <= @p3 ORDER BY day, part");
    private static readonly Statement BlockOf = new("SELECT data FROM backtest_blocks WHERE backtest = @p0 AND lead = @p1 AND day = @p2 AND part = @p3");

    private readonly DayBlockCache<(long Backtest, int Lead, int Day, int Part)> _blocks = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<long, List<KeyValuePair<DaySum, Counts>>> _sums = [];

    /// <summary>The backtest of a version that finished last; null when none did, or when zone or rules have changed since.</summary>
    public async Task<Backtest?> FindAsync(int modelVersionId, CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var newest = await db.Set<Backtest>().AsNoTracking().Where(b => b.ModelVersionId == modelVersionId).OrderByDescending(b => b.ComputedAt).FirstOrDefaultAsync(cancellation);
        return newest?.Basis == EvaluateBacktest.BasisOf(settings.Current) ? newest : null;
    }

    /// <summary>The versions there are, newest first.</summary>
    public async Task<IReadOnlyList<ModelVersion>> VersionsAsync(CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Set<ModelVersion>().AsNoTracking().OrderByDescending(m => m.CreatedAt).ThenByDescending(m => m.Id).ToListAsync(cancellation);
    }

    /// <summary>Counts and figures.</summary>
    public QualityAnswer Read(QualityAsk ask, Backtest backtest)
    {
        var current = settings.Current;
        var buckets = new Buckets(current.TimeZone);
        var late = TimeSpan.FromMinutes(current.GraceMinutes + current.ReportingLagMinutes);
        // Of that moment: it says nothing of what came to be known afterwards.
        bool Settled(DateTimeOffset start, DateTimeOffset end, Counts counts) => backtest.ComputedAt >= end + late && counts[Count.Pending] == 0;
        var rolled = ask is { Bucket: not BucketSize.Hour, Segment: null, By: Dimension.None } && (ask.Threshold ?? backtest.Threshold) == backtest.Threshold;
        var gathered = Gathered.By(
            ask, buckets, rolled, (into, first, last) => RollUps(into, ask, buckets, backtest, first, last), (into, first, last) => Scan(into, ask, buckets, backtest, first, last));
        return gathered.Answer(ask, "backtest", current.TimeZone, Settled) with
        {
            Lead = backtest.DecisionPoint is null ? ask.Lead : null,
            InSample = gathered.InSampleBucket(ask, buckets, Settled),
            Backtest = new BacktestAbout(
                backtest.Key.ToString(CultureInfo.InvariantCulture), backtest.ComputedAt, backtest.From, backtest.To, FilterWord(backtest), backtest.Threshold,
                backtest.DecisionPoint),
        };
    }

    /// <summary>The figures of the whole range at each lead of the grid, longest first; none for a model with a decision point.</summary>
    public IReadOnlyList<QualityAnswer> ReadLeads(QualityAsk ask, Backtest backtest) => backtest.DecisionPoint is not null ? []
        : [.. LeadGrid.Minutes.Select(lead => Read(ask with { Lead = lead, By = Dimension.None, Bucket = BucketSize.Month }, backtest))];

    /// <summary>The shipments behind a count, by promise, and how many there are; those of the training window are not among them.</summary>
    /// <param name="ask">Which.</param>
    /// <param name="backtest">Of which backtest.</param>
    /// <param name="cell">The count; shipments: all of them.</param>
    /// <param name="atMost">How many are listed.</param>
    public (IReadOnlyList<CountedShipment> Rows, int Of) Find(QualityAsk ask, Backtest backtest, Count cell, int atMost)
    {
        var (first, last) = ask.Days(new Buckets(settings.Current.TimeZone));
        var found = new List<BlockRow>();
        foreach (var (_, row, _) in Rows(ask, backtest, first, last))
        {
            var counts = new Counts();
            Gathered.Add(counts, row, ask.Threshold);
            if (counts[cell] > 0 && !row.InSample)
                found.Add(row);
        }
        return (quality.List(found, ask.Threshold, atMost), found.Count);
    }

    private void RollUps(Gathered gathered, QualityAsk ask, Buckets buckets, Backtest backtest, int first, int last)
    {
        var lead = LeadOf(ask, backtest);
        foreach (var (of, counts) in Sums(backtest))
        {
            if (of.Day < first || of.Day > last || (of.Lead != lead && of.Lead != BacktestBlock.Classes) || !ask.Counts(of.Simulated))
                continue;
            if (of.InSample)
            {
                gathered.InSampleDay(of.Day).Add(counts);
                continue;
            }
            gathered.Bucket(buckets.Of(of.Day, ask.Bucket)).Add(counts);
            gathered.Day(of.Day).Add(counts);
        }
    }

    private void Scan(Gathered gathered, QualityAsk ask, Buckets buckets, Backtest backtest, int first, int last)
    {
        var names = ask.By == Dimension.ModelVersion ? quality.ModelNames() : [];
        foreach (var (day, row, block) in Rows(ask, backtest, first, last))
            gathered.Add(ask, buckets, day, row, block, names);
    }

    internal IEnumerable<(int Day, BlockRow Row, DayBlock Block)> Rows(QualityAsk ask, Backtest backtest, int first, int last)
    {
        using var connection = connections.OpenReader();
        foreach (var (day, part) in Pieces(connection, backtest, first, last))
        {
            var block = Block(connection, backtest, LeadOf(ask, backtest), day, part);
            foreach (var row in block.Rows)
            {
                if (ask.Counts(row.Simulated) && ask.Holds(row.Promise) && (ask.Segment is not { } segment || block.Segment(row, segment.Dimension) == segment.Value))
                    yield return (day, row, block);
            }
        }
    }

    private static int LeadOf(QualityAsk ask, Backtest backtest) => backtest.DecisionPoint is null ? ask.Lead : Backtest.Decision;

    private static List<(int Day, int Part)> Pieces(DbConnection connection, Backtest backtest, int first, int last)
    {
        using var command = PiecesOf.Prepare(connection);
        QualityReader.Set(command, backtest.Key, BacktestBlock.Facts, first, last);
        using var row = command.ExecuteReader();
        List<(int, int)> pieces = [];
        while (row.Read())
            pieces.Add((row.GetInt32(0), row.GetInt32(1)));
        return pieces;
    }

    private DayBlock Block(DbConnection connection, Backtest backtest, int lead, int day, int part)
    {
        var key = (backtest.Key, lead, day, part);
        if (_blocks.Find(key) is { } held)
            return held;
        using var command = BlockOf.Prepare(connection);
        byte[] Data(int of)
        {
            QualityReader.Set(command, backtest.Key, of, day, part);
            // Superseded and swept away in this moment: the next question finds the newer one.
            return command.ExecuteScalar() as byte[] ?? throw new BacktestGoneException();
        }
        var block = BacktestBlock.Unpack(Data(BacktestBlock.Facts), Data(lead), backtest);
        _blocks.Hold(key, block);
        return block;
    }

    private List<KeyValuePair<DaySum, Counts>> Sums(Backtest backtest)
    {
        lock (_lock)
        {
            if (_sums.TryGetValue(backtest.Key, out var held))
                return held;
        }
        List<KeyValuePair<DaySum, Counts>> sums = [];
        using (var connection = connections.OpenReader())
        using (var command = SumsOf.Prepare(connection))
        {
            QualityReader.Set(command, backtest.Key, BacktestBlock.Sums);
            using var row = command.ExecuteReader();
            while (row.Read())
                sums.AddRange(BacktestBlock.UnpackSums((byte[])row.GetValue(0)));
        }
        if (sums.Count == 0 && backtest.Shipments > 0)
            throw new BacktestGoneException();
        lock (_lock)
        {
            if (_sums.Count >= MostSums)
                _sums.Clear();
            _sums[backtest.Key] = sums;
        }
        return sums;
    }

    private static string FilterWord(Backtest backtest) => backtest.Simulated.ToString().ToLowerInvariant();
}

/// <summary>A backtest was superseded by a newer one while it was read.</summary>
public sealed class BacktestGoneException() : Exception("The backtest was superseded by a newer one; ask again.");
