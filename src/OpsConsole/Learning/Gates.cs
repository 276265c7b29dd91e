using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.Learning;

/// <summary>One condition that a version must meet before it serves.</summary>
/// <param name="Name">Its name, for programs.</param>
/// <param name="Passed">Whether it does; also where there is nothing to meet.</param>
/// <param name="Figure">The figure it turns on, in words.</param>
/// <param name="Line">What is needed, in words; null where it doesn't apply.</param>
public sealed record Gate(string Name, bool Passed, string Figure, string? Line = null)
{
    /// <summary>False where there is nothing to meet: it stands in nobody's way, and nothing was found good.</summary>
    public bool Applies { get; private init; } = true;

    /// <summary>A gate with nothing to meet.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="why">Why there is nothing, in words.</param>
    internal static Gate NotApplying(string name, string why) => new(name, true, "does not apply: " + why) { Applies = false };

    /// <summary>An administrator may promote past it by saying why. Not past what makes the file another than was trained.</summary>
    public bool MayBePassed => Name is not (Gates.FileName or Gates.Parity);

    /// <summary>Figure and line in one sentence.</summary>
    public string Words => Line is null ? Figure : $"{Figure}; {Line}";
}

/// <summary>
/// What a version must meet before it serves: its file is whole, its trees are those of their trainer, it ranks better than chance, as many are late
/// as it expects, it is not worse than the champion on the same shipments, and acting on cases hasn't taken the labels that it would need. All of it
/// on rows it never saw. What served before passes the comparison, so that one can always roll back; models that are code have nothing to measure.
/// </summary>
public sealed class Gates(StoreOptions store)
{
    internal const string FileName = "file";
    internal const string Parity = "parity";
    private const double LeastRoc = 0.55;

    /// <summary>The interval of expected over late must reach into this.</summary>
    private const double Nearest = 1.25;

    /// <summary>Without an interval, since there are too few days, the factor itself.</summary>
    private const double NearestOfFewDays = 2;

    private const double RocMargin = -0.005;
    private const double PrMargin = -0.01;
    private const double CostMargin = -0.01;

    private readonly ConcurrentDictionary<string, (long Length, DateTime Written, Gate Gate)> _files = new(StringComparer.Ordinal);

    /// <summary>The gates of a version.</summary>
    /// <param name="version">The version.</param>
    /// <param name="champion">What serves now.</param>
    /// <param name="served">Whether the version has served before.</param>
    public IReadOnlyList<Gate> Of(ModelVersion version, string champion, bool served)
    {
        if (version.FileName is null)
        {
            return
            [
                Gate.NotApplying(Parity, "the model is code, nothing was translated"),
                Gate.NotApplying("comparison", "it needs no data and is always there to roll back to; Quality shows how it did in service"),
            ];
        }
        using var metrics = JsonDocument.Parse(version.Metrics);
        return [File(version), .. OfMetrics(metrics.RootElement, champion, served)];
    }

    // Read again only when the file was touched: a list of versions is asked for often.
    private Gate File(ModelVersion version)
    {
        try
        {
            var path = Path.Combine(ModelFiles.Folder(store), version.FileName!);
            var info = new FileInfo(path);
            var (length, written) = (info.Exists ? info.Length : -1, info.LastWriteTimeUtc);
            if (_files.TryGetValue(version.Version, out var known) && (known.Length, known.Written) == (length, written))
                return known.Gate;
            var gate = Load(path, version.FileHash ?? "");
            _files[version.Version] = (length, written, gate);
            return gate;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new(FileName, false, "the file can't be read", "it must be the one that was trained");
        }
    }

    private static Gate Load(string path, string hash)
    {
        try
        {
            _ = ModelFile.Load(path, hash);
            return new(FileName, true, "the file is the one that was trained");
        }
        catch (InvalidDataException failure)
        {
            return new(FileName, false, failure.Message, "it must be the one that was trained");
        }
    }

    internal static IEnumerable<Gate> OfMetrics(JsonElement metrics, string champion, bool served)
    {
        if (metrics.TryGetProperty("parity", out var parity) && parity.ValueKind == JsonValueKind.Object)
        {
            var (rows, different) = (parity.GetProperty("rows").GetInt32(), parity.GetProperty("different").GetInt32());
            yield return new(Parity, rows > 0 && different == 0, Text($"{different} of {rows:N0} rows score differently than by the trainer"), "allowed is 0");
        }
        else
        {
            yield return Gate.NotApplying(Parity, "the model is kept as it was fitted, nothing was translated");
        }
        var roc = Number(metrics, "rocAuc");
        yield return new(
            "ranking", roc >= LeastRoc, roc is { } value ? Text($"ROC-AUC on the hold-out is {value:0.000}") : "ROC-AUC on the hold-out is not known: it held only late or only punctual shipments",
            Text($"needed is {LeastRoc:0.00}"));
        yield return Calibration(metrics);
        yield return Compared(metrics, champion, served);
        yield return Acted(metrics);
    }

