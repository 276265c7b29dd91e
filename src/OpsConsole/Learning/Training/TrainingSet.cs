using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using OpsConsole.Intake;
using OpsConsole.Labels;
using OpsConsole.Prediction;

namespace OpsConsole.Learning;

/// <summary>The rows of a run in memory, encoded: one array of numbers, and what happened beside it.</summary>
internal sealed class TrainingSet
{
    /// <summary>At most so many numbers are held (320 MB); whole shipments are left out by hash beyond.</summary>
    internal const long MostValues = 80_000_000;

    private readonly List<double> _weights = [];
    private readonly List<bool> _late = [];
    private readonly List<double> _left = [];
    private readonly List<double> _needed = [];
    private readonly List<double> _waited = [];
    private readonly List<long> _moments = [];
    private readonly List<int> _shipments = [];
    private readonly List<int> _services = [];
    private readonly List<double> _rule = [];
    private readonly List<double> _ruleMinutes = [];
    private readonly List<string> _serviceNames = [];
    private readonly List<int> _days = [];
    private readonly List<double> _champion = [];
    private readonly List<UntouchedWeights.Row> _seen = [];
    private readonly List<bool> _touched = [];
    private readonly Dictionary<string, int> _areas = new(StringComparer.Ordinal);
    private float[] _values = [];

    private TrainingSet(ModelSchema schema) => Schema = schema;

    /// <summary>How rows became numbers.</summary>
    public ModelSchema Schema { get; }

    /// <summary>Numbers a row.</summary>
    public int Slots => Schema.SlotCount;

    /// <summary>How many rows.</summary>
    public int Count => _late.Count;

    /// <summary>How many shipments they are of.</summary>
    public int ShipmentCount { get; private set; }

    /// <summary>SHA-256 over ids, moments, raw values and labels, hex.</summary>
    public string DataHash { get; private set; } = "";

    /// <summary>The services, in ordinal order.</summary>
    public IReadOnlyList<string> Services { get; private set; } = [];

    public ReadOnlySpan<float> Row(int row) => _values.AsSpan(row * Slots, Slots);

    public bool Late(int row) => _late[row];

    public double Left(int row) => _left[row];

    /// <summary>Hours to the delivery; NaN where there was none.</summary>
    public double Needed(int row) => _needed[row];

    /// <summary>Hours to the delivery, or at least so many.</summary>
    public double Waited(int row) => _waited[row];

    /// <summary>One over the rows of the shipment, times what makes up for labels that are missing.</summary>
    public double Weight(int row) => _weights[row];

    /// <summary>One over the rows of the shipment.</summary>
    public double OwnWeight(int row) => _seen[row].Weight;

    /// <summary>Day of the counted promise, numbered.</summary>
    public int Day(int row) => _days[row];

    /// <summary>The champion's probability.</summary>
    public double Champion(int row) => _champion[row];

    /// <summary>Rows touched and on time: without a label, not learnt from.</summary>
    public TrainingSet? Missing { get; private set; }

    /// <summary>Shipments with a label that were held out.</summary>
    public int HeldOutShipments { get; private set; }

    /// <summary>The most that one row came to count for, in its own weight.</summary>
    public double HeaviestWeight { get; private set; } = 1;

    public long Moment(int row) => _moments[row];

    public int Shipment(int row) => _shipments[row];

    public string? Service(int row) => _services[row] < 0 ? null : _serviceNames[_services[row]];

    /// <summary>What the rule says of the row: raw log-odds and minutes.</summary>
    public (double Raw, double Minutes) Rule(int row) => (_rule[row], _ruleMinutes[row]);

    /// <summary>Learns the schema from the rows, then encodes them: two passes, so that only numbers are held.</summary>
    /// <param name="rows">Gives the rows, the same each time, and counts what it leaves out.</param>
    /// <param name="plan">Seed, and whether attributes count.</param>
    /// <param name="leftOut">Counts what is left out.</param>
    /// <param name="tell">Is told how far it is.</param>
    /// <param name="champion">What serves, scored beside on the same rows; null: the rule.</param>
    internal static async Task<TrainingSet> ReadAsync(
        Func<LeftOut, IEnumerable<TrainingRow>> rows, TrainingPlan plan, LeftOut leftOut, Func<RunProgress, Task> tell, IModel? champion = null)
    {
        var counted = 0L;
        IEnumerable<FeatureRow> Counted(IEnumerable<TrainingRow> all)
        {
            foreach (var row in all)
            {
                counted++;
                if (!row.Missing)
                    yield return row.Features;
            }
        }
        await tell(new(0.01, "Reading what was known of the shipments"));
        var schema = WithTimeLeft(ModelSchema.Learn(Counted(rows(new LeftOut())), plan.IncludeAttributes));
        if (counted == 0)
        {
            throw new TrainingException("There is nothing to learn from: no shipment of this window had a known outcome and a decision moment."
                + (plan.Simulated == SimulatedFilter.Exclude ? " Simulated shipments were left out; include them to learn from a demo." : ""));
        }
        await tell(new(0.08, FormattableString.Invariant($"Making {schema.SlotCount} numbers of each of {counted:N0} rows")));
        var set = new TrainingSet(schema);
        var share = Math.Min(1, MostValues / (double)(counted * Math.Max(1, schema.SlotCount)));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        set.Take(rows(leftOut), share, plan.Seed, leftOut, (int)Math.Min(counted, int.MaxValue), hash, champion ?? new RuleModel("rule"));
        set.Reweigh();
        set.DataHash = Convert.ToHexStringLower(hash.GetHashAndReset());
        return set;
    }

