using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Measurement;
using OpsConsole.Measurement.Pages;
using OpsConsole.Operations;

namespace OpsConsole.Tests.Measurement;

public sealed class FiguresTests
{
    private static Counts Of(int tp = 0, int fp = 0, int fn = 0, int tn = 0, int averted = 0, int touched = 0)
    {
        var counts = new Counts();
        foreach (var (count, n) in new[]
        {
            (Count.Tp, tp), (Count.Fp, fp), (Count.Fn, fn), (Count.Tn, tn), (Count.AvertedOrFalse, averted), (Count.TouchedOnTime, touched),
            (Count.AtRisk, tp + fp + fn + tn + averted + touched),
        })
            counts.Add(count, n);
        return counts;
    }

    private static QualityBucket Bucket(Counts counts, DesignEffects? effects = null) => Figures.Bucket(counts, null, null, true, effects ?? new DesignEffects(1, 1));

    [Theory]
    [InlineData(1, "1 flag among 2 open shipments, 2 late.")]
    [InlineData(2, "2 flags among 3 open shipments, 3 late.")]
    public void Verdict_Counts_AreSaidInTheirNumber(int flagged, string words) =>
        Assert.EndsWith(words, FigureWords.Verdict(Bucket(Of(tp: flagged, fn: 1)), 60).What, StringComparison.Ordinal);

    [Theory]
    [InlineData(1, "1 shipment")]
    [InlineData(1_200, "1,200 shipments")]
    public void Shipments_Count_IsSaidInItsNumber(int count, string words) => Assert.Equal(words, FigureWords.Shipments(count));

    [Fact]
    public void Bucket_Counts_GiveTheFiguresOfTheDefinition()
    {
        var bucket = Bucket(Of(tp: 30, fp: 20, fn: 10, tn: 40, averted: 5, touched: 3), new DesignEffects(2, 4));
        Assert.Equal((0.6, 50, 2.0), (bucket.Precision!.Value, bucket.Precision.N, bucket.Precision.DesignEffect));
        Assert.Equal((30 / 55.0, 35 / 55.0), (bucket.Precision.AtLeast, bucket.Precision.AtMost));
        Assert.Equal((0.75, 40, 4.0), (bucket.Recall!.Value, bucket.Recall.N, bucket.Recall.DesignEffect));
        Assert.Equal((30 / 43.0, 35 / 45.0), (bucket.Recall.AtLeast, bucket.Recall.AtMost));
        Assert.Equal(60 / 90.0, bucket.F1!.Value, 12);
        // Golden: scikit-learn's f1_score(average="weighted") of the same table.
        Assert.Equal((40 * (60 / 90.0) + 60 * (80 / 110.0)) / 100, bucket.WeightedF1!.Value, 12);
        Assert.Equal(new StillOpenRule(0.4, 1), bucket.StillOpenRule);
        Assert.InRange(bucket.Precision.Low, 0.40, 0.6);
        Assert.InRange(bucket.Recall.High, 0.75, 0.96);
    }

    [Fact]
    public void Bucket_NoDenominator_IsNull()
    {
        var bucket = Bucket(Of(averted: 4));
        Assert.Equal((null, null, null, null), (bucket.Precision, bucket.Recall, bucket.F1, bucket.WeightedF1));
        Assert.Equal(new StillOpenRule(null, null), bucket.StillOpenRule);
        Assert.Null(Bucket(Of(fp: 1)).Recall);
        Assert.Equal(0, Bucket(Of(fp: 1)).Precision!.Value);
    }

    [Fact]
    public void LeadTally_Packed_ComesBackAsItWas()
    {
        var leads = LeadGrid.Minutes.Select((minutes, i) => (i % 3) switch
        {
            0 => new LeadTally(LeadStanding.AtRisk, i / 7.0, 0.431, i, i % 2 == 0, i % 2 == 0 ? null : new KeptMinutes(-12.5f, i == 3 ? float.NaN : -40, 31)),
            1 => new LeadTally((LeadStanding)(i % 4), null, 0, 0, false),
            _ => new LeadTally(LeadStanding.NotCounted, 1 - double.Epsilon, 0.5, 12345, false),
        }).ToList();
        var packed = LeadTally.Pack(leads);
        Assert.Equal(leads, Enumerable.Range(0, leads.Count).Select(i => LeadTally.Unpack(packed, i)));
    }

