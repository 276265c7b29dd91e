using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake.Reading;

namespace OpsConsole.Intake.Import;

/// <summary>
/// Takes one kind of items of a file in, by the very path that calls of the API take: read and checked alike, stored in the same units, refused in
/// the same words.
/// </summary>
/// <param name="receive">Takes the items in.</param>
/// <param name="caller">To which source they belong.</param>
/// <param name="checkOnly">Say what would become of them, and store nothing.</param>
/// <param name="identity">The id of an item.</param>
/// <param name="conflicts">An id that stands in the file again with other content is refused, as nothing amends it.</param>
internal sealed class ImportSink<T>(Receive<T> receive, Caller caller, bool checkOnly, Func<T, string> identity, bool conflicts)
{
    // What the file itself holds, by a hash of the id, so that a check of millions of rows fits in memory.
    private readonly Dictionary<long, long>? _ids = checkOnly ? [] : null;
    private readonly List<Part<T>> _parts = [];
    private ItemReader _reader = new(default);

    /// <summary>What became of the items so far.</summary>
    internal ItemCounts Counts { get; private set; } = new();

    /// <summary>How many items' id stood in the file before.</summary>
    internal long Repeated { get; private set; }

    /// <summary>Starts a batch; times are held against its moment.</summary>
    internal void Begin(DateTimeOffset now)
    {
        _reader = new ItemReader(now);
        _parts.Clear();
    }

    /// <summary>Takes an item of a row; what is wrong with it, if something is.</summary>
    internal RejectedItem? Take(ReadOnlySpan<byte> json, int row)
    {
        _reader.Begin();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (receive.Read(ref reader, _reader) is not { } content || _reader.HasErrors)
            return Refuse(_reader.Rejected(row));
        var item = new ReadItem<T>(row, content, receive.HashOf(content), receive.TextOf(content));
        if (_ids is not null && Known(item) is { } same)
        {
            Repeated++;
            if (same)
            {
                Counts = Counts with { Duplicates = Counts.Duplicates + 1 };
                return null;
            }
            if (conflicts)
                return Refuse(new RejectedItem(row, identity(content), new Dictionary<string, IReadOnlyList<string>> { ["eventId"] = ["stands in the file again with other content; allowed is once"] }));
        }
        if (_parts is not [.., var part] || part.Items.Count == Receive<T>.ItemsOfPart)
            _parts.Add(part = new Part<T>(caller, checkOnly ? new(StringComparer.Ordinal) : null));
        part.Items.Add(item);
        return null;
    }

    /// <summary>Counts an item that could not even be written down.</summary>
    internal void NoteRefused() => Counts = Counts with { Rejected = Counts.Rejected + 1 };

    /// <summary>Queues what the batch holds, in its order; the task ends when all of it is durable, with what was refused.</summary>
    /// <exception cref="Store.StoreUnavailableException">The store can't take it now; nothing was queued, or it failed on the way.</exception>
    internal async Task<IReadOnlyList<RejectedItem>> StoreAsync(CancellationToken cancellation)
    {
        if (_parts.Count == 0)
            return [];
        var parts = _parts.ToArray();
        receive.Admit(parts.Sum(p => p.Items.Count));
        await Task.WhenAll(parts.Select(part => receive.StoreAsync(part, cancellation)));
        var rejected = parts.SelectMany(p => p.Rejected).ToList();
        Counts = new ItemCounts(Counts.Accepted + parts.Sum(p => p.Accepted), Counts.Duplicates + parts.Sum(p => p.Duplicates), Counts.Rejected + rejected.Count);
        return rejected;
    }

    private RejectedItem Refuse(RejectedItem item)
    {
        NoteRefused();
        return item;
    }

    private bool? Known(in ReadItem<T> item)
    {
        var id = BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(MemoryMarshal.AsBytes(identity(item.Content).AsSpan())));
        if (_ids!.TryGetValue(id, out var hash))
            return hash == item.Hash;
        _ids[id] = item.Hash;
        return null;
    }
}