    private static Gate Calibration(JsonElement metrics)
    {
        var (expected, late) = (Number(metrics, "calibration", "expected"), Number(metrics, "calibration", "late"));
        if (expected is not > 0 || late is not > 0)
            return new("calibration", false, "late ones expected and come can't be held against each other: the hold-out had none", "train on more");
        var ratio = expected.Value / late.Value;
        var (low, high, other) = (Number(metrics, "calibration", "low"), Number(metrics, "calibration", "high"), Number(metrics, "calibration", "champion"));
        var nearer = other is { } theirs && Math.Abs(Math.Log(ratio)) <= Math.Abs(Math.Log(Math.Max(theirs, 1e-9)));
        var near = low is { } from && high is { } to ? from <= Nearest && to >= 1 / Nearest : Math.Max(ratio, 1 / ratio) <= NearestOfFewDays;
        var interval = low is null ? Text($"too few days for an interval") : Text($"95 % interval {low:0.00} to {high:0.00} over whole promise days");
        return new(
            "calibration", near || nearer,
            Text($"{expected:0} late ones were expected on the hold-out and {late:0} came, {ratio:0.00} times as many ({interval}; the champion {other ?? double.NaN:0.00}); calibration error {Number(metrics, "calibration", "error") ?? 0:0.000}, a perfect one would show {Number(metrics, "calibration", "errorIfPerfect") ?? 0:0.000}"),
            low is null ? Text($"needed is within a factor of {NearestOfFewDays:0}, or no farther from 1 than the champion's") : Text($"the interval must reach into {1 / Nearest:0.00} to {Nearest:0.00}, or it is no farther from 1 than the champion's"));
    }

    private static Gate Compared(JsonElement metrics, string champion, bool served)
    {
        const string Name = "comparison";
        if (served)
            return Gate.NotApplying(Name, "it served before, and one can always roll back");
        if (!metrics.TryGetProperty("comparison", out var comparison) || comparison.ValueKind != JsonValueKind.Object)
            return new(Name, false, "it was not compared with any champion", "train it again");
        var theirs = comparison.GetProperty("champion").GetString();
        if (theirs != champion)
            return new(Name, false, $"it was compared with {theirs}, and {champion} serves now", "train it again to compare it with what serves");
        var days = comparison.GetProperty("days").GetInt32();
        var (roc, pr, cost) = (Of(comparison, "rocAuc"), Of(comparison, "prAuc"), Of(comparison, "cost"));
        if (days < Comparison.LeastDays && comparison.GetProperty("trained").GetBoolean())
            return new(Name, false, Text($"too few days to compare: the hold-out has {days} promise days"), Text($"needed are {Comparison.LeastDays}, or an administrator's reason"));
        if (days < Comparison.LeastDays)
        {
            var brier = Of(comparison, "brier");
            return new(
                Name, brier.Value >= 0,
                Text($"too few days to compare with an interval ({days} of {Comparison.LeastDays}); {theirs} is no trained model, so the plain Brier score decides: {brier.Mine:0.0000} against {brier.Theirs:0.0000} (ROC-AUC {roc.Mine:0.000} against {roc.Theirs:0.000})"),
                "it must not be worse");
        }
        var passed = roc.Low > RocMargin && pr.Low > PrMargin && cost.Low > CostMargin && pr.Low > 0;
        return new(
            Name, passed,
            Text($"against {theirs} on the same shipments of {days} promise days, 95 % intervals: PR-AUC {pr.Value:+0.000;-0.000} ({pr.Low:+0.000;-0.000} to {pr.High:+0.000;-0.000}), ROC-AUC {roc.Value:+0.000;-0.000} ({roc.Low:+0.000;-0.000} to {roc.High:+0.000;-0.000}), cost of errors {-100 * cost.Value:+0.0;-0.0} % ({-100 * cost.High:+0.0;-0.0} to {-100 * cost.Low:+0.0;-0.0} %)"),
            Text($"lower ends needed: PR-AUC above 0, ROC-AUC above {RocMargin:0.000}, cost at most {-100 * CostMargin:0} % higher"));
    }

    private static Gate Acted(JsonElement metrics)
    {
        const string Name = "actedOn";
        if (!metrics.TryGetProperty("actedOn", out var acted) || acted.ValueKind != JsonValueKind.Object)
            return new(Name, false, "what acting on cases hid was not looked at", "train it again");
        var heldOut = acted.GetProperty("heldOutShipments").GetInt32();
        var worst = acted.GetProperty("deciles").EnumerateArray().Where(d => d.GetProperty("above").GetBoolean()).Select(d => d.GetProperty("missing").GetDouble()).DefaultIfEmpty(0).Max();
        var line = Text($"allowed is {100 * ActedOn.MostMissing:0} %, unless a hold-out of at least {ActedOn.LeastHeldOut} shipments shows what happens when nobody acts");
        return new(
            Name, worst <= ActedOn.MostMissing || heldOut >= ActedOn.LeastHeldOut,
            Text($"of the tenth of scores above the threshold where most labels are missing, {100 * worst:0.0} % are, since somebody acted and they were on time; {heldOut:N0} shipments were held out"), line);
    }

    private readonly record struct Read(double? Mine, double? Theirs, double? Value, double? Low, double? High);

    private static Read Of(JsonElement comparison, string name) => new(
        Number(comparison, name, "mine"), Number(comparison, name, "theirs"), Number(comparison, name, "value"), Number(comparison, name, "low"), Number(comparison, name, "high"));

    private static double? Number(JsonElement from, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (from.ValueKind != JsonValueKind.Object || !from.TryGetProperty(name, out from))
                return null;
        }
        return from.ValueKind == JsonValueKind.Number ? from.GetDouble() : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
