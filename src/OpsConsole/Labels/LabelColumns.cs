using System.Text.Json;
using OpsConsole.Prediction;

namespace OpsConsole.Labels;

/// <summary>Type of a column's cells.</summary>
public enum ColumnType
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>Double precision.</summary>
    Number,

    /// <summary>32 bits.</summary>
    Whole,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A moment, UTC.</summary>
    Time,
}

/// <summary>One column of the labels file: the same in every format, and in the dictionary.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its cells; every cell may be empty.</param>
/// <param name="Description">What it says, with unit and range.</param>
/// <param name="Cell">Takes the cell out of a row: string, double, int, bool, DateTimeOffset, or null.</param>
public sealed record LabelColumn(string Name, ColumnType Type, string Description, Func<LabelRow, object?> Cell);

/// <summary>The columns of the labels file, in the order of the contract.</summary>
public static class LabelColumns
{
    private static readonly LabelColumn[] Fixed =
    [
        new("shipment_id", ColumnType.Text, "The courier's id, or a pseudonym that is the same in every file.", r => r.ShipmentId),
        new("decided_at", ColumnType.Time, "The moment of the decision; features hold what was known then.", r => r.DecidedAt),
        new("lead_minutes", ColumnType.Number, "Minutes from the decision to the counted promise; negative after it.", r => r.LeadMinutes),
        new("model_version", ColumnType.Text, "Version that served the score; empty where none was served at that moment.", r => r.Served?.ModelVersion),
        new("score", ColumnType.Number, "Calibrated probability, 0 to 1, of being late if nobody acts, as served.", r => r.Served?.Score),
        new("threshold", ColumnType.Number, "Threshold in force, 0 to 1.", r => r.Served?.Threshold),
        new("flagged", ColumnType.Flag, "Whether the score reached the threshold.", r => r.Served?.Flagged),
        new("expected_delay_minutes", ColumnType.Number, "Median of delivered − promised as served, minutes; early is negative.", r => r.Served?.ExpectedDelayMinutes),
        new("judged_late", ColumnType.Flag, "What most standing judgements said; empty for none or a tie.", r => r.Judged.Late),
        new("judgement_count", ColumnType.Whole, "Standing judgements made before the outcome was known.", r => r.Judged.Count),
        new("judgement_agreement", ColumnType.Number, "Share of them that said what most said, 0.5 to 1; empty for none.", r => r.Judged.Agreement),
        new("judged_reason", ColumnType.Text, "Reason code of the newest standing judgement.", r => r.Judged.Reason),
        new("action", ColumnType.Text, "The newest action taken; none where nothing was done; empty without judgement.", r => r.Judged.Action is { } a ? JsonNamingPolicy.CamelCase.ConvertName(a.ToString()) : null),
        new("outcome_late", ColumnType.Flag, "Late as things went; empty where it is neither late nor on time.", r => r.OutcomeLate),
        new("outcome_delay_minutes", ColumnType.Number, "Delivered − counted promise, minutes; early is negative; empty while undelivered.", r => r.OutcomeDelayMinutes),
        new("outcome_at", ColumnType.Time, "When the outcome was decided: delivery, return, or the promise passing.", r => r.OutcomeAt),
        new("label_late", ColumnType.Flag, "Late if nobody acts. Filled by an outcome only; empty where that can't be known.", r => r.Label.Late),
        new("label_excluded_reason", ColumnType.Text, "Why label_late is empty: touched, unknown, excluded or pending.", r => r.Label.Exclusion is { } e ? JsonNamingPolicy.CamelCase.ConvertName(e.ToString()) : null),
        new("touched", ColumnType.Flag, "Whether somebody did something that can change the outcome, before it was known.", r => r.Label.Touched),
        new("held_out", ColumnType.Flag, "Drawn into the hold-out: never put before people.", r => r.HeldOut),
        new("blind", ColumnType.Flag, "Judged without showing the score. No blind audit is drawn yet: always false.", _ => false),
        new("audit_probability", ColumnType.Number, "Chance with which it was drawn into the blind audit; empty where it wasn't.", _ => null),
        new("cluster_id", ColumnType.Text, "Day of the counted promise in the operation's zone: shipments of one day share their weather and hubs.", r => r.Day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)),
        new("simulated", ColumnType.Flag, "Registered by a simulated source.", r => r.Simulated),
        new("promised_first", ColumnType.Time, "The first promise.", r => r.PromisedFirst),
        new("promised_by", ColumnType.Time, "The counted promise: the first, unless the customer asked for another.", r => r.PromisedBy),
        new("origin_area", ColumnType.Text, "Area of origin.", r => r.Content.Origin.AreaCode),
        new("destination_area", ColumnType.Text, "Area of destination.", r => r.Content.Destination.AreaCode),
        new("area_type", ColumnType.Text, "urban, suburban or rural, of the destination.", r => r.Content.Destination.AreaType is { } t ? JsonNamingPolicy.CamelCase.ConvertName(t.ToString()) : null),
        new("service", ColumnType.Text, "Service.", r => r.Content.Service),
        new("carrier", ColumnType.Text, "Carrier.", r => r.Content.Carrier),
    ];

    /// <summary>All columns: the fixed ones, then one a feature, its name after <c>f_</c>.</summary>
    /// <param name="features">The features of the model whose schema the file has, in its order.</param>
    public static IReadOnlyList<LabelColumn> All(IReadOnlyList<FeatureDefinition> features) =>
        [.. Fixed, .. features.Select((feature, index) => feature.Kind == FeatureKind.Number
            ? new LabelColumn("f_" + feature.Name, ColumnType.Number, feature.Description, r => r.Features[index].Number)
            : new LabelColumn("f_" + feature.Name, ColumnType.Text, feature.Description, r => r.Features[index].Text))];
}
