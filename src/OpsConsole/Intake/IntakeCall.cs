using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake.Feeds;
using OpsConsole.Intake.Reading;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Intake;

/// <summary>A body that can't be taken as a whole.</summary>
internal sealed class BodyRefusedException(int status, string detail) : Exception(detail)
{
    internal int Status => status;
}

/// <summary>One call of intake: reads its body, has its good items stored, and gathers the receipt.</summary>
/// <param name="receive">Takes the items in.</param>
/// <param name="caller">Who sends.</param>
/// <param name="checkOnly">Check and answer the same, and store nothing.</param>
/// <param name="now">The moment the operation calls now.</param>
/// <param name="feeds">Told what came of the call, unless it is only checked.</param>
internal sealed partial class IntakeCall<T>(Receive<T> receive, Caller caller, bool checkOnly, DateTimeOffset now, FeedBook feeds)
{
    /// <summary>The longest body, in bytes.</summary>
    internal const int LongestBody = 64 << 20;

    /// <summary>The longest list.</summary>
    internal const int MostItems = 10_000;

    private const int RejectedListed = 1_000;
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 32, CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false };

    private readonly ItemReader _reader = new(now);
    private readonly Dictionary<string, List<long>>? _earlier = checkOnly ? new(StringComparer.Ordinal) : null;
    private readonly List<RejectedItem> _rejected = [];
    private int _accepted;
    private int _duplicates;
    private int _rejectedCount;
    private int _items;

    /// <summary>Some of the call is on disk.</summary>
    internal bool StoredSome => _accepted > 0 && !checkOnly;

    /// <summary>Nothing of the call was good.</summary>
    internal bool AllBad => _rejectedCount > 0 && _accepted + _duplicates == 0;

    /// <summary>What became of the call.</summary>
    internal IntakeReceipt Receipt() => new()
    {
        Accepted = _accepted,
        Duplicates = _duplicates,
        RejectedCount = _rejectedCount,
        Rejected = [.. _rejected.OrderBy(r => r.Index)],
        Ignored = [.. _reader.Ignored],
    };

    /// <summary>Takes a body of one object or a list of them.</summary>
    /// <exception cref="BodyRefusedException">It can't be taken as a whole; nothing was stored.</exception>
    /// <exception cref="StoreUnavailableException">More is waiting than the store can take.</exception>
    internal async Task TakeJsonAsync(PipeReader body, CancellationToken cancellation)
    {
        var (bytes, length) = await ReadWholeAsync(body, cancellation);
        List<Part<T>> parts;
        try
        {
            parts = ReadItems(bytes.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
        var items = parts.Sum(p => p.Items.Count);
        if (items == 0)
            return;
        receive.Admit(items);
        if (checkOnly)
        {
            foreach (var part in parts)
                await StoreAsync(part, cancellation);
            return;
        }
        // All are queued at once, in order, and the answer waits for the last of them to be durable.
        await Task.WhenAll(parts.Select(part => StoreAsync(part, cancellation)));
    }

    private async Task StoreAsync(Part<T> part, CancellationToken cancellation)
    {
        await receive.StoreAsync(part, cancellation);
        Interlocked.Add(ref _accepted, part.Accepted);
        Interlocked.Add(ref _duplicates, part.Duplicates);
        foreach (var rejected in part.Rejected)
            NoteRejected(rejected);
        if (!checkOnly)
            feeds.NoteStored(part);
    }

    /// <summary>Tells what of the call never came to be stored: members that weren't known, and the call itself if it was refused whole.</summary>
    internal void NoteFeed(BodyRefusedException? refused)
    {
        if (checkOnly)
            return;
        feeds.NoteIgnored(caller.SourceId, OptionalFields.KindOf<T>(), _reader.Ignored);
        if (refused is not null)
            feeds.NoteRefused(caller.SourceId, OptionalFields.KindOf<T>(), refused.Status);
    }

    private void RefuseItem(RejectedItem item)
    {
        NoteRejected(item);
        if (!checkOnly)
            feeds.NoteRejected(caller.SourceId, OptionalFields.KindOf<T>(), item);
    }

    // Lines are read while earlier parts are stored.
    private void NoteRejected(RejectedItem item)
    {
        lock (_rejected)
        {
            _rejectedCount++;
            if (_rejected.Count < RejectedListed)
                _rejected.Add(item);
        }
    }

    private Part<T> NewPart() => new(caller, _earlier);

    private static async Task<(byte[] Bytes, int Length)> ReadWholeAsync(PipeReader body, CancellationToken cancellation)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(16 << 10);
        var length = 0;
        while (true)
        {
            var read = await body.ReadAsync(cancellation);
            var total = length + read.Buffer.Length;
            if (total > LongestBody)
                throw TooLarge();
            if (total > bytes.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(total, Math.Min(2L * bytes.Length, LongestBody)));
                bytes.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(bytes);
                bytes = larger;
            }
            read.Buffer.CopyTo(bytes.AsSpan(length));
            length = (int)total;
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return (bytes, length);
        }
    }

    private static BodyRefusedException TooLarge() =>
        new(413, $"The body is too large. Allowed are up to {LongestBody >> 20} MiB; send the rest in further calls.");

    private List<Part<T>> ReadItems(ReadOnlySpan<byte> body)
    {
        if (body.StartsWith("\uFEFF"u8))
            body = body[3..];
        if (body.IsEmpty)
            throw new BodyRefusedException(400, "The body is empty. Allowed is one JSON object, or a list of 1 to 10,000.");
        List<Part<T>> parts = [];
        try
        {
            var json = new Utf8JsonReader(body, Strict);
            json.Read();
            switch (json.TokenType)
            {
                case JsonTokenType.StartObject:
                    ReadItem(ref json, parts);
                    break;
                case JsonTokenType.StartArray:
                    while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                        ReadItem(ref json, parts);
                    if (_items == 0)
                        throw new BodyRefusedException(400, "The list is empty. Allowed are 1 to 10,000 items.");
                    break;
                default:
                    throw new BodyRefusedException(400, "The body is neither an object nor a list. Allowed is one JSON object, or a list of 1 to 10,000.");
            }
            // Nothing may follow.
            json.Read();
        }
        catch (JsonException failure)
        {
            throw new BodyRefusedException(400, string.Create(
                CultureInfo.InvariantCulture, $"The body is not JSON: line {failure.LineNumber + 1}, byte {failure.BytePositionInLine + 1} (nested at most 32 deep)."));
        }
        return parts;
    }

    private void ReadItem(ref Utf8JsonReader json, List<Part<T>> parts)
    {
        if (_items == MostItems)
            throw new BodyRefusedException(413, "The list is too long. Allowed are up to 10,000 items; send the rest in further calls.");
        var index = _items++;
        if (ReadGood(ref json, index) is not { } item)
            return;
        if (parts is not [.., var part] || part.Items.Count == Receive<T>.ItemsOfPart)
            parts.Add(part = NewPart());
        part.Items.Add(item);
    }

    /// <summary>Reads an item, the reader standing on its first token; null when it was refused.</summary>
    private ReadItem<T>? ReadGood(ref Utf8JsonReader json, int index)
    {
        _reader.Begin();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            _reader.RefuseKind(ref json, ItemReader.Whole, "an object");
        }
        else if (receive.Read(ref json, _reader) is { } content && !_reader.HasErrors)
        {
            return new ReadItem<T>(index, content, receive.HashOf(content), receive.TextOf(content));
        }
        RefuseItem(_reader.Rejected(index));
        return null;
    }
}
