using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using OpsConsole.Client;

namespace OpsConsole.Intake;

/// <summary>
/// Hash of what an item says, by which a repetition is told from a change: numbers, times and the order of attributes normalised, server
/// defaults left out.
/// </summary>
internal static class ContentHash
{
    internal static long Of(NewEvent e)
    {
        var content = ContentWriter.Start();
        content.Text(1, e.EventId);
        content.Text(2, e.ShipmentId);
        content.Number(3, (int)e.Type);
        content.Time(4, e.OccurredAt);
        content.Time(5, e.RecordedAt);
        content.Text(6, e.Facility);
        content.Text(7, e.AreaCode);
        content.Number(8, e.Latitude);
        content.Number(9, e.Longitude);
        content.Text(10, e.Reason);
        content.Text(11, e.Route);
        content.Text(12, e.Vehicle);
        content.Time(13, e.PromisedBy);
        // The courier is who it was when nobody says so.
        content.Number(14, e.InitiatedBy is null or PromiseInitiator.Courier ? null : (int)e.InitiatedBy);
        content.Time(15, e.CarrierEstimate);
        content.Attributes(16, e.Attributes);
        return content.Hash();
    }

    internal static long Of(NewCondition c)
    {
        var content = ContentWriter.Start();
        content.Text(1, c.AreaCode);
        content.Time(2, c.ObservedAt);
        content.Time(3, c.RecordedAt);
        content.Number(4, c.PrecipitationMm);
        content.Number(5, c.SnowCm);
        content.Number(6, c.WindKph);
        content.Number(7, c.TemperatureC);
        content.Number(8, c.TrafficIndex);
        content.Number(9, c.Incidents);
        return content.Hash();
    }

    internal static long Of(NewContact c)
    {
        var content = ContentWriter.Start();
        content.Text(1, c.ContactId);
        content.Text(2, c.ShipmentId);
        content.Time(3, c.OccurredAt);
        content.Time(4, c.RecordedAt);
        content.Text(5, c.Channel);
        content.Number(6, c.Cost);
        return content.Hash();
    }

    internal static long Of(NewShipment s, IntakeKeys keys)
    {
        var content = ContentWriter.Start();
        content.Text(1, s.ShipmentId);
        content.Time(2, s.BookedAt);
        content.Time(3, s.PromisedBy);
        Place(content, 4, s.Origin);
        Place(content, 9, s.Destination);
        content.Text(14, s.Service);
        content.Text(15, s.Carrier);
        content.Number(16, s.WeightKg);
        content.Number(17, s.VolumeDm3);
        content.Number(18, s.Pieces);
        content.Number(19, s.DeclaredValue);
        content.Number(20, s.DistanceKm);
        content.Time(21, s.PromisedFrom);
        content.Text(22, s.Route);
        content.Text(23, s.Vehicle);
        content.Number(24, s.Stop);
        content.Text(25, s.ConsignmentId);
        content.Text(26, s.Reference);
        content.Number(27, s.Priority);
        content.Attributes(28, s.Attributes);
        content.Time(29, s.RecordedAt);
        // Under a key, so that nobody who holds the database can try addresses against it.
        if (s.Customer is { } customer)
            content.Bytes(30, keys.HashOfCustomer(CustomerBytes(customer)));
        return content.Hash();
    }

    private static void Place(ContentWriter content, byte first, Area area)
    {
        content.Text(first, area.AreaCode);
        content.Number((byte)(first + 1), (int?)area.AreaType);
        content.Number((byte)(first + 2), area.DeprivationBand);
        content.Number((byte)(first + 3), area.Latitude);
        content.Number((byte)(first + 4), area.Longitude);
    }

    private static byte[] CustomerBytes(Client.Customer customer)
    {
        var content = ContentWriter.Nested();
        content.Text(1, customer.CustomerId);
        content.Number(2, (int?)customer.Channel);
        content.Text(3, customer.Address);
        content.Number(4, customer.Consent?.All is { } all ? (all ? 1 : 0) : null);
        foreach (var (channel, consent) in customer.Consent?.Channels?.OrderBy(c => c.Key, StringComparer.Ordinal).AsEnumerable() ?? [])
        {
            content.Text(5, channel);
            content.Number(6, consent.Given ? 1 : 0);
            content.Time(7, consent.At);
            content.Text(8, consent.Source);
        }
        content.Text(9, customer.Locale);
        content.Text(10, customer.TimeZone);
        return content.ToArray();
    }
}

/// <summary>Writes fields one after the other, each by its number, in a form of which there is one only.</summary>
internal readonly struct ContentWriter
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_shared;

    private readonly ArrayBufferWriter<byte> _bytes;

    private ContentWriter(ArrayBufferWriter<byte> bytes) => _bytes = bytes;

    /// <summary>One for the whole item: this thread's own buffer.</summary>
    internal static ContentWriter Start()
    {
        var bytes = s_shared ??= new ArrayBufferWriter<byte>(1024);
        bytes.ResetWrittenCount();
        return new ContentWriter(bytes);
    }

    /// <summary>One for a part, while the item's is under way.</summary>
    internal static ContentWriter Nested() => new(new ArrayBufferWriter<byte>(256));

    internal void Text(byte field, string? value)
    {
        if (value is null)
            return;
        var length = Encoding.UTF8.GetByteCount(value);
        Head(field, length);
        Encoding.UTF8.GetBytes(value, _bytes.GetSpan(length));
        _bytes.Advance(length);
    }

    internal void Bytes(byte field, ReadOnlySpan<byte> value)
    {
        Head(field, value.Length);
        _bytes.Write(value);
    }

    internal void Number(byte field, double? value)
    {
        if (value is { } number)
            Long(field, BitConverter.DoubleToInt64Bits(number));
    }

    internal void Time(byte field, DateTimeOffset? value)
    {
        if (value is { } time)
            Long(field, time.UtcTicks);
    }

    internal void Attributes(byte field, IReadOnlyDictionary<string, AttributeValue>? attributes)
    {
        if (attributes is null)
            return;
        foreach (var (name, value) in attributes.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            Text(field, name);
            Text((byte)(field + 100), value.Text);
            Number((byte)(field + 101), value.Number);
            Number((byte)(field + 102), value.Flag is { } flag ? (flag ? 1 : 0) : null);
        }
    }

    internal byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    internal long Hash()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_bytes.WrittenSpan, hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    private void Long(byte field, long value)
    {
        Head(field, sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(sizeof(long)), value);
        _bytes.Advance(sizeof(long));
    }

    private void Head(byte field, int length)
    {
        var head = _bytes.GetSpan(5);
        head[0] = field;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], length);
        _bytes.Advance(5);
    }
}
