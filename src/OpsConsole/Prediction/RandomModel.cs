using System.Security.Cryptography;
using System.Text;

namespace OpsConsole.Prediction;

/// <summary>
/// Says nothing: a number drawn by a seeded hash of what doesn't change about a shipment, so that it keeps its number. The floor every model is
/// held against, and a candidate to try the registry with.
/// </summary>
internal sealed class RandomModel(string version, int seed = 1) : IModel
{
    private static readonly string[] Lasting =
        ["windowHours", "promiseHour", "service", "carrier", "areaPair", "distanceKm", "weightKg", "volumeDm3", "pieces", "declaredValue", "route", "stop"];

    public string Version => version;

    public ModelSchema Schema => ModelSchema.Base;

    public void Score(ReadOnlySpan<FeatureRow> rows, Span<ModelScore> scores)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            var score = Draw(rows[i]);
            var late = RuleModel.MedianDelayHours(rows[i]) * 60;
            var width = RuleModel.WidthMinutes(rows[i]);
            scores[i] = ModelScore.Of(rows[i], Math.Log(score / (1 - score)), score, late, late - width, late + width);
        }
    }

    public Explanation Explain(FeatureRow row)
    {
        var score = Draw(row);
        var raw = Math.Log(score / (1 - score));
        return new Explanation(raw, [], raw);
    }

    private double Draw(FeatureRow row)
    {
        var text = new StringBuilder().Append(seed);
        foreach (var name in Lasting)
            text.Append('\n').Append(row[name].ToString());
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()), hash);
        // 52 bits, never 0 or 1.
        return ((BitConverter.ToUInt64(hash) >> 12) + 0.5) / (1UL << 52);
    }
}
