using System.Text.Json;
using System.Text.Json.Nodes;
using OpsConsole.Labels;
using OpsConsole.Learning;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.Tests.Learning;

/// <summary>Which figure fails which gate, and what figures are made of.</summary>
public sealed class GatesTests
{
    private const string Good =
        """
        {
          "parity": { "rows": 10, "different": 0 }, "rocAuc": 0.8,
          "calibration": { "expected": 110, "late": 100, "low": 0.9, "high": 1.4, "error": 0.01, "errorIfPerfect": 0.01, "champion": 1.05 },
          "comparison": { "champion": "old", "trained": true, "days": 40, "rows": 900,
            "rocAuc": { "mine": 0.8, "theirs": 0.78, "value": 0.02, "low": -0.004, "high": 0.05 },
            "prAuc": { "mine": 0.4, "theirs": 0.35, "value": 0.05, "low": 0.01, "high": 0.09 },
            "cost": { "mine": 90, "theirs": 100, "value": 0.1, "low": -0.009, "high": 0.2 },
            "brier": { "mine": 0.08, "theirs": 0.09, "value": 0.01, "low": null, "high": null } },
          "actedOn": { "heldOutShipments": 0, "missing": 5, "heaviestWeight": 2, "deciles": [ { "missing": 0.9, "above": false }, { "missing": 0.3, "above": true } ] }
        }
        """;

    private static List<Gate> Failed(Action<JsonNode>? change = null, string champion = "old", bool served = false)
    {
        var metrics = JsonNode.Parse(Good)!;
        change?.Invoke(metrics);
        return [.. Gates.OfMetrics(JsonSerializer.SerializeToElement(metrics), champion, served).Where(g => !g.Passed)];
    }

    [Fact]
    public void Gates_AllFiguresAtTheirLines_Pass() => Assert.Empty(Failed());

    [Theory]
    [InlineData("parity.different", 1, "parity")]
    [InlineData("rocAuc", 0.54, "ranking")]
    [InlineData("calibration.low", 1.26, "calibration")]
    [InlineData("comparison.rocAuc.low", -0.0051, "comparison")]
    [InlineData("comparison.prAuc.low", 0, "comparison")]
    [InlineData("comparison.cost.low", -0.011, "comparison")]
    [InlineData("comparison.days", 27, "comparison")]
    [InlineData("actedOn.deciles.1.missing", 0.301, "actedOn")]
    public void Gates_OneFigureIsBeyondItsLine_ThatGateFails(string path, double value, string gate)
    {
        var failed = Failed(metrics =>
        {
            var names = path.Split('.');
            var at = names[..^1].Aggregate(metrics, (node, name) => node is JsonArray array ? array[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]! : node[name]!);
            at[names[^1]] = value;
        });

        Assert.Equal([gate], failed.Select(g => g.Name));
    }

    [Fact]
    public void Calibration_FarOffButNearerThanTheChampions_Passes() => Assert.Empty(Failed(metrics =>
    {
        metrics["calibration"]!["low"] = 1.3;
        metrics["calibration"]!["champion"] = 3;
    }));

    [Fact]
    public void ActedOn_WithAHoldOut_Passes() => Assert.Empty(Failed(metrics =>
    {
        metrics["actedOn"]!["deciles"]![1]!["missing"] = 0.8;
        metrics["actedOn"]!["heldOutShipments"] = 30;
    }));

    [Fact]
    public void Comparison_AnotherServesNow_AsksToTrainAgain() => Assert.Contains("newer serves now", Assert.Single(Failed(champion: "newer")).Figure, StringComparison.Ordinal);

    [Fact]
    public void Comparison_OfWhatServedBefore_NeverStopsARollBack() => Assert.Empty(Failed(m => m["comparison"]!["prAuc"]!["low"] = -1, "newer", served: true));

    [Theory]
    [InlineData(0.01, true)]
    [InlineData(-0.01, false)]
    public void Comparison_FewDaysAgainstTheRule_IsDecidedByPlainFigures(double better, bool passes) => Assert.Equal(passes, Failed(metrics =>
    {
        metrics["comparison"]!["days"] = 3;
        metrics["comparison"]!["trained"] = false;
        metrics["comparison"]!["prAuc"]!["low"] = null;
        metrics["comparison"]!["brier"]!["value"] = better;
    }).Count == 0);

    [Fact]
    public void Gates_OfCode_SayThatParityDoesNotApply()
    {
        var rule = new ModelVersion { Version = "rule-1", Trainer = "rule", Metrics = "{}" };
        var gates = new Gates(new StoreOptions { ConnectionString = "", DataDirectory = "" }).Of(rule, "x", served: true);

        Assert.All(gates, g => Assert.True(g.Passed && !g.Applies));
        Assert.StartsWith("does not apply", gates.Single(g => g.Name == "parity").Figure, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_RowsLikeThoseMissing_StandForThem()
    {
        // High scores: 300 untouched, 700 touched and on time. Low ones: nobody touched any.
        var untouched = Enumerable.Range(0, 1300).Select(i => new UntouchedWeights.Row(i < 300 ? 0.8 : 0.1, 5, 0, 1)).ToList();
        var missing = Enumerable.Range(0, 700).Select(_ => new UntouchedWeights.Row(0.8, 5, 0, 1)).ToList();
        var factors = UntouchedWeights.Of(untouched, missing, 0);

        Assert.InRange(factors[0], 3.1, 3.5);
        Assert.InRange(factors[400], 1, 1.05);
        Assert.InRange(factors.Sum(), 1950, 2050);
        // Where nobody could act, nothing is made up for.
        Assert.Equal(1, UntouchedWeights.Of([new(null, 5, 0, 1)], missing, 0)[0]);
    }

    [Fact]
    public void Weights_AlmostAllMissing_AreCutAtTwentyOrAtTheHoldOutsShare()
    {
        var untouched = Enumerable.Range(0, 10).Select(_ => new UntouchedWeights.Row(0.8, 5, 0, 1)).ToList();
        var missing = Enumerable.Range(0, 9000).Select(_ => new UntouchedWeights.Row(0.8, 5, 0, 1)).ToList();

        Assert.All(UntouchedWeights.Of(untouched, missing, 0), f => Assert.Equal(UntouchedWeights.Most, f));
        Assert.All(UntouchedWeights.Of(untouched, missing, 0.1), f => Assert.Equal(10, f));
    }

    [Fact]
    public void Deciles_OfScores_CountWhatIsMissingInEach()
    {
        var rows = Enumerable.Range(0, 1000).Select(i => (i / 1000.0, 1.0, i >= 900 && i % 2 == 0));
        var deciles = ActedOn.DecilesOf(rows, 0.85);

        Assert.Equal(10, deciles.Count);
        Assert.All(deciles, d => Assert.Equal(100, d.Rows));
        Assert.Equal(0.5, deciles[9].Missing);
        Assert.Equal([false, false, false, false, false, false, false, false, true, true], deciles.Select(d => d.Above));
    }
}
