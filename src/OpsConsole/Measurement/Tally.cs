using Microsoft.EntityFrameworkCore;
using OpsConsole.Intake;

namespace OpsConsole.Measurement;

/// <summary>
/// Says exactly what one shipment contributes to every figure. A shipment has one from its first settling on, pending or not; a correction
/// takes the old one out of the roll-ups and puts the new one in.
/// </summary>
public sealed record Tally
{
    /// <summary>The shipment.</summary>
    public long ShipmentKey { get; init; }

    /// <summary>Grows with each change.</summary>
    public int Revision { get; init; }

    /// <summary>The counted promise.</summary>
    public DateTimeOffset Promise { get; init; }

    /// <summary>Its day in the operation's zone (<see cref="DateOnly.DayNumber"/>).</summary>
    public int Day { get; init; }

    /// <summary>Its hour in the operation's zone.</summary>
    public int PromiseHour { get; init; }

    /// <summary>Late, on time, unknown, excluded or pending.</summary>
    public OutcomeClass Class { get; init; }

    /// <summary>Registered after its promise had passed: in no served figure.</summary>
    public bool History { get; init; }

    /// <summary>Registered by a simulated source.</summary>
    public bool Simulated { get; init; }

    /// <summary>Drawn into the hold-out.</summary>
    public bool HeldOut { get; init; }

    /// <summary>Somebody did something that can change the outcome.</summary>
    public bool Touched { get; init; }

    /// <summary>Delivered − promised in minutes; null while undelivered.</summary>
    public double? DelayMinutes { get; init; }

    /// <summary>The lead that its roll-ups by segment, and the carrier's estimate, were counted at.</summary>
    public int DefaultLead { get; init; }

    /// <summary>Area of origin.</summary>
    public required string OriginArea { get; init; }

    /// <summary>Area of destination.</summary>
    public required string DestinationArea { get; init; }

    /// <summary>Urban, suburban, rural; null: not told.</summary>
    public string? AreaType { get; init; }

    /// <summary>1 to 10; null: not told.</summary>
    public int? DeprivationBand { get; init; }

    /// <summary>Service.</summary>
    public required string Service { get; init; }

    /// <summary>Carrier; null: not told.</summary>
    public string? Carrier { get; init; }

    /// <summary>Dry, rain, snow, wind; null: not told.</summary>
    public string? WeatherBand { get; init; }

    /// <summary>Every lead of the grid (<see cref="LeadTally.Pack"/>).</summary>
    public required byte[] Leads { get; init; }

    /// <summary>Support contacts about it.</summary>
    public int Contacts { get; init; }

    /// <summary>What they cost, in ten-thousandths of the currency, so that sums are exact in any order.</summary>
    public long ContactCost { get; init; }

    /// <summary>Its case was before people before the last useful moment.</summary>
    public bool RaisedInTime { get; init; }

    /// <summary>Minutes from the opening of its case to the first answer; null without one.</summary>
    public double? AnswerMinutes { get; init; }

    /// <summary>The carrier's own estimate, as known at the default lead, was later than the promise; null without an estimate.</summary>
    public bool? CarrierSaidLate { get; init; }

    /// <summary>The tally of a lead, by its place in the grid.</summary>
    public LeadTally Lead(int index) => LeadTally.Unpack(Leads, index);

    /// <summary>The value of a segment; <see cref="Dimensions.Unknown"/> where it is missing.</summary>
    public string Segment(Dimension dimension) => dimension switch
    {
        Dimension.OriginArea => OriginArea,
        Dimension.DestinationArea => DestinationArea,
        Dimension.AreaType => AreaType,
        Dimension.DeprivationBand => DeprivationBand?.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Dimension.Service => Service,
        Dimension.Carrier => Carrier,
        Dimension.PromiseHour => PromiseHour.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Dimension.WeatherBand => WeatherBand,
        _ => null,
    } ?? Dimensions.Unknown;

    /// <summary>Whether it contributes the very same as another.</summary>
    public bool SameAs(Tally other) =>
        this with { Revision = other.Revision, Leads = other.Leads } == other && Leads.AsSpan().SequenceEqual(other.Leads);

    internal static void Map(ModelBuilder builder)
    {
        builder.Entity<Tally>(tally =>
        {
            tally.ToTable("tallies");
            tally.HasKey(t => t.ShipmentKey);
            tally.Property(t => t.ShipmentKey).ValueGeneratedNever();
            tally.Property(t => t.OriginArea).HasMaxLength(32);
            tally.Property(t => t.DestinationArea).HasMaxLength(32);
            tally.Property(t => t.AreaType).HasMaxLength(16);
            tally.Property(t => t.Service).HasMaxLength(32);
            tally.Property(t => t.Carrier).HasMaxLength(64);
            tally.Property(t => t.WeatherBand).HasMaxLength(16);
            tally.HasIndex(t => new { t.Day, t.ShipmentKey });
            // For the median time to an answer: as many rows as there are answers.
            tally.HasIndex(t => new { t.Day, t.AnswerMinutes, t.Promise, t.Simulated }).HasFilter("answer_minutes IS NOT NULL");
        });
        builder.Entity<OutcomeRevision>(outcome =>
        {
            outcome.ToTable("outcomes");
            outcome.HasKey(o => new { o.ShipmentKey, o.Revision });
        });
        RollUps.Map(builder);
    }
}

/// <summary>What the outcome of a shipment was taken to be from a moment on; never changed, a later finding is a revision of its own.</summary>
public sealed class OutcomeRevision
{
    /// <summary>The shipment.</summary>
    public long ShipmentKey { get; set; }

    /// <summary>1 for the first.</summary>
    public int Revision { get; set; }

    /// <summary>When it was found (time received).</summary>
    public DateTimeOffset FoundAt { get; set; }

    /// <summary>Late, on time, unknown, excluded; pending when a promise moved ahead again.</summary>
    public OutcomeClass Truth { get; set; }

    /// <summary>Delivered − promised in minutes, signed; null while undelivered.</summary>
    public double? DelayMinutes { get; set; }

    /// <summary>When it was decided (<see cref="Outcome.At"/>).</summary>
    public DateTimeOffset? At { get; set; }

    /// <summary>The promise it was held against.</summary>
    public DateTimeOffset PromiseCounted { get; set; }
}
