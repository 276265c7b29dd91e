using System.Globalization;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Operations;

namespace OpsConsole.Measurement.Pages;

/// <summary>What a page of figures shows: all of it stands in the URL, so that a view can be sent to a colleague.</summary>
public sealed record FiguresFilter
{
    /// <summary>The ranges there are, with their words.</summary>
    public static IReadOnlyList<(string Value, string Words)> Ranges { get; } =
        [("7d", "Last 7 days"), ("28d", "Last 28 days"), ("90d", "Last 90 days"), ("365d", "Last year"), ("all", "Everything")];

    /// <summary>How far back.</summary>
    public string Range { get; init; } = "28d";

    /// <summary>How long a point is.</summary>
    public BucketSize Bucket { get; init; } = BucketSize.Day;

    /// <summary>The lead, in minutes; null: the setting's.</summary>
    public int? Lead { get; init; }

    /// <summary>What it is split by.</summary>
    public Dimension By { get; init; } = Dimension.DestinationArea;

    /// <summary>Whether simulated shipments count; null: the default.</summary>
    public string? Simulated { get; init; }

    /// <summary>What a version says of past shipments, instead of what was served.</summary>
    public bool Backtest { get; init; }

    /// <summary>The version; null: the champion.</summary>
    public string? Model { get; init; }

    /// <summary>The point that is opened.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The segment that is opened.</summary>
    public string? Segment { get; init; }

    /// <summary>The counts of the whole range are opened.</summary>
    public bool Whole { get; init; }

    /// <summary>The count whose shipments are listed.</summary>
    public Count Cell { get; init; } = Count.Fn;

    /// <summary>Whether the list is open.</summary>
    public bool IsOpen => At is not null || Segment is not null || Whole;

    /// <summary>Whether the list is that of the whole range.</summary>
    public bool OpensWhole => Whole && At is null && Segment is null;

    /// <summary>The filter of a query; what can't be read is left at its default.</summary>
    public static FiguresFilter Of(string query)
    {
        var values = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query);
        string? Text(string name) => values.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 and <= 100 } text ? text : null;
        var filter = new FiguresFilter();
        return filter with
        {
            Range = Ranges.Any(r => r.Value == Text("range")) ? Text("range")! : filter.Range,
            Bucket = Enum.TryParse<BucketSize>(Text("bucket"), ignoreCase: true, out var bucket) && Enum.IsDefined(bucket) ? bucket : filter.Bucket,
            Lead = int.TryParse(Text("lead"), NumberStyles.None, CultureInfo.InvariantCulture, out var lead) && LeadGrid.IndexOf(lead) >= 0 ? lead : null,
            By = Dimensions.Of(Text("by")) is var by and not Dimension.None ? by : filter.By,
            Simulated = Text("simulated") is "exclude" or "only" or "include" ? Text("simulated") : null,
            Backtest = Text("basis") == "backtest",
            Model = Text("basis") == "backtest" ? Text("model") : null,
            At = Text("day") is { } at && TimeText.TryParse(at, out var time) ? time : null,
            Segment = Text("segment"),
            Whole = Text("open") == "range",
            Cell = Enum.TryParse<Count>(Text("cell"), ignoreCase: true, out var cell) && Enum.IsDefined(cell) ? cell : filter.Cell,
        };
    }

    /// <summary>The query of this filter; what is as by default is left out.</summary>
    public string Query()
    {
        var usual = new FiguresFilter();
        List<string> parts = [];
        void Add(string name, string? value)
        {
            if (value is not null)
                parts.Add($"{name}={Uri.EscapeDataString(value)}");
        }
        Add("range", Range == usual.Range ? null : Range);
        Add("bucket", Bucket == usual.Bucket ? null : Name(Bucket));
        Add("lead", Lead?.ToString(CultureInfo.InvariantCulture));
        Add("by", By == usual.By ? null : Dimensions.Names[(int)By - 1]);
        Add("simulated", Simulated);
        Add("basis", Backtest ? "backtest" : null);
        Add("model", Backtest ? Model : null);
        Add("day", At?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        Add("segment", Segment);
        Add("open", OpensWhole ? "range" : null);
        Add("cell", IsOpen ? Name(Cell) : null);
        return parts.Count == 0 ? "" : "?" + string.Join('&', parts);
    }

    /// <summary>The same of what was served.</summary>
    public FiguresFilter Served() => Backtest
        ? this with { Backtest = false, Model = null, Range = new FiguresFilter().Range, Bucket = new FiguresFilter().Bucket, At = null, Segment = null, Whole = false } : this;

    /// <summary>The same of a version's backtest: of all there is, since history may lie far back.</summary>
    public FiguresFilter OfBacktest(string? model) => this with
    {
        Backtest = true,
        Model = model,
        Range = Backtest ? Range : "all",
        Bucket = Backtest ? Bucket : BucketSize.Week,
        At = null,
        Segment = null,
        Whole = false,
    };

    /// <summary>The question it stands for.</summary>
    public QualityAsk Ask(OperationsSettings settings, DateTimeOffset now, SimulatedFilter simulated)
    {
        var buckets = new Buckets(settings.TimeZone);
        var today = buckets.DayOf(now);
        return new QualityAsk
        {
            // Whole days, today's included: what is promised later can't be judged.
            From = Range == "all" ? null : buckets.StartOf(today + 1 - int.Parse(Range.AsSpan(0, Range.Length - 1), CultureInfo.InvariantCulture)),
            To = buckets.StartOf(today + 1),
            Bucket = Bucket,
            Lead = Lead ?? settings.DefaultLeadMinutes,
            By = By,
            Simulated = simulated,
        };
    }

    /// <summary>A name as the contract writes it.</summary>
    internal static string Name<T>(T value)
        where T : struct, Enum => value.ToString() is var name ? char.ToLowerInvariant(name[0]) + name[1..] : "";
}
