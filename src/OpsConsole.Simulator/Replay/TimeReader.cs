using System.Globalization;
using System.Text.Json;

namespace OpsConsole.Simulator.Replay;

/// <summary>How times are written in an export: in which formats, and, where they carry no offset, in which zone.</summary>
internal sealed class TimeReader
{
    private readonly string[] _formats;
    private readonly TimeZoneInfo _zone;
    private readonly double? _unixScale;

    private TimeReader(string[] formats, TimeZoneInfo zone, double? unixScale) => (_formats, _zone, _unixScale) = (formats, zone, unixScale);

    internal static TimeReader Read(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Undefined)
            return new TimeReader([], TimeZoneInfo.Utc, null);
        Mapping.Refuse(element, "time", ["format", "zone"]);
        var formats = element.TryGetProperty("format", out var format)
            ? format.ValueKind == JsonValueKind.Array ? [.. format.EnumerateArray().Select(f => f.GetString()!)] : new[] { format.GetString()! } : [];
        var zone = element.TryGetProperty("zone", out var name) ? name.GetString()! : "UTC";
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found))
            throw new MappingException($"time.zone: {zone} is not the IANA name of a time zone, such as Europe/London");
        return formats switch
        {
            ["unixSeconds"] => new TimeReader([], found, 1),
            ["unixMilliseconds"] => new TimeReader([], found, 0.001),
            _ => new TimeReader(formats, found, null),
        };
    }

    /// <summary>The moment that a text means.</summary>
    /// <exception cref="FormatException">It means none.</exception>
    internal DateTimeOffset Parse(string text)
    {
        if (_unixScale is { } scale)
            return DateTimeOffset.UnixEpoch.AddSeconds(double.Parse(text, CultureInfo.InvariantCulture) * scale);
        var culture = CultureInfo.InvariantCulture;
        const DateTimeStyles styles = DateTimeStyles.AllowWhiteSpaces;
        if (!HasOffset(text))
        {
            var local = _formats.Length > 0 ? DateTime.ParseExact(text, _formats, culture, styles) : DateTime.Parse(text, culture, styles);
            local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
            // An hour that a change of the clocks left out is taken for the one after it.
            if (_zone.IsInvalidTime(local))
                local = local.AddHours(1);
            return new DateTimeOffset(local, _zone.GetUtcOffset(local)).ToUniversalTime();
        }
        return (_formats.Length > 0 ? DateTimeOffset.ParseExact(text, _formats, culture, styles) : DateTimeOffset.Parse(text, culture, styles)).ToUniversalTime();
    }

    private static bool HasOffset(string text)
    {
        var time = text.IndexOf(':', StringComparison.Ordinal);
        return text.EndsWith('Z') || (time >= 0 && text.AsSpan(time).ContainsAny('+', '-'));
    }
}