    private void Take(IEnumerable<TrainingRow> rows, double share, int seed, LeftOut leftOut, int expected, IncrementalHash hash, IModel champion)
    {
        var wide = new double[Slots];
        var rule = new RuleModel("rule");
        var (score, theirs) = (new ModelScore[1], new ModelScore[1]);
        var heldOut = new HashSet<string>(StringComparer.Ordinal);
        Missing = new TrainingSet(Schema);
        var (last, thinned) = ("", "");
        _values = new float[(long)(expected * share * 1.02 + 64) * Slots];
        foreach (var row in rows)
        {
            if (share < 1 && Draw(row.ShipmentId, seed) >= share)
            {
                leftOut.Thinned += thinned == row.ShipmentId ? 0 : 1;
                thinned = row.ShipmentId;
                continue;
            }
            rule.Score([row.Features], score);
            champion.Score([row.Features], theirs);
            var into = row.Missing ? Missing : this;
            if (into == this && last != row.ShipmentId)
                ShipmentCount++;
            last = row.ShipmentId;
            if (row.HeldOut && heldOut.Add(row.ShipmentId))
                HeldOutShipments++;
            Schema.Encode(row.Features, wide);
            into.Add(row, score[0], theirs[0].Score, wide, AreaOf(row));
            AddTo(hash, row);
        }
        SortServices();
    }

    private int AreaOf(TrainingRow row)
    {
        if (row.Area is null)
            return -1;
        if (!_areas.TryGetValue(row.Area, out var area))
            _areas[row.Area] = area = _areas.Count;
        return area;
    }

    private void Add(TrainingRow row, ModelScore rule, double champion, double[] wide, int area)
    {
        if ((Count + 1) * (long)Slots > _values.Length)
            Array.Resize(ref _values, _values.Length + (_values.Length / 4) + (64 * Slots));
        var slots = _values.AsSpan(Count * Slots, Slots);
        for (var i = 0; i < slots.Length; i++)
            slots[i] = (float)wide[i];
        _days.Add(row.Day.DayNumber);
        _champion.Add(champion);
        _touched.Add(row.Touched);
        _seen.Add(new(row.Served, row.HoursLeft, area, row.Weight));

        _late.Add(row.Late);
        _left.Add(row.HoursLeft);
        _needed.Add(row.HoursNeeded ?? double.NaN);
        _waited.Add(row.HoursWaited);
        _weights.Add(row.Weight);
        _moments.Add(row.Moment.UtcTicks);
        _shipments.Add(ShipmentCount - 1);
        _rule.Add(rule.RawLogOdds);
        _ruleMinutes.Add(rule.ExpectedDelayMinutes);
        var service = row.Features[ModelFile.Service].Text;
        var known = service is null ? -1 : _serviceNames.IndexOf(service);
        if (service is not null && known < 0)
        {
            known = _serviceNames.Count;
            _serviceNames.Add(service);
        }
        _services.Add(known);
    }

    // Late ones that were touched are known to be late whatever was done; the others that are left stand for those whose label is missing.
    private void Reweigh()
    {
        if (Missing is not { Count: > 0 } missing)
            return;
        var untouched = Enumerable.Range(0, Count).Where(row => !_touched[row]).ToArray();
        var served = Enumerable.Range(0, Count).Where(row => _seen[row].Served is not null).Select(Shipment).Distinct().Count();
        var share = served > 0 ? Math.Min(1, (double)HeldOutShipments / served) : 0;
        var factors = UntouchedWeights.Of([.. untouched.Select(row => _seen[row])], missing._seen, share);
        for (var i = 0; i < untouched.Length; i++)
        {
            _weights[untouched[i]] *= factors[i];
            HeaviestWeight = Math.Max(HeaviestWeight, factors[i]);
        }
    }

    private void SortServices() => Services = [.. _serviceNames.Order(StringComparer.Ordinal)];

    private void AddTo(IncrementalHash hash, TrainingRow row)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(row.ShipmentId));
        Span<byte> facts = stackalloc byte[25];
        BinaryPrimitives.WriteInt64LittleEndian(facts, row.Moment.UtcTicks);
        BinaryPrimitives.WriteDoubleLittleEndian(facts[8..], row.HoursNeeded ?? -1);
        BinaryPrimitives.WriteDoubleLittleEndian(facts[16..], row.Weight);
        facts[24] = row.Missing ? (byte)2 : row.Late ? (byte)1 : (byte)0;
        hash.AppendData(facts);
        hash.AppendData(Schema.Pack(row.Features));
    }

    // The time left is what a score is held against: it is there even where it was the same in all rows.
    private static ModelSchema WithTimeLeft(ModelSchema schema) =>
        schema.Learnt.Any(f => f.Name == ModelFile.TimeLeft) ? schema
            : new ModelSchema([.. schema.Learnt, new SchemaFeature { Name = ModelFile.TimeLeft, Kind = FeatureKind.Number }]);

    private static double Draw(string id, int seed)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{seed}:{id}")), hash);
        return BinaryPrimitives.ReadUInt32LittleEndian(hash) / (double)uint.MaxValue;
    }
}
