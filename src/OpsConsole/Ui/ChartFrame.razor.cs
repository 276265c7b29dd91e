using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plotly.Blazor;
using Plotly.Blazor.Interop;
using Plotly.Blazor.LayoutLib;

namespace OpsConsole.Ui;

/// <summary>Wraps Plotly: theme, height, clicks, drawing anew when the data changed.</summary>
public sealed partial class ChartFrame : ComponentBase
{
    private static readonly Config StaticConfig = new() { Responsive = true, DisplayLogo = false, DisplayModeBar = Plotly.Blazor.ConfigLib.DisplayModeBarEnum.False, ScrollZoom = 0 };

    private PlotlyChart? _chart;
    private Config _config = StaticConfig;
    private Layout _layout = new();
    private IList<ITrace> _data = [];
    private IReadOnlyList<ITrace>? _drawn;
    private bool _ready;
    private bool _drawAnew;

    /// <summary>What it shows.</summary>
    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>What it says, in a sentence.</summary>
    [Parameter]
    public string? Note { get; set; }

    /// <summary>The traces; another list means other data. Colours of <see cref="ChartColors"/>, at most 2,000 points each.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<ITrace> Data { get; set; } = [];

    /// <summary>Adds axes, shapes and the like to the layout; called whenever the data changed.</summary>
    [Parameter]
    public Action<Layout>? Arrange { get; set; }

    /// <summary>Height in pixels.</summary>
    [Parameter]
    public int Height { get; set; } = 280;

    /// <summary>A point was clicked: index of its trace, index of the point.</summary>
    [Parameter]
    public EventCallback<ChartPoint> OnPoint { get; set; }

    /// <summary>The same figures as a table.</summary>
    [Parameter]
    public RenderFragment? Table { get; set; }

    /// <summary>What stands there without data.</summary>
    [Parameter]
    public RenderFragment? Empty { get; set; }

    private string Label => Note is null ? Title : $"{Title}: {Note}";

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(Data, _drawn))
            return;
        _drawn = Data;
        _data = [.. Data];
        _layout = new Layout
        {
            AutoSize = true,
            PaperBgColor = "rgba(0,0,0,0)",
            PlotBgColor = "rgba(0,0,0,0)",
            Margin = new Margin { T = 8, R = 16, B = 40, L = 48 },
            // Plotly measures its words in this font; the sheet only colours them.
            Font = new() { Family = string.Join(", ", ConsoleTheme.Font), Size = 12 },
            HoverMode = HoverModeEnum.Closest,
            DragMode = DragModeEnum.False,
            HoverLabel = new HoverLabel { BgColor = "#16202c", BorderColor = "#16202c", Font = new() { Color = "#ffffff", Size = 12 } },
            Legend = [new Legend { Orientation = Plotly.Blazor.LayoutLib.LegendLib.OrientationEnum.H, Y = 1.02m, YAnchor = Plotly.Blazor.LayoutLib.LegendLib.YAnchorEnum.Bottom, X = 0 }],
        };
        Arrange?.Invoke(_layout);
        _drawAnew = _ready;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (Data.Count == 0)
        {
            // The chart has gone; the next data makes another.
            (_ready, _drawAnew) = (false, false);
            return;
        }
        if (!_drawAnew || _chart is null)
            return;
        _drawAnew = false;
        await _chart.React();
    }

    private void Drawn()
    {
        _ready = true;
        if (OnPoint.HasDelegate && _chart is { } chart)
            _ = GuardAsync(() => chart.SubscribeClickEvent());
    }

    private void Click(IEnumerable<EventDataPoint> points)
    {
        // Plotly.Blazor hands the index on as it came: a JSON number.
        if (points.FirstOrDefault() is { } point && int.TryParse(point.PointIndex?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            _ = GuardAsync(() => OnPoint.InvokeAsync(new ChartPoint(point.TraceIndex, index)));
    }

    // Plotly calls back without waiting: what fails here must not get lost.
    private async Task GuardAsync(Func<Task> act)
    {
        try
        {
            await InvokeAsync(act);
        }
        catch (Exception failure) when (failure is not Microsoft.JSInterop.JSDisconnectedException)
        {
            await DispatchExceptionAsync(failure);
        }
    }
}

/// <summary>A point of a chart.</summary>
/// <param name="Trace">Index of its trace.</param>
/// <param name="Point">Index of the point in it.</param>
public readonly record struct ChartPoint(int Trace, int Point);

/// <summary>Colours of series that stand out by three to one on both the light and the dark ground, and differ for the colour-blind.</summary>
public static class ChartColors
{
    /// <summary>The figure itself.</summary>
    public const string Main = "#4a7be0";

    /// <summary>The figure it is compared with.</summary>
    public const string Second = "#d06f14";

    /// <summary>A third one.</summary>
    public const string Third = "#2b9a62";

    /// <summary>A fourth one.</summary>
    public const string Fourth = "#8f6bd9";

    /// <summary>What is there for comparison only: rules, baselines.</summary>
    public const string Reference = "#7d8a9a";

    /// <summary>A band around <see cref="Main"/>.</summary>
    public const string MainBand = "rgba(74,123,224,0.18)";

    /// <summary>A band around <see cref="Second"/>.</summary>
    public const string SecondBand = "rgba(208,111,20,0.18)";
}