    [Theory]
    [InlineData(0.5, null, true)]
    [InlineData(0.499999, null, false)]
    [InlineData(0.7, 0.7, true)]
    [InlineData(0.7, 0.701, false)]
    [InlineData(0.3, 0.3, true)]
    public void FlaggedAt_ScoreOnTheThreshold_IsFlagged(double score, double? asked, bool flagged) =>
        Assert.Equal(flagged, new LeadTally(LeadStanding.AtRisk, score, 0.5, 1, false).FlaggedAt(asked));

    [Fact]
    public void ErrorCosts_ByTheDefinition_TakeTheActionWorthMostAtTheLead()
    {
        var settings = new OperationsSettings();
        Assert.Equal(JudgementAction.CustomerContacted, ErrorCosts.ActionAt(240, settings).Action);
        Assert.Equal(JudgementAction.None, ErrorCosts.ActionAt(0, settings).Action);
        // 3 missed at 12; 10 found, half of them saved; 4 false alarms at 1.5; 15 flags at 0.9 + 0.4.
        Assert.Equal(3 * 12 + 10 * 0.5 * 12 + 4 * 1.5 + 15 * 1.3, ErrorCosts.Of(10, 4, 3, 1, settings), 9);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?range=90d&bucket=week&lead=60&by=service&simulated=only&day=2026-03-01T00%3A00%3A00Z&cell=fp")]
    [InlineData("?bucket=hour&segment=a%20%26%20b&cell=fn")]
    [InlineData("?lead=60&open=range&cell=tp")]
    [InlineData("?basis=backtest")]
    [InlineData("?range=all&bucket=week&basis=backtest&model=trees.7&segment=LS1&cell=tp")]
    public void Filter_OfItsOwnQuery_IsTheSame(string query) => Assert.Equal(query, FiguresFilter.Of(query).Query());

    [Theory]
    [InlineData("?range=12345d&bucket=99&lead=7&by=none&simulated=x&day=yesterday&cell=77")]
    public void Filter_OfNonsense_IsAsUsual(string query) => Assert.Equal(new FiguresFilter(), FiguresFilter.Of(query));

    [Fact]
    public void Filter_Range_IsWholeDaysOfTheZoneWithToday()
    {
        var settings = new OperationsSettings { TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/London") };
        var ask = FiguresFilter.Of("?range=7d").Ask(settings, new DateTimeOffset(2026, 4, 1, 12, 0, 0, TimeSpan.Zero), SimulatedFilter.Include);
        // Seven days, the one that lost an hour among them.
        Assert.Equal((new DateTimeOffset(2026, 3, 26, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 4, 1, 23, 0, 0, TimeSpan.Zero)), (ask.From, ask.To));
    }

    [Theory]
    [InlineData(60, 5, "Better than")]
    [InlineData(5, 60, "Worse than")]
    [InlineData(4, 9, "Not shown to be better")]
    public void Verdict_AgainstTheRule_SaysWhatTheIntervalShows(int tp, int fp, string starts)
    {
        var (what, rule) = FigureWords.Verdict(Bucket(Of(tp, fp, fn: fp, tn: tp + fp)), 240);
        Assert.StartsWith(starts, rule, StringComparison.Ordinal);
        Assert.Contains("4 h before the promise", what, StringComparison.Ordinal);
    }

    [Fact]
    public void Verdict_WithoutAnything_SaysSo() =>
        Assert.StartsWith("Nothing can be judged", FigureWords.Verdict(Bucket(new Counts()), 30).What, StringComparison.Ordinal);
}
