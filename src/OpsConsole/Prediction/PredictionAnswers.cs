using System.Globalization;
using System.Text.Json;
using OpsConsole.Client;

namespace OpsConsole.Prediction;

/// <summary>Stored predictions as the contract answers them, and contributions as they are stored.</summary>
public static class PredictionAnswers
{
    /// <summary>Under this name stands the sum of the contributions too small to be stored one by one.</summary>
    public const string Rest = "rest";

    // What people read, and a board's panel shows.
    private const int MostStored = 16;

    /// <summary>A stored prediction as the contract has it.</summary>
    /// <param name="prediction">The prediction.</param>
    /// <param name="version">The name of the version that made it.</param>
    public static StoredPredictionAnswer Of(StoredPrediction prediction, string version) => new()
    {
        PredictionId = prediction.Key.ToString(CultureInfo.InvariantCulture),
        ScoredAt = prediction.ScoredAt,
        Score = prediction.Score,
        Threshold = prediction.Threshold,
        Flagged = prediction.Flagged,
        ModelVersion = version,
        ExpectedDelayMinutes = prediction.ExpectedDelayMinutes,
        DelayInterval = [prediction.DelayLow, prediction.DelayHigh],
        RawLogOdds = prediction.RawLogOdds,
        Baseline = prediction.Baseline,
        Contributions = Read(prediction.Contributions),
    };

    /// <summary>The contributions of a stored prediction, largest first.</summary>
    public static IReadOnlyList<Contribution> Read(string contributions) =>
        JsonSerializer.Deserialize(contributions, ContractJson.Default.IReadOnlyListContribution) ?? [];

    /// <summary>All contributions as the contract has them.</summary>
    internal static IReadOnlyList<Contribution> Of(Explanation explanation) =>
        [.. explanation.Contributions.Select(c => new Contribution(c.Feature, c.Value.AsAttribute(), c.Amount))];

    /// <summary>The largest contributions as JSON; what is left out is summed, so that they still add up.</summary>
    internal static string Write(Explanation explanation)
    {
        var all = Of(explanation);
        IReadOnlyList<Contribution> kept = all.Count <= MostStored
            ? all
            : [.. all.Take(MostStored), new Contribution(Rest, null, all.Skip(MostStored).Sum(c => c.Amount))];
        return JsonSerializer.Serialize(kept, ContractJson.Default.IReadOnlyListContribution);
    }
}
