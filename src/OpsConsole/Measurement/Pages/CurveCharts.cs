using System.Globalization;
using OpsConsole.Client;
using OpsConsole.Ui;
using Plotly.Blazor;
using Plotly.Blazor.LayoutLib;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using BarMarker = Plotly.Blazor.Traces.BarLib.Marker;
using Line = Plotly.Blazor.Traces.ScatterLib.Line;
using Pattern = Plotly.Blazor.Traces.BarLib.MarkerLib.Pattern;
using PatternShape = Plotly.Blazor.Traces.BarLib.MarkerLib.PatternLib.ShapeEnum;
using Symbol = Plotly.Blazor.Traces.ScatterLib.MarkerLib.SymbolEnum;

namespace OpsConsole.Measurement.Pages;

/// <summary>The charts of <see cref="CurvesPanel"/>.</summary>
internal static class CurveCharts
{
    /// <summary>So many bins of scores are drawn.</summary>
    internal const int DrawnScores = 20;

    /// <summary>The ROC curve, where the threshold lies on it, and what chance gives.</summary>
    internal static IReadOnlyList<ITrace> Roc(CurvesAnswer answer)
    {
        if (answer.RocAuc is null)
            return [];
        var points = answer.Points.Where(p => p is { FalsePositiveRate: not null, Recall: not null }).ToList();
        var total = answer.Total;
        return
        [
            Curve("these scores", [0, .. points.Select(p => (object)p.FalsePositiveRate!)], [0, .. points.Select(p => (object)p.Recall!)], ["nothing flagged", .. points.Select(Hover)]),
            Rule("everything still open, or chance", [0, 1], [0, 1]),
            Kept(Figures.Divide(total.Fp, total.Fp + total.Tn), Figures.Divide(total.Tp, total.Tp + total.Fn), total),
        ];
    }

    /// <summary>The precision-recall curve, where the threshold lies on it, and the rule "everything still open".</summary>
    internal static IReadOnlyList<ITrace> PrecisionRecall(CurvesAnswer answer)
    {
        if (answer.AveragePrecision is not { } area)
            return [];
        var total = answer.Total;
        return
        [
            Curve("these scores", [.. answer.Points.Select(p => (object)p.Recall!)], [.. answer.Points.Select(p => (object)p.Precision)], [.. answer.Points.Select(Hover)]),
            Rule("everything still open", [0, 1], [area.StillOpenRule!, area.StillOpenRule!]),
            Kept(total.Recall?.Value, total.Precision?.Value, total),
        ];
    }

    /// <summary>What was said and what came, with intervals, and how many there are of each.</summary>
    internal static IReadOnlyList<ITrace> Calibration(CurvesAnswer answer)
    {
        if (answer.Calibration is not { } calibration)
            return [];
        var enough = calibration.Bins.Where(b => b.N >= FigureWords.TooFew).ToList();
        var few = calibration.Bins.Where(b => b.N < FigureWords.TooFew).ToList();
        var most = Reach(calibration);
        List<ITrace> traces = [Rule("said is what came", [0, most], [0, most]), Bins("what came", enough, ChartColors.Main)];
        if (few.Count > 0)
            traces.Add(Bins("too few", few, ChartColors.Reference));
        traces.Add(new Bar
        {
            Name = "shipments",
            X = [.. calibration.Bins.Select(b => (object)b.Said)],
            Y = [.. calibration.Bins.Select(b => (object)b.N)],
            WidthArray = [.. calibration.Bins.Select(_ => (decimal?)(decimal)(most / 80))],
            YAxis = "y2",
            Marker = new BarMarker { Color = ChartColors.Reference },
            HoverTextArray = [.. calibration.Bins.Select(BinHover)],
            HoverInfo = Plotly.Blazor.Traces.BarLib.HoverInfoFlag.Text,
            ShowLegend = false,
        });
        return traces;
    }

    /// <summary>Axes of the calibration chart: the same scale both ways, as far as there is something; counts beneath.</summary>
    internal static void CalibrationAxes(Layout layout, CalibrationFigures? calibration)
    {
        var most = calibration is null ? 1 : Reach(calibration);
        layout.XAxis = [new XAxis { Title = Words("said"), TickFormat = ".0%", Range = [-most / 60, most * 1.02], Anchor = "y2", FixedRange = true }];
        layout.YAxis =
        [
            new YAxis { TickFormat = ".0%", Range = [-most / 60, most * 1.02], Domain = [0.24m, 1], FixedRange = true },
            new YAxis { RangeMode = Plotly.Blazor.LayoutLib.YAxisLib.RangeModeEnum.ToZero, Domain = [0, 0.16m], NTicks = 2, FixedRange = true },
        ];
    }

    /// <summary>Scores of the late, the on-time and the acted-on; these hatched, since they have no truth.</summary>
    internal static IReadOnlyList<ITrace> Scores(IReadOnlyList<ScoreBin> bins)
    {
        if (bins.All(b => b.Late + b.OnTime + b.TouchedOnTime == 0))
            return [];
        return
        [
            Counted("late", bins, b => b.Late, new BarMarker { Color = ChartColors.Second }),
            Counted("on time", bins, b => b.OnTime, new BarMarker { Color = ChartColors.Main }),
            Counted("acted on and on time: no truth", bins, b => b.TouchedOnTime, new BarMarker
            {
                Color = "rgba(0,0,0,0)",
                Line = new() { Color = ChartColors.Reference, Width = 1 },
                Pattern = new Pattern { Shape = PatternShape.Slash, FgColor = ChartColors.Reference, BgColor = "rgba(0,0,0,0)", Size = 5, Solidity = 0.4m },
            }),
        ];
    }

