using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace OpsConsole.Operations;

/// <summary>
/// Reads the query of a call, gathers everything that is wrong with it, and says so in one 422: each parameter by name, with what is allowed.
/// Ask for all parameters first, then for <see cref="Problem"/>.
/// </summary>
public sealed class QueryReader(IQueryCollection query)
{
    private readonly Dictionary<string, string[]> _errors = new(StringComparer.Ordinal);

    /// <summary>What is wrong, as an answer; null when nothing is.</summary>
    public ProblemHttpResult? Problem => _errors.Count == 0 ? null : Invalid(_errors);

    /// <summary>A 422 that names fields and what is allowed.</summary>
    public static ProblemHttpResult Invalid(IReadOnlyDictionary<string, string[]> errors) => TypedResults.Problem(
        statusCode: StatusCodes.Status422UnprocessableEntity,
        title: "A value is not allowed.",
        detail: string.Join(" ", errors.Select(e => $"{e.Key}: {string.Join(" ", e.Value)}")),
        extensions: [new("errors", errors)]);

    /// <summary>Says that a parameter is wrong.</summary>
    public void Refuse(string name, string what) => _errors[name] = [what];

    /// <summary>A text; null when it is left out or empty.</summary>
    public string? Text(string name, int longest = 200)
    {
        var values = query[name];
        if (values.Count > 1)
            Refuse(name, "is given more than once; give it once");
        var text = values.Count == 1 && values[0] is { Length: > 0 } given ? given : null;
        if (text?.Length > longest || text?.Any(char.IsControl) == true)
        {
            Refuse(name, $"is too long or has control characters; allowed are up to {longest} characters");
            return null;
        }
        return text;
    }

    /// <summary>A moment: RFC 3339 with an offset.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (TimeText.TryParse(text, out var time))
            return time;
        Refuse(name, "is not a time; allowed is RFC 3339 with an offset, such as 2026-03-01T00:00:00Z");
        return null;
    }

    /// <summary>A whole number within bounds.</summary>
    public int? Whole(string name, int low, int high)
    {
        if (Text(name) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= low && number <= high)
            return number;
        Refuse(name, string.Create(CultureInfo.InvariantCulture, $"is not a whole number from {low} to {high}"));
        return null;
    }

    /// <summary>One of several words; left out: <paramref name="otherwise"/>.</summary>
    public string? Choice(string name, string? otherwise, params ReadOnlySpan<string> allowed)
    {
        if (Text(name) is not { } text)
            return otherwise;
        foreach (var word in allowed)
        {
            if (word == text)
                return word;
        }
        Refuse(name, $"is none of {string.Join(", ", allowed!)}");
        return otherwise;
    }

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public bool Flag(string name) => Choice(name, "false", "true", "false") == "true";
}

/// <summary>Times as the contract has them.</summary>
public static class TimeText
{
    private static readonly string[] Forms =
    [
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK",
    ];

    /// <summary>Reads RFC 3339 with an offset, in UTC; false for anything else, a time without offset included.</summary>
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        // Without an offset K matches nothing and the machine's zone would be taken.
        if (text.Length < 17 || !(text[^1] is 'Z' or 'z' || (text[^3] == ':' && text[^6] is '+' or '-')))
            return false;
        if (text.IndexOf('.', StringComparison.Ordinal) is >= 0 and var point)
        {
            var end = point + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
                end++;
            if (end == point + 1)
                return false;
            // Clocks that count nanoseconds write nine digits: what is finer than a tick is cut.
            text = text[..Math.Min(end, point + 8)] + text[end..];
        }
        if (!DateTimeOffset.TryParseExact(text.ToUpperInvariant(), Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read))
            return false;
        time = read.ToUniversalTime();
        return true;
    }
}
