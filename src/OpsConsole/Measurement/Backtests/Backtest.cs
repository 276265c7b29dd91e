using Microsoft.EntityFrameworkCore;
using OpsConsole.Client;
using OpsConsole.Intake;

namespace OpsConsole.Measurement;

/// <summary>A finished backtest: what it was made of. A version has one, that which finished last.</summary>
public sealed class Backtest
{
    /// <summary>Stands for the one moment of a model with a decision point where a lead is meant.</summary>
    internal const int Decision = -2;

    /// <summary>Key: that of its run.</summary>
    public long Key { get; set; }

    /// <summary>The version that was asked.</summary>
    public int ModelVersionId { get; set; }

    /// <summary>The version's own threshold when it was computed.</summary>
    public double Threshold { get; set; }

    /// <summary>When the outcomes were looked at: what came to be known later is not in it.</summary>
    public DateTimeOffset ComputedAt { get; set; }

    /// <summary>On the counted promise, inclusive; null: from the first.</summary>
    public DateTimeOffset? From { get; set; }

    /// <summary>On the counted promise, exclusive; null: to the last.</summary>
    public DateTimeOffset? To { get; set; }

    /// <summary>Whether simulated shipments were evaluated.</summary>
    public SimulatedFilter Simulated { get; set; }

    /// <summary>The version decides when the first event of this type is known; null: over the lead grid.</summary>
    public EventType? DecisionPoint { get; set; }

    /// <summary>Zone and rules that it was counted by (<see cref="EvaluateBacktest.BasisOf"/>).</summary>
    public required string Basis { get; set; }

    /// <summary>How many shipments were evaluated.</summary>
    public long Shipments { get; set; }

    /// <summary>The moments it has scores of: the lead grid, or the decision.</summary>
    internal static IReadOnlyList<int> LeadsOf(EventType? decisionPoint) => decisionPoint is null ? LeadGrid.Minutes : [Decision];

    internal static void Map(ModelBuilder builder)
    {
        builder.Entity<Backtest>(backtest =>
        {
            backtest.ToTable("backtests");
            backtest.HasKey(b => b.Key);
            backtest.Property(b => b.Key).ValueGeneratedNever();
            backtest.Property(b => b.Basis).HasMaxLength(400);
            backtest.HasIndex(b => b.ModelVersionId);
        });
        builder.Entity<BacktestBlockRow>(block =>
        {
            block.ToTable("backtest_blocks");
            block.HasKey(b => new { b.Backtest, b.Lead, b.Day, b.Part });
        });
    }
}

/// <summary>A piece of what a backtest found, packed (<see cref="BacktestBlock"/>): of some shipments of one day, or counts.</summary>
public sealed class BacktestBlockRow
{
    /// <summary>The backtest.</summary>
    public long Backtest { get; set; }

    /// <summary>The lead whose scores it holds, <see cref="BacktestBlock.Facts"/>, or <see cref="BacktestBlock.Sums"/>.</summary>
    public int Lead { get; set; }

    /// <summary>Day of the counted promise in the operation's zone; 0 for sums.</summary>
    public int Day { get; set; }

    /// <summary>Which piece of the day.</summary>
    public int Part { get; set; }

    /// <summary>The packed piece.</summary>
    public required byte[] Data { get; set; }
}
