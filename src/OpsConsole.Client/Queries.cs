using System.Globalization;
using System.Text;

namespace OpsConsole.Client;

/// <summary>Which cases, in which order. What is null is not sent.</summary>
public sealed record CasesQuery
{
    /// <summary>Cases of this state.</summary>
    public CaseState? State { get; init; }

    /// <summary>Area of destination.</summary>
    public string? Area { get; init; }

    /// <summary>Service.</summary>
    public string? Service { get; init; }

    /// <summary>Who holds it.</summary>
    public string? Assignee { get; init; }

    /// <summary>Search by shipment.</summary>
    public string? Q { get; init; }

    /// <summary>Order.</summary>
    public string? Sort { get; init; }

    /// <summary>Where to go on: the cursor of the page before.</summary>
    public string? Cursor { get; init; }

    /// <summary>1 to 1,000.</summary>
    public int? Limit { get; init; }
}

/// <summary>Which figures of quality. What is null is not sent; the product's defaults are in the contract.</summary>
public sealed record QualityQuery
{
    /// <summary>Counted promise, inclusive.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Counted promise, exclusive.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary><c>hour|day|week|month</c>.</summary>
    public string? Bucket { get; init; }

    /// <summary>Minutes, one of <see cref="LeadGrid"/>.</summary>
    public int? Lead { get; init; }

    /// <summary>A multiple of 0.001.</summary>
    public double? Threshold { get; init; }

    /// <summary>A model version.</summary>
    public string? Model { get; init; }

    /// <summary>Dimension of the segments.</summary>
    public string? By { get; init; }

    /// <summary><c>served|backtest</c>.</summary>
    public string? Basis { get; init; }

    /// <summary><c>exclude|only|include</c>.</summary>
    public string? Simulated { get; init; }
}

/// <summary>Which KPIs. What is null is not sent.</summary>
public sealed record KpiQuery
{
    /// <summary>Counted promise, inclusive.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Counted promise, exclusive.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary><c>hour|day|week|month</c>.</summary>
    public string? Bucket { get; init; }

    /// <summary>Dimension of the segments.</summary>
    public string? By { get; init; }

    /// <summary><c>exclude|only|include</c>.</summary>
    public string? Simulated { get; init; }
}

/// <summary>Which labels. What is null is not sent.</summary>
public sealed record LabelsQuery
{
    /// <summary><c>csv|jsonl|parquet</c>.</summary>
    public string? Format { get; init; }

    /// <summary>Counted promise, inclusive.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Counted promise, exclusive.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>What had been received then.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary><c>lead:240</c>, <c>point:collected</c>, <c>firstFlag</c>, <c>all</c>.</summary>
    public string? Decision { get; init; }

    /// <summary>The model whose schema gives the feature columns.</summary>
    public string? Model { get; init; }

    /// <summary><c>exclude|only|include</c>.</summary>
    public string? Simulated { get; init; }

    /// <summary>Ids replaced by pseudonyms.</summary>
    public bool? Pseudonymise { get; init; }
}

/// <summary>Writes a path with its query.</summary>
internal sealed class QueryText(string path)
{
    private readonly StringBuilder _text = new(path);
    private char _next = '?';

    internal QueryText With(string name, string? value)
    {
        if (value is not null)
        {
            _text.Append(_next).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            _next = '&';
        }
        return this;
    }

    internal QueryText With(string name, DateTimeOffset? value) => With(name, value?.ToString("O", CultureInfo.InvariantCulture));

    internal QueryText With(string name, int? value) => With(name, value?.ToString(CultureInfo.InvariantCulture));

    internal QueryText With(string name, double? value) => With(name, value?.ToString(CultureInfo.InvariantCulture));

    internal QueryText With(string name, bool? value) => With(name, value is { } flag ? flag ? "true" : "false" : null);

    public override string ToString() => _text.ToString();
}