    /// <summary>Axes of the scores; counts go by powers of ten, since most scores are low and the few high ones matter.</summary>
    internal static void ScoreAxes(Layout layout)
    {
        layout.BarMode = BarModeEnum.Group;
        layout.BarGap = 0.1m;
        layout.XAxis = [new XAxis { Title = Words("score"), TickFormat = ".0%", Range = [0, 1], FixedRange = true }];
        layout.YAxis = [new YAxis { Type = Plotly.Blazor.LayoutLib.YAxisLib.TypeEnum.Log, DTick = 1, FixedRange = true }];
    }

    /// <summary>Axes of a curve of shares.</summary>
    internal static Action<Layout> Shares(string across) => layout =>
    {
        FigureChart.Shares(layout);
        layout.XAxis = [new XAxis { Title = Words(across), TickFormat = ".0%", Range = [-0.01, 1.01], DTick = 0.25, FixedRange = true }];
    };

    /// <summary>Neighbouring bins of the answer together, so that they can be seen.</summary>
    internal static IReadOnlyList<ScoreBin> Wider(IReadOnlyList<ScoreBin> bins) =>
    [
        .. bins.Chunk(bins.Count / DrawnScores).Select(c => new ScoreBin(c[0].From, c[^1].To, c.Sum(b => b.Late), c.Sum(b => b.OnTime), c.Sum(b => b.TouchedOnTime))),
    ];

    private static double Reach(CalibrationFigures calibration) => Math.Min(1, calibration.Bins.Max(b => Math.Max(b.High, b.Said)) * 1.05);

    private static Plotly.Blazor.LayoutLib.XAxisLib.Title Words(string text) => new() { Text = text, Standoff = 4 };

    private static string Hover(ThresholdPoint point) =>
        $"score of {Score(point.Threshold)} or more<br>{FigureWords.Number(point.Tp)} late, {FigureWords.Number(point.Fp)} on time<br>"
        + $"recall {FigureWords.Percent(point.Recall)}, precision {FigureWords.Percent(point.Precision)}";

    private static string BinHover(CalibrationBin bin) =>
        $"said {FigureWords.Percent(bin.Said)}, came {FigureWords.Percent(bin.Came)} ({FigureWords.Percent(bin.Low)}–{FigureWords.Percent(bin.High)})<br>"
        + $"n = {FigureWords.Number(bin.N)}, scores {Score(bin.From)} to {Score(bin.To)}";

    internal static string Score(double score) => score.ToString("0.000", CultureInfo.InvariantCulture);

    private static Scatter Curve(string name, IList<object> x, IList<object> y, IList<string> hover) => new()
    {
        Name = name,
        X = x,
        Y = y,
        Mode = ModeFlag.Lines,
        Line = new Line { Color = ChartColors.Main, Width = 2 },
        TextArray = hover,
        HoverInfo = HoverInfoFlag.Text,
    };

    private static Scatter Rule(string name, IList<object> x, IList<object> y) => new()
    {
        Name = name,
        X = x,
        Y = y,
        Mode = ModeFlag.Lines,
        Line = new Line { Color = ChartColors.Reference, Width = 2, Dash = "dot" },
        HoverInfo = HoverInfoFlag.Skip,
    };

    private static Scatter Kept(double? x, double? y, QualityBucket total) => new()
    {
        Name = "at the threshold kept",
        X = x is null || y is null ? [] : [x],
        Y = x is null || y is null ? [] : [y],
        Mode = ModeFlag.Markers,
        Marker = new Marker { Color = ChartColors.Second, Size = 11, Symbol = Symbol.Diamond },
        TextArray = [$"at the threshold kept<br>TP {total.Tp} · FP {total.Fp} · FN {total.Fn} · TN {total.Tn}"],
        HoverInfo = HoverInfoFlag.Text,
    };

    private static Scatter Bins(string name, IReadOnlyList<CalibrationBin> bins, string color) => new()
    {
        Name = name,
        X = [.. bins.Select(b => (object)b.Said)],
        Y = [.. bins.Select(b => (object)b.Came)],
        Mode = ModeFlag.Markers,
        Marker = new Marker { Color = color, Size = 8 },
        ErrorY = new ErrorY
        {
            Type = Plotly.Blazor.Traces.ScatterLib.ErrorYLib.TypeEnum.Data,
            Symmetric = false,
            Array = [.. bins.Select(b => (object)(b.High - b.Came))],
            ArrayMinus = [.. bins.Select(b => (object)(b.Came - b.Low))],
            Color = color,
            Thickness = 1.5m,
            Width = 3,
        },
        TextArray = [.. bins.Select(BinHover)],
        HoverInfo = HoverInfoFlag.Text,
    };

    private static Bar Counted(string name, IReadOnlyList<ScoreBin> bins, Func<ScoreBin, long> count, BarMarker marker) => new()
    {
        Name = name,
        X = [.. bins.Select(b => (object)((b.From + b.To) / 2))],
        // No logarithm of nothing.
        Y = [.. bins.Select(b => count(b) > 0 ? (object)count(b) : null!)],
        Marker = marker,
        HoverTextArray = [.. bins.Select(b => $"{Score(b.From)} to {Score(b.To)}<br>{FigureWords.Number(count(b))} {name}")],
        HoverInfo = Plotly.Blazor.Traces.BarLib.HoverInfoFlag.Text,
    };
}
