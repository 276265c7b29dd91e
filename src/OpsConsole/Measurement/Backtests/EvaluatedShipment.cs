using OpsConsole.Intake;

namespace OpsConsole.Measurement;

/// <summary>What a backtest found of one shipment: what it is in the figures, and where it stands at each moment, with the score there.</summary>
internal sealed class EvaluatedShipment
{
    internal required long Key { get; init; }

    internal required DateTimeOffset Promise { get; init; }

    /// <summary>Day of the counted promise in the operation's zone.</summary>
    internal required int Day { get; init; }

    internal required OutcomeClass Class { get; init; }

    internal bool Touched { get; init; }

    internal bool Simulated { get; init; }

    /// <summary>Of the training window of the version.</summary>
    internal bool InSample { get; init; }

    /// <summary>The values of <see cref="Dimensions.OfTally"/>, in its order; null: missing.</summary>
    internal required string?[] Segments { get; init; }

    /// <summary>Where it stands at each moment of the backtest.</summary>
    internal required LeadStanding[] Standings { get; init; }

    /// <summary>The score at each moment; NaN: none.</summary>
    internal required double[] Scores { get; init; }
}
