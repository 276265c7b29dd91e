using System.Globalization;
using OpsConsole.Measurement.Verdicts;
using OpsConsole.Operations;
using OpsConsole.Ui;
using Plotly.Blazor;
using Plotly.Blazor.LayoutLib;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.BarLib;
using Plotly.Blazor.Traces.BarLib.MarkerLib;
using Plotly.Blazor.Traces.ScatterLib;
using Hatch = Plotly.Blazor.Traces.BarLib.MarkerLib.PatternLib.ShapeEnum;
using ShapeLine = Plotly.Blazor.LayoutLib.ShapeLib.Line;
using ShapeType = Plotly.Blazor.LayoutLib.ShapeLib.TypeEnum;

namespace OpsConsole.Measurement.Pages;

/// <summary>Two panels over one axis of time: the model's figure above, the business's below, what happened marked through both.</summary>
internal sealed class PairedChart
{
    private const string Above = "y", Below = "y2";

    private readonly FigureChart? _model;
    private readonly FigureChart? _business;
    private readonly IReadOnlyList<ChartMark> _marks;
    private readonly OperationsSettings? _settings;
    private readonly bool _share;
    private readonly double _top;

    internal static PairedChart Empty { get; } = new();

    private PairedChart() => (_marks, Traces) = ([], []);

    internal PairedChart(Verdict verdict, IReadOnlyList<PairedPoint> points, IReadOnlyList<ChartMark> marks, OperationsSettings settings)
    {
        (_marks, _settings, _share) = (marks, settings, VerdictWords.IsShare(verdict.Brief.BusinessMetric));
        string Amount(double? value, bool share) => value is not { } known ? "—" : share ? FigureWords.Percent(known) : known.ToString("N0", CultureInfo.InvariantCulture);
        FigurePoint Point(PairedPoint point, AgainstLine figure, bool share) => new(
            FigureChart.Axis(point.Start, settings.TimeZone), figure.Value, figure.Low ?? figure.Value, figure.High ?? figure.Value, point.Settled,
            $"{FigureChart.Axis(point.Start, settings.TimeZone)}<br>{Amount(figure.Value, share)}, n = {FigureWords.Number(figure.N)}{(point.Settled ? "" : "<br>provisional")}");
        _model = new FigureChart(
            VerdictWords.Name(verdict.Brief.ModelMetric), [.. points.Select(p => Point(p, p.Model, true))], "line asked for", [.. points.Select(p => (double?)p.Model.Line)]);
        _business = new FigureChart(
            VerdictWords.Name(verdict.Brief.BusinessMetric), [.. points.Select(p => Point(p, p.Business, _share))], "line asked for", [.. points.Select(p => (double?)p.Business.Line)],
            ChartColors.Second, ChartColors.SecondBand);
        _top = _share ? 1.03 : 1.1 * points.Select(p => Math.Max(p.Business.Value ?? 0, p.Business.Line)).DefaultIfEmpty(1).Max();
        Traces = _model.Traces.Count == 0 && _business.Traces.Count == 0
            ? [] : [.. On(_model.Traces, Above, true), .. On(_business.Traces, Below, false), .. Provisional(points, settings.TimeZone)];
    }

    internal IReadOnlyList<ITrace> Traces { get; }

    /// <summary>The place of a clicked point; null when it was none.</summary>
    internal int? PointOf(ChartPoint clicked) => _model?.PointOf(clicked) ?? _business?.PointOf(new ChartPoint(clicked.Trace - _model!.Traces.Count, clicked.Point));

    private static IEnumerable<ITrace> On(IEnumerable<ITrace> traces, string axis, bool rules)
    {
        foreach (var trace in traces.Cast<Scatter>())
        {
            trace.YAxis = axis;
            // Its name stands once.
            if (!rules && trace.Name is "line asked for" or "provisional")
                trace.ShowLegend = false;
            yield return trace;
        }
    }

    private IEnumerable<ITrace> Provisional(IReadOnlyList<PairedPoint> points, TimeZoneInfo zone)
    {
        var open = points.Where(p => !p.Settled).ToList();
        if (open.Count == 0)
            yield break;
        foreach (var (axis, top) in new[] { (Above, 1.03), (Below, _top) })
        {
            yield return new Bar
            {
                X = [.. open.Select(p => FigureChart.Axis(p.Start, zone))],
                Y = [.. open.Select(_ => (object)top)],
                WidthArray = [.. open.Select(p => (decimal?)(decimal)(p.End - p.Start).TotalMilliseconds)],
                YAxis = axis,
                ShowLegend = false,
                HoverInfo = Plotly.Blazor.Traces.BarLib.HoverInfoFlag.Skip,
                Marker = new Plotly.Blazor.Traces.BarLib.Marker
                {
                    Color = "rgba(0,0,0,0)",
                    Pattern = new Pattern { Shape = Hatch.Slash, FgColor = ChartColors.Reference, FgOpacity = 0.45m, Size = 8, Solidity = 0.15m },
                },
            };
        }
    }

    /// <summary>Both panels, and the marks through them.</summary>
    internal void Arrange(Layout layout)
    {
        layout.YAxis =
        [
            new YAxis { TickFormat = ".0%", Range = [FigureChart.Floor, 1.03], DTick = 0.25, FixedRange = true, Domain = [0.55m, 0.95m] },
            new YAxis { TickFormat = _share ? ".0%" : ",.0f", Range = [FigureChart.Floor * _top, _top], DTick = _share ? 0.25 : null, FixedRange = true, Domain = [0, 0.42m] },
        ];
        layout.XAxis = [new XAxis { FixedRange = true, Anchor = Below }];
        layout.Shapes = [.. _marks.Select(mark => new Shape
        {
            Type = ShapeType.Line, XRef = "x", YRef = "paper", X0 = At(mark), X1 = At(mark), Y0 = 0, Y1 = 0.97,
            Line = new ShapeLine { Color = ChartColors.Reference, Width = 1, Dash = "dot" },
        })];
        layout.Annotations = [.. _marks.Select(mark => new Annotation
        {
            X = At(mark), Y = 0.97, XRef = "x", YRef = "paper", ShowArrow = false, YShift = 8, Text = Letter(mark.Kind), HoverText = $"{At(mark)}: {mark.Words}",
        })];
    }

    private object At(ChartMark mark) => FigureChart.Axis(mark.At, _settings!.TimeZone);

    internal static string Letter(MarkKind kind) => kind switch
    {
        MarkKind.Promotion => "P",
        MarkKind.Threshold => "T",
        MarkKind.Incident => "I",
        _ => "N",
    };
}
