using OpsConsole.Client;

namespace OpsConsole.Intake.Import;

/// <summary>
/// How a row's delivery ended where a word says so (delivered, returned, cancelled), and when. A column of that end's own moments says more than the
/// word; else the moment is what the file has for ends of any kind, else the one in the column of deliveries: exports with one column of ends and a
/// state beside it mean that. Of a delivery that came back it is then no delivery.
/// </summary>
internal sealed class RowEnd
{
    private readonly IReadOnlyDictionary<string, string> _words;
    private readonly int _at, _delivered, _returned, _cancelled;
    private bool _takesDelivered;

    internal RowEnd(ImportMapping mapping, Func<string, int> place)
    {
        _words = mapping.Types;
        int Of(EventType type) => place(ImportField.Event + Name(type));
        (Place, _at) = (place(ImportField.EndState), place(ImportField.EndedAt));
        (_delivered, _returned, _cancelled) = (Of(EventType.Delivered), Of(EventType.Returned), Of(EventType.Cancelled));
    }

    /// <summary>The place of the word among the row's fields; −1 when no column has it.</summary>
    internal int Place { get; }

    /// <summary>The end that only the word tells of.</summary>
    internal (EventType Type, DateTimeOffset At)? Found { get; private set; }

    /// <summary>Whether the moment at that place is of another end than its column says.</summary>
    internal bool Takes(int place) => _takesDelivered && place == _delivered;

    /// <summary>When the row's delivery ended in that way; null when it didn't.</summary>
    internal DateTimeOffset? Moment(EventType type, DateTimeOffset?[] times) =>
        Found is { } found && found.Type == type ? found.At : Own(type) is var own and >= 0 && !Takes(own) ? times[own] : null;

    /// <summary>Reads a row's word; what is wrong with it, null when nothing is.</summary>
    /// <param name="word">What stands there.</param>
    /// <param name="times">The row's times.</param>
    internal string? Read(string? word, DateTimeOffset?[] times)
    {
        (Found, _takesDelivered) = (null, false);
        if (word is null)
            return null;
        if (!_words.TryGetValue(word, out var means))
            return "is a word of which nobody said what it means; allowed are those that stand in the mapping";
        if (means.Length == 0)
            return null;
        var type = Enum.Parse<EventType>(means, ignoreCase: true);
        if (At(Own(type)) is not null)
            return null;
        var at = At(_at);
        if (at is null && At(_delivered) is { } ended)
            (at, _takesDelivered) = (ended, true);
        if (at is not { } moment)
            return $"says {Name(type)}, and nothing says when; allowed is such a word beside a moment";
        Found = (type, moment);
        return null;

        DateTimeOffset? At(int place) => place < 0 ? null : times[place];
    }

    private int Own(EventType type) => type switch
    {
        EventType.Delivered => _delivered,
        EventType.Returned => _returned,
        EventType.Cancelled => _cancelled,
        _ => -1,
    };

    private static string Name(EventType type) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(type.ToString());
}
