using System.Text;

namespace OpsConsole.Intake.Reading;

/// <summary>The names of an object's members, at most 64, found by their UTF-8.</summary>
internal sealed class FieldNames(params string[] names)
{
    private readonly byte[][] _utf8 = [.. names.Select(Encoding.UTF8.GetBytes)];

    internal string this[int at] => names[at];

    /// <summary>The place of a name, −1 when it is none. Members mostly come in their usual order, so the search starts at the expected one.</summary>
    internal int Find(ReadOnlySpan<byte> name, int expected)
    {
        for (var i = 0; i < _utf8.Length; i++)
        {
            var at = (expected + i) % _utf8.Length;
            if (name.SequenceEqual(_utf8[at]))
                return at;
        }
        return -1;
    }
}

/// <summary>One object while it is read: which members came already.</summary>
/// <param name="names">The members there are.</param>
/// <param name="prefix">Where the object stands, such as <c>origin.</c>; empty for the item itself.</param>
internal struct Members(FieldNames names, string prefix = "")
{
    private ulong _seen;
    private ulong _nulls;

    /// <summary>The member being read.</summary>
    internal int At { get; private set; } = -1;

    internal readonly FieldNames Names => names;

    internal readonly string Prefix => prefix;

    /// <summary>The names that aren't known.</summary>
    internal HashSet<string>? Others { get; set; }

    /// <summary>The path of the member being read.</summary>
    internal readonly string Field => prefix + names[At];

    /// <summary>Moves on to a member; false when it came before.</summary>
    internal bool Enter(int at)
    {
        At = at;
        var bit = 1UL << at;
        var first = (_seen & bit) == 0;
        _seen |= bit;
        return first;
    }

    /// <summary>The member being read is null.</summary>
    internal void NoteNull() => _nulls |= 1UL << At;

    internal readonly bool Missing(int at) => (_seen & (1UL << at)) == 0;

    internal readonly bool Null(int at) => (_nulls & (1UL << at)) != 0;
}
