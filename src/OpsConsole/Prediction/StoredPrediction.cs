using Microsoft.EntityFrameworkCore;

namespace OpsConsole.Prediction;

/// <summary>
/// A prediction that was served and differed materially from the one before: never changed, with the very feature values it was
/// made from, so that it can be recomputed bit for bit.
/// </summary>
public sealed class StoredPrediction
{
    /// <summary>Key; the contract's <c>predictionId</c> in decimal.</summary>
    public long Key { get; set; }

    /// <summary>The shipment.</summary>
    public long ShipmentKey { get; set; }

    /// <summary>The moment it was made for and stored (time received).</summary>
    public DateTimeOffset ScoredAt { get; set; }

    /// <summary>Which version made it.</summary>
    public int ModelVersionId { get; set; }

    /// <summary>Calibrated probability that the shipment is late if nobody acts.</summary>
    public double Score { get; set; }

    /// <summary>The threshold in force.</summary>
    public double Threshold { get; set; }

    /// <summary>Score reached the threshold, before the promise.</summary>
    public bool Flagged { get; set; }

    /// <summary>The model's raw sum in log-odds, before calibration.</summary>
    public double RawLogOdds { get; set; }

    /// <summary>The raw sum of a shipment of which nothing is known; plus the contributions it equals <see cref="RawLogOdds"/>.</summary>
    public double Baseline { get; set; }

    /// <summary>Conditional median of delivered − promised, minutes, signed.</summary>
    public double ExpectedDelayMinutes { get; set; }

    /// <summary>Lower end of the 80 % interval of the minutes.</summary>
    public double DelayLow { get; set; }

    /// <summary>Upper end of the 80 % interval of the minutes.</summary>
    public double DelayHigh { get; set; }

    /// <summary>The raw feature values (<see cref="FeatureVector"/>).</summary>
    public required byte[] Vector { get; set; }

    /// <summary>Contributions in log-odds as JSON, largest first.</summary>
    public required string Contributions { get; set; }

    internal static void Map(ModelBuilder builder)
    {
        builder.Entity<StoredPrediction>(prediction =>
        {
            prediction.ToTable("predictions");
            prediction.HasKey(p => p.Key);
            prediction.Property(p => p.Key).ValueGeneratedNever();
            prediction.HasIndex(p => new { p.ShipmentKey, p.ScoredAt });
        });
        builder.Entity<LeadScore>(score =>
        {
            score.ToTable("lead_scores");
            score.HasKey(s => new { s.ShipmentKey, s.Lead });
        });
        builder.Entity<ReplacedLeadScore>(score =>
        {
            score.ToTable("replaced_lead_scores");
            score.HasIndex(s => new { s.ShipmentKey, s.Lead });
        });
    }
}

/// <summary>
/// The score kept at one moment of the lead grid: what the model's figures count (measurement.md, Lead grid). There is none for moments
/// before registration or after the shipment had finished.
/// </summary>
public sealed class LeadScore
{
    /// <summary>The shipment.</summary>
    public long ShipmentKey { get; set; }

    /// <summary>Minutes before the counted promise, of <see cref="Client.LeadGrid"/>.</summary>
    public int Lead { get; set; }

    /// <summary>The moment: counted promise − lead.</summary>
    public DateTimeOffset Moment { get; set; }

    /// <summary>The score as of the moment.</summary>
    public double Score { get; set; }

    /// <summary>The threshold in force at the moment.</summary>
    public double Threshold { get; set; }

    /// <summary>The champion at the moment.</summary>
    public int ModelVersionId { get; set; }

    /// <summary>Computed later, as of the moment: the process was down, or the counted promise moved.</summary>
    public bool Recomputed { get; set; }

    /// <summary>Expected delay as of the moment, minutes, signed.</summary>
    public double ExpectedDelayMinutes { get; set; }

    /// <summary>Lower end of the 80 % interval of the minutes as of the moment; null: kept before intervals were.</summary>
    public double? DelayLow { get; set; }

    /// <summary>Upper end of the 80 % interval of the minutes as of the moment.</summary>
    public double? DelayHigh { get; set; }

    /// <summary>The raw feature values (<see cref="FeatureVector"/>).</summary>
    public required byte[] Vector { get; set; }

    /// <summary>When it was written (time received): a file as of before that doesn't have it.</summary>
    public DateTimeOffset WrittenAt { get; set; }
}

/// <summary>A kept score that another took the place of, since the counted promise moved: files as of before that still have it.</summary>
public sealed class ReplacedLeadScore
{
    /// <summary>Key, in the order replaced.</summary>
    public long Id { get; set; }

    /// <summary>The shipment.</summary>
    public long ShipmentKey { get; set; }

    /// <summary>Minutes before the counted promise.</summary>
    public int Lead { get; set; }

    /// <summary>The moment: counted promise as it was − lead.</summary>
    public DateTimeOffset Moment { get; set; }

    /// <summary>The score as of the moment.</summary>
    public double Score { get; set; }

    /// <summary>The threshold in force at the moment.</summary>
    public double Threshold { get; set; }

    /// <summary>The champion at the moment.</summary>
    public int ModelVersionId { get; set; }

    /// <summary>Expected delay as of the moment, minutes, signed.</summary>
    public double ExpectedDelayMinutes { get; set; }

    /// <summary>The raw feature values (<see cref="FeatureVector"/>).</summary>
    public required byte[] Vector { get; set; }

    /// <summary>When it was written.</summary>
    public DateTimeOffset WrittenAt { get; set; }

    /// <summary>When it was replaced, or taken away.</summary>
    public DateTimeOffset ReplacedAt { get; set; }
}
