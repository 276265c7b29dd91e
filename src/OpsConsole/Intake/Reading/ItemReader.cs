using System.Text;
using System.Text.Json;
using OpsConsole.Client;

namespace OpsConsole.Intake.Reading;

/// <summary>
/// Reads the items of one call, member by member, and gathers everything that is wrong with each: the field by its path, what is wrong, what is
/// allowed. Members that aren't known are named once a call. Not for several threads.
/// </summary>
/// <param name="now">The moment the operation calls now, for the bounds of times.</param>
internal sealed partial class ItemReader(DateTimeOffset now)
{
    /// <summary>The path of the item itself.</summary>
    internal const string Whole = "$";

    private const int NamesKept = 1_000;
    private const int LongestName = 128;

    private readonly SortedSet<string> _ignored = new(StringComparer.Ordinal);
    private Dictionary<string, List<string>>? _errors;
    private byte[] _name = new byte[256];

    /// <summary>Members that weren't known, each once.</summary>
    internal IReadOnlyCollection<string> Ignored => _ignored;

    /// <summary>The id of the item being read, as soon as it is known.</summary>
    internal string? Id { get; set; }

    /// <summary>Something is wrong with the item being read.</summary>
    internal bool HasErrors => _errors is not null;

    /// <summary>Forgets the item read before.</summary>
    internal void Begin() => (_errors, Id) = (null, null);

    /// <summary>Says what is wrong with a field.</summary>
    internal void Refuse(string field, string what)
    {
        _errors ??= new Dictionary<string, List<string>>(StringComparer.Ordinal);
        if (!_errors.TryGetValue(field, out var list))
            _errors[field] = list = [];
        if (!list.Contains(what))
            list.Add(what);
    }

    /// <summary>The item being read, as a receipt names it.</summary>
    internal RejectedItem Rejected(int index) =>
        new(index, Id, _errors!.ToDictionary(e => e.Key, e => (IReadOnlyList<string>)e.Value, StringComparer.Ordinal));

    /// <summary>
    /// Moves to the value of the next member that is known and not null; false at the end of the object. What comes twice is refused.
    /// </summary>
    internal bool Next(ref Utf8JsonReader json, ref Members members)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = Name(ref json);
            var at = members.Names.Find(name, members.At + 1);
            if (at < 0)
            {
                PassOver(ref json, ref members, Short(name));
                continue;
            }
            json.Read();
            if (!members.Enter(at))
                RefuseTwice(ref json, members.Field);
            else if (json.TokenType == JsonTokenType.Null)
                members.NoteNull();
            else
                return true;
        }
        return false;
    }

    /// <summary>Refuses the item if a required member is missing or null.</summary>
    internal void Require(in Members members, int at, string allowed)
    {
        if (members.Missing(at))
            Refuse(members.Prefix + members.Names[at], $"is missing; allowed is {allowed}");
        else if (members.Null(at))
            Refuse(members.Prefix + members.Names[at], $"is null; allowed is {allowed}");
    }

    /// <summary>Refuses the item if its sender's system knew it before it happened, five minutes of differing clocks apart.</summary>
    internal void RequireRecordedAfter(DateTimeOffset? recordedAt, DateTimeOffset? happened, string name)
    {
        if (recordedAt < happened - TimeSpan.FromMinutes(5))
            Refuse("recordedAt", $"is more than 5 minutes before {name}; allowed is from then on");
    }

    /// <summary>Whether the member being read is an object; if not it is refused and passed over.</summary>
    internal bool IsObject(ref Utf8JsonReader json, in Members members)
    {
        if (json.TokenType == JsonTokenType.StartObject)
            return true;
        RefuseKind(ref json, members.Field, "an object");
        return false;
    }

    /// <summary>Refuses a value of another kind than allowed, and passes it over.</summary>
    internal void RefuseKind(ref Utf8JsonReader json, string field, string allowed)
    {
        Refuse(field, $"is {Kind(json.TokenType)}; allowed is {allowed}");
        json.Skip();
    }

    private void RefuseTwice(ref Utf8JsonReader json, string field)
    {
        Refuse(field, "stands more than once; allowed is once");
        json.Skip();
    }

    private void PassOver(ref Utf8JsonReader json, ref Members members, string name)
    {
        json.Read();
        if (!(members.Others ??= new HashSet<string>(StringComparer.Ordinal)).Add(name))
        {
            RefuseTwice(ref json, members.Prefix + name);
            return;
        }
        if (_ignored.Count < NamesKept)
            _ignored.Add(members.Prefix + name);
        Skip(ref json, members.Prefix + name);
    }

    // As Utf8JsonReader.Skip, but what comes twice is found in there too.
    private void Skip(ref Utf8JsonReader json, string path)
    {
        if (json.TokenType == JsonTokenType.StartArray)
        {
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                Skip(ref json, path);
        }
        else if (json.TokenType == JsonTokenType.StartObject)
        {
            HashSet<string> names = new(StringComparer.Ordinal);
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = Short(Name(ref json));
                json.Read();
                if (!names.Add(name))
                    Refuse($"{path}.{name}", "stands more than once; allowed is once");
                Skip(ref json, path.Length < LongestName ? $"{path}.{name}" : path);
            }
        }
    }

    /// <summary>The name of a member, unescaped. Half a character in it makes it unknown, never a failure.</summary>
    private ReadOnlySpan<byte> Name(ref Utf8JsonReader json)
    {
        if (!json.ValueIsEscaped)
            return json.ValueSpan;
        if (_name.Length < json.ValueSpan.Length)
            _name = new byte[json.ValueSpan.Length];
        try
        {
            return _name.AsSpan(0, json.CopyString(_name));
        }
        catch (InvalidOperationException)
        {
            return json.ValueSpan;
        }
    }

    private static string Short(ReadOnlySpan<byte> name)
    {
        var text = Encoding.UTF8.GetString(name);
        return text.Length <= LongestName ? text : string.Concat(text.AsSpan(0, LongestName - 1), "…");
    }

    private static string Kind(JsonTokenType token) => token switch
    {
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        _ => "null",
    };
}
