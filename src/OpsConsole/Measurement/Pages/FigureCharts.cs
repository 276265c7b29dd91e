using System.Globalization;
using OpsConsole.Client;
using OpsConsole.Ui;
using Plotly.Blazor;
using Plotly.Blazor.LayoutLib;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using Line = Plotly.Blazor.Traces.ScatterLib.Line;
using Symbol = Plotly.Blazor.Traces.ScatterLib.MarkerLib.SymbolEnum;

namespace OpsConsole.Measurement.Pages;

/// <summary>One point of a figure over time, or over leads.</summary>
/// <param name="X">Where it stands.</param>
/// <param name="Value">The figure; null leaves a gap.</param>
/// <param name="Low">Lower end of its interval.</param>
/// <param name="High">Upper end of its interval.</param>
/// <param name="Settled">False: drawn hollow.</param>
/// <param name="Hover">What is said of it.</param>
internal sealed record FigurePoint(object X, double? Value, double? Low, double? High, bool Settled, string Hover);

/// <summary>A figure with its band, its provisional points hollow, beside a grey rule.</summary>
internal sealed class FigureChart
{
    /// <summary>Where a scale of shares begins: a point at 0 % is seen, and found by the pointer, whole.</summary>
    internal const double Floor = -0.04;

    private const int SettledTrace = 3;
    private const int ProvisionalTrace = 4;

    private readonly List<int> _settled = [];
    private readonly List<int> _provisional = [];

    internal FigureChart(string name, IReadOnlyList<FigurePoint> points, string? rule, IReadOnlyList<double?> rules, string color = ChartColors.Main, string band = ChartColors.MainBand)
    {
        for (var i = 0; i < points.Count; i++)
        {
            if (points[i].Value is not null)
                (points[i].Settled ? _settled : _provisional).Add(i);
        }
        var known = points.Where(p => p.Value is not null).ToList();
        List<ITrace> traces =
        [
            Band(known.Select(p => (p.X, p.Low)), null, FillEnum.None),
            Band(known.Select(p => (p.X, p.High)), band, FillEnum.ToNextY),
            new Scatter
            {
                Name = name, X = [.. points.Select(p => p.X)], Y = [.. points.Select(p => (object)p.Value!)], Mode = ModeFlag.Lines, ConnectGaps = false,
                Line = new Line { Color = color, Width = 2 }, HoverInfo = HoverInfoFlag.Skip,
            },
            Markers("settled", _settled, points, color, Symbol.Circle),
            Markers("provisional", _provisional, points, color, Symbol.CircleOpen),
        ];
        if (rule is not null)
        {
            traces.Add(new Scatter
            {
                Name = rule,
                X = [.. points.Select(p => p.X)],
                Y = [.. rules.Select(r => (object)r!)],
                Mode = ModeFlag.Lines,
                ConnectGaps = false,
                Line = new Line { Color = ChartColors.Reference, Width = 2, Dash = "dot" },
                HoverInfo = HoverInfoFlag.Skip,
            });
        }
        Traces = known.Count == 0 ? [] : traces;
    }

    internal IReadOnlyList<ITrace> Traces { get; }

    /// <summary>The place of a clicked point; null when it was no point.</summary>
    internal int? PointOf(ChartPoint clicked) => clicked.Trace switch
    {
        SettledTrace when clicked.Point < _settled.Count => _settled[clicked.Point],
        ProvisionalTrace when clicked.Point < _provisional.Count => _provisional[clicked.Point],
        _ => null,
    };

    private static Scatter Band(IEnumerable<(object X, double? Y)> points, string? color, FillEnum fill)
    {
        var all = points.ToList();
        return new Scatter
        {
            X = [.. all.Select(p => p.X)],
            Y = [.. all.Select(p => (object)p.Y!)],
            Mode = ModeFlag.Lines,
            Line = new Line { Width = 0 },
            Fill = fill,
            FillColor = color,
            ShowLegend = false,
            HoverInfo = HoverInfoFlag.Skip,
        };
    }

    private static Scatter Markers(string name, List<int> of, IReadOnlyList<FigurePoint> points, string color, Symbol symbol) => new()
    {
        Name = name,
        X = [.. of.Select(i => points[i].X)],
        Y = [.. of.Select(i => (object)points[i].Value!)],
        Mode = ModeFlag.Markers,
        Marker = new Marker { Color = color, Size = 8, Symbol = symbol },
        TextArray = [.. of.Select(i => points[i].Hover)],
        HoverInfo = HoverInfoFlag.Text,
        ShowLegend = name == "provisional" && of.Count > 0,
    };

    /// <summary>A line of amounts over time.</summary>
    internal static ITrace Amount(string name, IReadOnlyList<(object X, double? Value, string Hover)> points, string color, string? dash) => new Scatter
    {
        Name = name,
        X = [.. points.Select(p => p.X)],
        Y = [.. points.Select(p => (object)p.Value!)],
        Mode = ModeFlag.Lines | ModeFlag.Markers,
        Line = new Line { Color = color, Width = 2, Dash = dash },
        Marker = new Marker { Color = color, Size = 6 },
        TextArray = [.. points.Select(p => p.Hover)],
        HoverInfo = HoverInfoFlag.Text,
    };

    /// <summary>Axes of shares over time.</summary>
    internal static void Shares(Layout layout)
    {
        // The same scale on every panel, so that they can be held against each other.
        layout.YAxis = [new YAxis { TickFormat = ".0%", Range = [Floor, 1.03], DTick = 0.25, FixedRange = true }];
        layout.XAxis = [new XAxis { FixedRange = true }];
    }

    /// <summary>Axes of shares over leads, the promise at the right.</summary>
    internal static void Leads(Layout layout)
    {
        Shares(layout);
        layout.XAxis =
        [
            new XAxis
            {
                Type = Plotly.Blazor.LayoutLib.XAxisLib.TypeEnum.Category,
                // By the grid, not by which lead happens to have a figure first.
                CategoryOrder = Plotly.Blazor.LayoutLib.XAxisLib.CategoryOrderEnum.Array,
                CategoryArray = [.. LeadGrid.Minutes.Select(m => (object)FigureWords.ShortLead(m))],
                FixedRange = true,
            },
        ];
    }

    /// <summary>Axes of amounts over time.</summary>
    internal static void Amounts(Layout layout)
    {
        layout.YAxis = [new YAxis { RangeMode = Plotly.Blazor.LayoutLib.YAxisLib.RangeModeEnum.ToZero, FixedRange = true }];
        layout.XAxis = [new XAxis { FixedRange = true }];
    }

    /// <summary>A moment as the axis takes it: in the operation's zone, without one.</summary>
    internal static object Axis(DateTimeOffset? moment, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(moment ?? default, zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
