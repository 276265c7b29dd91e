using System.Globalization;
using System.Text.Json;
using OpsConsole.Client;
using OpsConsole.Operations;

namespace OpsConsole.Intake.Reading;

/// <summary>The kinds of values, each within its bounds.</summary>
internal sealed partial class ItemReader
{
    internal const string TimeAllowed = "a time, RFC 3339 with an offset, such as 2026-03-01T08:30:00Z";
    internal const string ShipmentIdAllowed = "1 to 64 of ASCII letters, digits and ._:-";
    internal const int MostAttributes = 64;

    private const int LongestAttributeName = 64;
    private const int LongestAttributeText = 200;

    private static readonly DateTimeOffset Earliest = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly DateTimeOffset _latestPast = now.AddMinutes(10);
    private readonly DateTimeOffset _latestAhead = now.AddYears(5);

    internal static string TextAllowed(int longest) => string.Create(CultureInfo.InvariantCulture, $"a text of 1 to {longest} characters");

    /// <summary>A text without control characters. Null when it is refused; also when it is empty and may be left out.</summary>
    internal string? Text(ref Utf8JsonReader json, in Members members, int longest, bool required = false)
    {
        if (json.TokenType != JsonTokenType.String)
        {
            RefuseKind(ref json, members.Field, TextAllowed(longest));
            return null;
        }
        if (Unescaped(ref json, members.Field) is not { } text)
            return null;
        if (text.Length == 0)
        {
            if (required)
                Refuse(members.Field, $"is empty; allowed is {TextAllowed(longest)}");
            return null;
        }
        return Fits(text, members.Field, longest) ? text : null;
    }

    /// <summary>A shipment's id.</summary>
    internal string? ShipmentId(ref Utf8JsonReader json, in Members members)
    {
        if (json.TokenType != JsonTokenType.String)
        {
            RefuseKind(ref json, members.Field, ShipmentIdAllowed);
            return null;
        }
        if (Unescaped(ref json, members.Field) is not { } text)
            return null;
        if (text.Length is >= 1 and <= 64 && !text.AsSpan().ContainsAnyExcept(IdCharacters))
            return text;
        Refuse(members.Field, $"is not a shipment's id; allowed is {ShipmentIdAllowed}");
        return null;
    }

    private static readonly System.Buffers.SearchValues<char> IdCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-");

    /// <summary>A time that has come, with ten minutes of grace for clocks that go ahead.</summary>
    internal DateTimeOffset? PastTime(ref Utf8JsonReader json, in Members members) => Time(ref json, members.Field, _latestPast, "10 minutes from now");

    /// <summary>A time that may lie up to five years ahead.</summary>
    internal DateTimeOffset? TimeAhead(ref Utf8JsonReader json, in Members members) => Time(ref json, members.Field, _latestAhead, "5 years from now");

    private DateTimeOffset? Time(ref Utf8JsonReader json, string field, DateTimeOffset latest, string latestWords)
    {
        if (json.TokenType != JsonTokenType.String)
        {
            RefuseKind(ref json, field, TimeAllowed);
            return null;
        }
        if ((json.ValueIsEscaped || !Rfc3339.TryParse(json.ValueSpan, out var time))
            && (json.ValueSpan.Length > 100 || Unescaped(ref json, field) is not { } text || !TimeText.TryParse(text, out time)))
        {
            Refuse(field, $"is not a time; allowed is {TimeAllowed}");
            return null;
        }
        if (time < Earliest)
            Refuse(field, "is before 1990; allowed is from 1990-01-01T00:00:00Z");
        else if (time > latest)
            Refuse(field, $"is too far ahead; allowed is up to {latestWords}");
        else
            return time;
        return null;
    }

    /// <summary>A finite number within bounds.</summary>
    internal double? Number(ref Utf8JsonReader json, in Members members, double low, double high)
    {
        if (json.TokenType != JsonTokenType.Number)
        {
            RefuseKind(ref json, members.Field, NumberAllowed("a number", low, high));
            return null;
        }
        if (json.TryGetDouble(out var number) && number >= low && number <= high)
            return number + 0.0; // −0 is 0.
        Refuse(members.Field, $"is out of range; allowed is {NumberAllowed("a number", low, high)}");
        return null;
    }

