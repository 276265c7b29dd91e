namespace OpsConsole.Learning;

/// <summary>What a run came to, as callers read it in <c>metrics</c>.</summary>
internal sealed record TrainingResult
{
    public required string Version { get; init; }

    /// <summary>When rows were taken, in words.</summary>
    public required string Decision { get; init; }

    public required int Rows { get; init; }

    public required int Shipments { get; init; }

    /// <summary>Late shipments among them, weighted as trained.</summary>
    public required double Late { get; init; }

    public required LeftOut LeftOut { get; init; }

    public required string DataHash { get; init; }

    /// <summary>What the kept model was fitted on, in words.</summary>
    public required string FittedOn { get; init; }

    public required HoldOutSpan HoldOut { get; init; }

    public required double? RocAuc { get; init; }

    public required double? PrAuc { get; init; }

    public required double? Brier { get; init; }

    public required double? LogLoss { get; init; }

    public required double? Precision { get; init; }

    public required double? Recall { get; init; }

    public required double? MaeMinutes { get; init; }

    public required double Threshold { get; init; }

    /// <summary>The model on the hold-out, with more figures.</summary>
    public required Figures Model { get; init; }

    /// <summary>The rule on the same rows.</summary>
    public required Figures Rule { get; init; }

    /// <summary>Scores drawn at random on the same rows.</summary>
    public required Figures Random { get; init; }

    /// <summary>Whether the late ones expected came.</summary>
    public required CalibrationResult Calibration { get; init; }

    /// <summary>Against the champion of the time, on the same rows.</summary>
    public required ChampionComparison Comparison { get; init; }

    /// <summary>What acting on cases hid.</summary>
    public required ActedOn ActedOn { get; init; }

    /// <summary>The trees as kept against their trainer's; null where nothing was translated.</summary>
    public ParityResult? Parity { get; init; }

    public required Choices Choices { get; init; }
}

/// <summary>What was held out.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Late">Late ones, by weight.</param>
/// <param name="From">First decision.</param>
/// <param name="To">Last decision.</param>
internal sealed record HoldOutSpan(int Rows, double Late, DateTimeOffset From, DateTimeOffset To);

/// <summary>What was chosen on rows not trained on.</summary>
/// <param name="OffsetHours">What softens the logarithm of hours.</param>
/// <param name="NeedSize">Trees of the part that says how long is needed.</param>
/// <param name="ClassifierSize">Trees of the classifier; 0: it added nothing.</param>
/// <param name="NeedWeight">Weight of the time needed.</param>
/// <param name="ClassifierWeight">Weight of the classifier.</param>
/// <param name="TimeWeight">Weight of the time left.</param>
/// <param name="Slots">Numbers a row.</param>
internal sealed record Choices(double OffsetHours, int NeedSize, int ClassifierSize, double NeedWeight, double ClassifierWeight, double TimeWeight, int Slots);
