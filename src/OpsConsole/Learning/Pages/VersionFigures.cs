using System.Globalization;
using System.Text.Json;
using OpsConsole.Prediction;

namespace OpsConsole.Learning.Pages;

/// <summary>The figures of a version as the page shows them: each beside the rule's on the same rows.</summary>
internal sealed class VersionFigures
{
    private static readonly (string Name, string Property, bool Lower, string Format)[] Shown =
    [
        ("ROC-AUC", "rocAuc", false, "0.000"),
        ("PR-AUC", "prAuc", false, "0.000"),
        ("Brier", "brier", true, "0.0000"),
        ("Log-loss", "logLoss", true, "0.000"),
        ("Precision", "precision", false, "0.00"),
        ("Recall", "recall", false, "0.00"),
        ("Minutes off", "maeMinutes", true, "#,0"),
    ];

    /// <summary>One figure.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Mine">The version's, or a dash.</param>
    /// <param name="Rule">The rule's, or a dash.</param>
    /// <param name="Better">Whether the version's is better; null where one is not known.</param>
    internal sealed record Figure(string Name, string Mine, string Rule, bool? Better);

    /// <summary>The figures; empty for models that were not trained.</summary>
    internal IReadOnlyList<Figure> Figures { get; private init; } = [];

    /// <summary>What they were taken on, in words.</summary>
    internal string? HoldOut { get; private init; }

    /// <summary>What the model was fitted on, in words.</summary>
    internal string? FittedOn { get; private init; }

    /// <summary>When its rows were taken.</summary>
    internal string? Decision { get; private init; }

    /// <summary>What was left out, in words.</summary>
    internal string? LeftOut { get; private init; }

    /// <summary>The names of the figures, in order.</summary>
    internal static IEnumerable<string> Names => Shown.Select(s => s.Name);

    internal static VersionFigures Of(ModelVersion version)
    {
        using var document = JsonDocument.Parse(version.Metrics);
        var metrics = document.RootElement;
        if (!metrics.TryGetProperty("model", out var model) || !metrics.TryGetProperty("rule", out var rule))
            return new();
        var held = metrics.GetProperty("holdOut");
        return new()
        {
            Figures = [.. Shown.Select(s => Compare(s.Name, Number(model, s.Property), Number(rule, s.Property), s.Lower, s.Format))],
            HoldOut = FormattableString.Invariant(
                $"{held.GetProperty("rows").GetInt32():N0} rows, {held.GetProperty("late").GetDouble():N0} late, decided {Day(held, "from")} to {Day(held, "to")}"),
            FittedOn = metrics.GetProperty("fittedOn").GetString(),
            Decision = metrics.GetProperty("decision").GetString(),
            LeftOut = Words(metrics.GetProperty("leftOut")),
        };
    }

    private static Figure Compare(string name, double? mine, double? rule, bool lower, string format) =>
        new(name, Text(mine, format), Text(rule, format), mine is null || rule is null ? null : lower ? mine < rule : mine > rule);

    private static string Words(JsonElement leftOut)
    {
        (string Property, string Words)[] reasons =
        [
            ("unresolved", "not resolved"), ("unknown", "never heard of again"), ("excluded", "returned or cancelled"), ("touched", "on time after somebody acted"),
            ("noDecision", "without a decision moment"), ("thinned", "for room"),
        ];
        var some = reasons.Select(r => (Count: leftOut.GetProperty(r.Property).GetInt32(), r.Words)).Where(r => r.Count > 0)
            .Select(r => FormattableString.Invariant($"{r.Count:N0} {r.Words}")).ToList();
        return some.Count == 0 ? "nothing" : string.Join(", ", some);
    }

    private static string Day(JsonElement span, string name) => span.GetProperty(name).GetDateTimeOffset().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static double? Number(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "—";
}