    /// <summary>A whole number within bounds; 3.0 is one.</summary>
    internal int? WholeNumber(ref Utf8JsonReader json, in Members members, int low, int high)
    {
        if (json.TokenType != JsonTokenType.Number)
        {
            RefuseKind(ref json, members.Field, NumberAllowed("a whole number", low, high));
            return null;
        }
        if (json.TryGetDouble(out var number) && number >= low && number <= high && number == Math.Floor(number))
            return (int)number;
        Refuse(members.Field, $"is not a whole number in the range; allowed is {NumberAllowed("a whole number", low, high)}");
        return null;
    }

    private static string NumberAllowed(string kind, double low, double high) =>
        string.Create(CultureInfo.InvariantCulture, $"{kind} from {low} to {high}");

    /// <summary><c>true</c> or <c>false</c>.</summary>
    internal bool? Flag(ref Utf8JsonReader json, in Members members)
    {
        if (json.TokenType is JsonTokenType.True or JsonTokenType.False)
            return json.GetBoolean();
        RefuseKind(ref json, members.Field, "true or false");
        return null;
    }

    /// <summary>One of several words.</summary>
    internal T? Choice<T>(ref Utf8JsonReader json, in Members members)
        where T : struct, Enum
    {
        if (json.TokenType != JsonTokenType.String)
        {
            RefuseKind(ref json, members.Field, Choices<T>.Allowed);
            return null;
        }
        if (Choices<T>.Find(json.ValueIsEscaped ? Name(ref json) : json.ValueSpan) is { } value)
            return value;
        Refuse(members.Field, $"is none of the words there are; allowed is {Choices<T>.Allowed}");
        return null;
    }

    /// <summary>Up to 64 of name → number, text or boolean; null when there are none.</summary>
    internal IReadOnlyDictionary<string, AttributeValue>? Attributes(ref Utf8JsonReader json, in Members members)
    {
        var path = members.Field;
        if (!IsObject(ref json, members))
            return null;
        Dictionary<string, AttributeValue> attributes = new(StringComparer.Ordinal);
        HashSet<string>? nulls = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = Unescaped(ref json, path);
            json.Read();
            if (name is null || !Fits(name, path, LongestAttributeName, "the name of an attribute "))
                json.Skip();
            else if (attributes.ContainsKey(name) || nulls?.Contains(name) == true)
                RefuseTwice(ref json, $"{path}.{name}");
            else if (json.TokenType == JsonTokenType.Null)
                (nulls ??= new(StringComparer.Ordinal)).Add(name);
            else if (Attribute(ref json, path, name) is { } value)
                attributes[name] = value;
        }
        if (attributes.Count > MostAttributes)
            Refuse(path, string.Create(CultureInfo.InvariantCulture, $"has {attributes.Count} members; allowed are up to {MostAttributes}"));
        return attributes.Count > 0 ? attributes : null;
    }

    private AttributeValue? Attribute(ref Utf8JsonReader json, string path, string name)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.Number when json.TryGetDouble(out var number) && double.IsFinite(number):
                return number + 0.0;
            case JsonTokenType.Number:
                Refuse($"{path}.{name}", "is not finite; allowed is a finite number");
                return null;
            case JsonTokenType.String:
                return Unescaped(ref json, $"{path}.{name}") is { } text && (text.Length == 0 || Fits(text, $"{path}.{name}", LongestAttributeText))
                    ? AttributeValue.FromString(text) : default(AttributeValue?);
            case JsonTokenType.True or JsonTokenType.False:
                return json.GetBoolean();
            default:
                RefuseKind(ref json, $"{path}.{name}", "a finite number, a text of up to 200 characters, or a boolean");
                return null;
        }
    }

    private string? Unescaped(ref Utf8JsonReader json, string field)
    {
        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, or bytes that are not UTF-8.
            Refuse(field, "is not valid Unicode; allowed is text of whole characters");
            return null;
        }
    }

    private bool Fits(string text, string field, int longest, string what = "")
    {
        if (text.Length > longest || text.Length == 0)
            Refuse(field, string.Create(CultureInfo.InvariantCulture, $"{what}has {text.Length} characters; allowed is {TextAllowed(longest)}"));
        else if (HasControl(text))
            Refuse(field, $"{what}has control characters; allowed is text without them");
        else
            return true;
        return false;
    }

    private static bool HasControl(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c))
                return true;
        }
        return false;
    }
}
