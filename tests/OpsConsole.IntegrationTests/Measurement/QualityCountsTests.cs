using Microsoft.EntityFrameworkCore;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Measurement;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Measurement;

/// <summary>What the reader answers equals a count from the raw facts by this file's own rules, however it is asked.</summary>
public sealed class QualityCountsTests
{
    /// <summary>A shipment as it was sent; times are minutes relative to the promise.</summary>
    private sealed record Raw(
        string Id, DateTimeOffset Promise, int Registered, int? Delivered, int Received, bool Cancelled, double? Score, double Threshold, int Model,
        int? Touched, bool Simulated, string Service, string? Carrier, bool Recomputed);

    private static readonly int[] Leads = [480, 240, 60];
    // Clocks go forward in London on 29 March 2026, at 01:00 UTC.
    private static readonly DateTimeOffset First = new(2026, 3, 27, 5, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = First.AddDays(6);

    [Theory]
    [InlineData("Europe/London")]
    [InlineData("America/Sao_Paulo")]
    [InlineData("Asia/Kathmandu")]
    public async Task Read_AnyQuestion_EqualsACountFromTheFacts(string zone)
    {
        var settings = new OperationsSettings { TimeZone = TimeZoneInfo.FindSystemTimeZoneById(zone) };
        await using var world = await MeasuredWorld.StartAsync(settings, First.AddDays(-4));
        var facts = Make(160);
        await SendAsync(world, facts);
        await world.SettleAsync(Now);
        var reader = world.Get<QualityReader>();

        foreach (var ask in Asks())
        {
            var answer = reader.Read(ask);
            var among = facts.Where(f => In(f, ask)).ToList();
            Check(among, answer.Total, ask);
            var expected = among.GroupBy(f => BucketOf(f.Promise, ask.Bucket, settings.TimeZone)).OrderBy(g => g.Key).ToList();
            Assert.Equal(expected.Count, answer.Buckets.Count);
            foreach (var (group, bucket) in expected.Zip(answer.Buckets))
            {
                Check([.. group], bucket, ask);
                Assert.All(group, f => Assert.True(f.Promise >= bucket.Start && f.Promise < bucket.End, $"{f.Promise} in {bucket.Start}–{bucket.End}"));
                Assert.True(!(bucket.Start < ask.From) && !(bucket.End > ask.To));
            }
            if (ask.By == Dimension.None)
                continue;
            var segments = among.GroupBy(f => SegmentOf(f, ask.By, ask.Lead, settings.TimeZone)).ToDictionary(g => g.Key, g => g.ToList());
            Assert.Equal(segments.Keys.Order(StringComparer.Ordinal), answer.Segments!.Select(s => s.Segment!).Order(StringComparer.Ordinal));
            foreach (var segment in answer.Segments!)
                Check(segments[segment.Segment!], segment, ask);
        }
    }

    private static IEnumerable<QualityAsk> Asks()
    {
        var all = new QualityAsk { Lead = 240, Simulated = SimulatedFilter.Include };
        yield return all;
        foreach (var lead in Leads)
        {
            foreach (var bucket in Enum.GetValues<BucketSize>())
                yield return all with { Lead = lead, Bucket = bucket };
            foreach (var by in Enum.GetValues<Dimension>())
                yield return all with { Lead = lead, By = by };
        }
        foreach (var threshold in (double[])[0, 0.25, 0.5, 0.501, 0.75, 1])
            yield return all with { Threshold = threshold };
        yield return all with { ModelVersionId = 2 };
        yield return all with { ModelVersionId = 1, By = Dimension.Service, Threshold = 0.3 };
        yield return all with { Simulated = SimulatedFilter.Exclude, By = Dimension.Carrier };
        yield return all with { Simulated = SimulatedFilter.Only, Bucket = BucketSize.Hour };
        // Cut in the middle of days, on their edges, within one, and nothing.
        foreach (var (from, to) in new (double?, double?)[] { (0.8, 2.1), (0.3, 3.7), (1, 4), (null, 2.2), (2.6, null), (1.2, 1.4), (9, 12), (2, 2) })
        {
            yield return all with { From = from is { } f ? First.AddDays(f) : null, To = to is { } t ? First.AddDays(t) : null, Bucket = BucketSize.Week };
            yield return all with { From = from is { } g ? First.AddDays(g) : null, To = to is { } u ? First.AddDays(u) : null, By = Dimension.PromiseHour };
        }
        yield return all with { From = new DateTimeOffset(2026, 3, 29, 0, 0, 0, TimeSpan.Zero), To = new DateTimeOffset(2026, 3, 29, 23, 0, 0, TimeSpan.Zero) };
    }

    private static bool In(Raw f, QualityAsk ask) =>
        !(f.Promise < ask.From) && !(f.Promise >= ask.To)
        && (ask.Simulated == SimulatedFilter.Include || f.Simulated == (ask.Simulated == SimulatedFilter.Only))
        && (ask.ModelVersionId is not { } model || (KeptAt(f, ask.Lead) is not null && f.Model == model));

    private static double? ScoreAt(Raw f, int lead) => f.Registered <= -lead && !(Finished(f) <= -lead) ? f.Score : null;

    // Not yet, when its moment is ahead.
    private static double? KeptAt(Raw f, int lead) => f.Promise.AddMinutes(-lead) <= Now ? ScoreAt(f, lead) : null;

    private static int? Finished(Raw f) => f.Delivered is null ? null : f.Received;

    private static void Check(List<Raw> of, QualityBucket bucket, QualityAsk ask)
    {
        var expected = new Dictionary<string, long>();
        void Add(string name) => expected[name] = expected.GetValueOrDefault(name) + 1;
        foreach (var f in of)
        {
            Add("shipments");
            var pending = Now < f.Promise.AddMinutes(15);
            var known = f.Delivered is { } at && f.Promise.AddMinutes(f.Received) <= Now ? at : (int?)null;
            var outcome = pending ? "pending" : known is null || known > 0 ? "late" : f.Cancelled ? "excluded" : "onTime";
            Add(outcome);
            if (outcome is not ("late" or "onTime"))
                continue;
            if (f.Registered > -ask.Lead)
                Add("registeredTooLate");
            else if (Finished(f) <= -ask.Lead)
                Add("finishedEarlier");
            else
            {
                Add("atRisk");
                if (f.Recomputed)
                    Add("recomputed");
                var flagged = f.Score >= (ask.Threshold ?? f.Threshold);
                // Said before it was known to have finished and before the promise.
                var touched = f.Touched is { } said && said < Math.Min(0, f.Delivered is null ? 0 : f.Received);
                Add(outcome == "late" ? flagged ? "tp" : "fn" : touched ? flagged ? "a" : "b" : flagged ? "fp" : "tn");
            }
        }
        var actual = new Dictionary<string, long>
        {
            ["shipments"] = bucket.Shipments,
            ["late"] = bucket.Late,
            ["onTime"] = bucket.OnTime,
            ["unknown"] = bucket.Unknown,
            ["excluded"] = bucket.Excluded,
            ["pending"] = bucket.Pending,
            ["atRisk"] = bucket.AtRisk,
            ["finishedEarlier"] = bucket.FinishedEarlier,
            ["registeredTooLate"] = bucket.RegisteredTooLate,
            ["tp"] = bucket.Tp,
            ["fp"] = bucket.Fp,
            ["fn"] = bucket.Fn,
            ["tn"] = bucket.Tn,
            ["a"] = bucket.AvertedOrFalse,
            ["b"] = bucket.TouchedOnTime,
            ["recomputed"] = bucket.Recomputed,
        };
        Assert.Equal(expected.OrderBy(e => e.Key, StringComparer.Ordinal), actual.Where(a => a.Value != 0).OrderBy(a => a.Key, StringComparer.Ordinal));
        Assert.Equal(bucket.Shipments, bucket.Late + bucket.OnTime + bucket.Unknown + bucket.Excluded + bucket.Pending);
        Assert.Equal(bucket.Late + bucket.OnTime, bucket.AtRisk + bucket.FinishedEarlier + bucket.RegisteredTooLate);
        Assert.Equal(bucket.AtRisk, bucket.Tp + bucket.Fp + bucket.Fn + bucket.Tn + bucket.AvertedOrFalse + bucket.TouchedOnTime);
    }

    private static string BucketOf(DateTimeOffset promise, BucketSize size, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(promise, zone);
        return size switch
        {
            // The hour that comes twice is two hours.
            BucketSize.Hour => $"{local:yyyy-MM-dd HH} {(local.Offset < TimeSpan.Zero ? "-" : "")}{local.Offset:hh\\:mm}",
            BucketSize.Day => $"{local:yyyy-MM-dd}",
            BucketSize.Week => $"{System.Globalization.ISOWeek.GetYear(local.Date)}-{System.Globalization.ISOWeek.GetWeekOfYear(local.Date):00}",
            _ => $"{local:yyyy-MM}",
        };
    }

    private static string SegmentOf(Raw f, Dimension by, int lead, TimeZoneInfo zone) => by switch
    {
        Dimension.OriginArea => "A",
        Dimension.DestinationArea => "B",
        Dimension.Service => f.Service,
        Dimension.Carrier => f.Carrier ?? "unknown",
        Dimension.PromiseHour => TimeZoneInfo.ConvertTime(f.Promise, zone).Hour.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Dimension.ModelVersion => KeptAt(f, lead) is null ? "unknown" : $"m-{f.Model}",
        _ => "unknown",
    };

    private static List<Raw> Make(int count)
    {
        var random = new Random(11);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            int? delivered = random.Next(6) == 0 ? null : random.Next(-700, 200);
            return new Raw(
                $"S{i}", First.AddMinutes(random.Next(0, 6 * 1440 + 600)), -random.Next(20, 2000), delivered, (delivered ?? 0) + random.Next(0, 90),
                delivered < -50 && random.Next(5) == 0, random.Next(0, 1001) / 1000.0, random.Next(3) == 0 ? 0.25 : 0.5, 1 + random.Next(2),
                random.Next(3) == 0 ? random.Next(-600, 100) : null, random.Next(4) == 0, $"v{random.Next(2)}", random.Next(3) == 0 ? null : $"C{random.Next(3)}",
                random.Next(7) == 0);
        }).Select(f => f.Delivered is null || f.Registered < f.Delivered ? f : f with { Registered = f.Delivered.Value - 5 })];
    }

    private static async Task SendAsync(MeasuredWorld world, List<Raw> facts)
    {
        await using (var db = await world.Get<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync())
        {
            for (var id = 1; id <= 2; id++)
                db.Add(new ModelVersion { Id = id, Version = $"m-{id}", Trainer = "rule", Metrics = "{}", CreatedAt = First });
            await db.SaveChangesAsync();
        }
        foreach (var f in facts)
        {
            await world.ShipAsync(f.Id, f.Promise, f.Promise.AddMinutes(f.Registered), change: s => s with { Service = f.Service, Carrier = f.Carrier }, simulated: f.Simulated);
            if (f.Delivered is { } at && f.Promise.AddMinutes(f.Received) <= Now)
                await world.EventAsync(f.Id, f.Cancelled ? EventType.Cancelled : EventType.Delivered, f.Promise.AddMinutes(at), f.Promise.AddMinutes(f.Received));
            if (Leads.Where(l => ScoreAt(f, l) is not null && f.Promise.AddMinutes(-l) <= Now).ToArray() is { Length: > 0 } leads)
                await world.ScoreAsync(f.Id, f.Promise, f.Score!.Value, f.Threshold, f.Recomputed, f.Model, leads);
            if (f.Touched is { } said && f.Promise.AddMinutes(said) <= Now)
                await world.JudgeAsync(f.Id, f.Promise.AddMinutes(said), JudgementAction.Rerouted);
        }
    }
}
