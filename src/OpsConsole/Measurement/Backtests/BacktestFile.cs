using OpsConsole.Intake;
using OpsConsole.Store;

namespace OpsConsole.Measurement;

/// <summary>What came of evaluating a version: a file of blocks, before they are in the store.</summary>
/// <param name="FileName">Within <c>DataDirectory/backtests</c>.</param>
/// <param name="ModelVersionId">The version.</param>
/// <param name="Threshold">Its own threshold.</param>
/// <param name="ComputedAt">When the outcomes were looked at.</param>
/// <param name="Basis">Zone and rules it was counted by.</param>
/// <param name="Shipments">How many were evaluated, those in sample included.</param>
/// <param name="InSample">How many were of the training window.</param>
/// <param name="Scores">How many scores were made.</param>
public sealed record EvaluatedFile(
    string FileName, int ModelVersionId, double Threshold, DateTimeOffset ComputedAt, string Basis, long Shipments, long InSample, long Scores)
{
    /// <summary>Where such files lie until they are in the store.</summary>
    public static string Folder(StoreOptions options) => Path.Combine(options.DataDirectory, "backtests");

    /// <summary>What all their names are like.</summary>
    internal const string Pattern = "*.blocks";

    /// <summary>The name of a run's file.</summary>
    public static string NameOf(long run) => FormattableString.Invariant($"{run}.blocks");
}

/// <summary>One block of the file.</summary>
/// <param name="Lead">The lead, or what stands in its place.</param>
/// <param name="Day">The day.</param>
/// <param name="Part">The piece of the day.</param>
/// <param name="Data">Its bytes.</param>
internal readonly record struct FileBlock(int Lead, int Day, int Part, byte[] Data);

/// <summary>
/// Writes what a backtest finds as it is found: shipments come in any order and are gathered by day, and written in pieces whenever so many are
/// held that memory would grow; the sums come last.
/// </summary>
internal sealed class BacktestFileWriter(Stream file, IReadOnlyList<int> leads, double threshold) : IDisposable
{
    private const int MostHeld = 60_000;
    private const int SumsInABlock = 4_000;

    private readonly BinaryWriter _writer = new(file);
    private readonly Dictionary<int, List<EvaluatedShipment>> _days = [];
    private readonly Dictionary<int, int> _parts = [];
    private readonly Dictionary<DaySum, Counts> _sums = [];
    private int _held;

    /// <summary>How many shipments it took.</summary>
    internal long Shipments { get; private set; }

    /// <summary>How many of those were in sample.</summary>
    internal long InSample { get; private set; }

    /// <summary>Takes a shipment whose scores are all there.</summary>
    internal void Take(EvaluatedShipment shipment)
    {
        if (!_days.TryGetValue(shipment.Day, out var day))
            _days[shipment.Day] = day = [];
        day.Add(shipment);
        Shipments++;
        InSample += shipment.InSample ? 1 : 0;
        Sum(shipment);
        if (day.Count == BacktestBlock.MostRows)
            Write(shipment.Day, day);
        if (++_held >= MostHeld)
            WriteDays();
    }

    /// <summary>Writes what is held, and the sums.</summary>
    internal void Finish()
    {
        WriteDays();
        var part = 0;
        foreach (var sums in _sums.OrderBy(s => s.Key.Day).Chunk(SumsInABlock))
            Write(new FileBlock(BacktestBlock.Sums, 0, part++, BacktestBlock.PackSums(sums)));
        _writer.Flush();
    }

    private void Sum(EvaluatedShipment shipment)
    {
        SumOf(shipment, BacktestBlock.Classes).AddClass(shipment.Class);
        if (shipment.Class is not (OutcomeClass.Late or OutcomeClass.OnTime))
            return;
        for (var i = 0; i < leads.Count; i++)
        {
            double? score = double.IsNaN(shipment.Scores[i]) ? null : shipment.Scores[i];
            SumOf(shipment, leads[i]).AddLead(shipment.Class, shipment.Touched, new LeadTally(shipment.Standings[i], score, threshold, 0, false));
        }
    }

    private Counts SumOf(EvaluatedShipment shipment, int lead)
    {
        var key = new DaySum(shipment.Day, lead, shipment.Simulated, shipment.InSample);
        if (!_sums.TryGetValue(key, out var counts))
            _sums[key] = counts = new Counts();
        return counts;
    }

    private void WriteDays()
    {
        foreach (var (day, shipments) in _days)
        {
            if (shipments.Count > 0)
                Write(day, shipments);
        }
        _days.Clear();
        _held = 0;
    }

    private void Write(int day, List<EvaluatedShipment> shipments)
    {
        var part = _parts[day] = _parts.GetValueOrDefault(day) + 1;
        Write(new FileBlock(BacktestBlock.Facts, day, part, BacktestBlock.PackFacts(shipments)));
        for (var i = 0; i < leads.Count; i++)
            Write(new FileBlock(leads[i], day, part, BacktestBlock.PackLead(shipments, i)));
        _held -= shipments.Count;
        shipments.Clear();
    }

    private void Write(FileBlock block)
    {
        _writer.Write(block.Lead);
        _writer.Write(block.Day);
        _writer.Write(block.Part);
        _writer.Write(block.Data.Length);
        _writer.Write(block.Data);
    }

    /// <summary>The blocks of a finished file, in the order they were written.</summary>
    internal static IEnumerable<FileBlock> Read(Stream file)
    {
        using var reader = new BinaryReader(file);
        while (file.Position < file.Length)
        {
            var (lead, day, part, length) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
            yield return new FileBlock(lead, day, part, reader.ReadBytes(length));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
