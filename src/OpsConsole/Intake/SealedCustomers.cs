using System.Security.Cryptography;
using System.Text.Json;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Store;

namespace OpsConsole.Intake;

/// <summary>
/// Keeps what a warning needs of customers, readable only with two keys: the customer's own, which erasing destroys, and the master key that
/// wraps it, which isn't in the database.
/// </summary>
public sealed class SealedCustomers(IntakeKeys keys, Ids ids)
{
    private static readonly Statement Find = new("""SELECT "key", master_key_id, wrapped_key FROM customers WHERE blind_index = @p0""");
    private static readonly Statement Add = new(
        """INSERT INTO customers ("key", blind_index, master_key_id, wrapped_key, erased_at) VALUES (@p0, @p1, @p2, @p3, NULL)""");
    private static readonly Statement Rewrap = new("""UPDATE customers SET master_key_id = @p1, wrapped_key = @p2 WHERE "key" = @p0""");
    private static readonly Statement Erase = new("""UPDATE customers SET blind_index = NULL, wrapped_key = NULL, erased_at = @p1 WHERE "key" = @p0""");
    private static readonly Statement EraseLinks = new("UPDATE shipment_customers SET sealed = NULL WHERE customer_key = @p0");
    private static readonly Statement Unlink = new("DELETE FROM shipment_customers WHERE shipment_key = @p0");
    private static readonly Statement Link = new("INSERT INTO shipment_customers (shipment_key, customer_key, sealed) VALUES (@p0, @p1, @p2)");
    private static readonly Statement Sealed = new(
        """
        SELECT l.sealed, c.master_key_id, c.wrapped_key, l.customer_key FROM shipment_customers l JOIN customers c ON c."key" = l.customer_key
        WHERE l.shipment_key = @p0 AND l.sealed IS NOT NULL AND c.wrapped_key IS NOT NULL
        """);

    /// <summary>Keeps the customer of a shipment, instead of what was kept before.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="shipmentKey">The shipment.</param>
    /// <param name="shipmentId">Its id.</param>
    /// <param name="customer">The customer.</param>
    /// <param name="together">Of a shipment that is being registered with others: what they insert.</param>
    public void Keep(WriteSession session, long shipmentKey, string shipmentId, Client.Customer customer, InsertsTogether? together = null)
    {
        var index = customer.CustomerId is { } id ? keys.BlindIndex(id) : keys.BlindIndexOfNameless(shipmentId);
        var (customerKey, key) = FindOrAdd(session, index);
        var content = JsonSerializer.SerializeToUtf8Bytes(customer, ContractJson.Requests.Customer);
        var link = Envelope.Seal(key, content, shipmentKey);
        CryptographicOperations.ZeroMemory(key);
        if (together is not null)
        {
            together.Add(Link, shipmentKey, customerKey, link);
            return;
        }
        session.Execute(Unlink, shipmentKey);
        session.Execute(Link, shipmentKey, customerKey, link);
    }

    /// <summary>Forgets the customer of a shipment.</summary>
    public void Drop(WriteSession session, long shipmentKey) => session.Execute(Unlink, shipmentKey);

    /// <summary>The customer of a shipment; null when none is known, or they were erased.</summary>
    public Client.Customer? Read(System.Data.Common.DbConnection connection, long shipmentKey)
    {
        using var command = Sealed.Prepare(connection);
        command.Parameters[0].Value = shipmentKey;
        using var row = command.ExecuteReader();
        if (!row.Read())
            return null;
        var key = Envelope.Open(MasterKey(row.GetString(1)), (byte[])row.GetValue(2), row.GetInt64(3));
        return JsonSerializer.Deserialize(Envelope.Open(key, (byte[])row.GetValue(0), shipmentKey), ContractJson.Requests.Customer);
    }

    /// <summary>Destroys a customer's key and what it locked. The key of their row; null when no such customer is known.</summary>
    internal long? Destroy(WriteSession session, string customerId)
    {
        if (FindKey(session, keys.BlindIndex(customerId)) is not { } found)
            return null;
        session.Execute(EraseLinks, found.Key);
        session.Execute(Erase, found.Key, session.Received);
        return found.Key;
    }

    private (long Key, byte[] Plain) FindOrAdd(WriteSession session, byte[] index)
    {
        if (FindKey(session, index) is { } found)
        {
            var plain = Envelope.Open(MasterKey(found.MasterId), found.Wrapped, found.Key);
            // A newer master key takes over as customers come along.
            if (found.MasterId != keys.CurrentMasterId)
                session.Execute(Rewrap, found.Key, keys.CurrentMasterId, Envelope.Seal(MasterKey(keys.CurrentMasterId), plain, found.Key));
            return (found.Key, plain);
        }
        var made = RandomNumberGenerator.GetBytes(32);
        var key = ids.Next();
        session.Execute(Add, key, index, keys.CurrentMasterId, Envelope.Seal(MasterKey(keys.CurrentMasterId), made, key));
        return (key, made);
    }

    private static (long Key, string MasterId, byte[] Wrapped)? FindKey(WriteSession session, byte[] index)
    {
        using var row = session.Query(Find, index);
        return row.Read() ? (row.GetInt64(0), row.GetString(1), (byte[])row.GetValue(2)) : null;
    }

    private byte[] MasterKey(string id) =>
        keys.Master(id) ?? throw new CryptographicException($"The master key {id} is not in keys/intake.json of the data directory.");
}

/// <summary>AES-GCM with a fresh nonce: nonce, tag, ciphertext, bound to the row it belongs to.</summary>
internal static class Envelope
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    internal static byte[] Seal(byte[] key, ReadOnlySpan<byte> content, long row)
    {
        var result = new byte[NonceBytes + TagBytes + content.Length];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(result.AsSpan(0, NonceBytes), content, result.AsSpan(NonceBytes + TagBytes), result.AsSpan(NonceBytes, TagBytes), BitConverter.GetBytes(row));
        return result;
    }

    internal static byte[] Open(byte[] key, ReadOnlySpan<byte> sealedContent, long row)
    {
        var content = new byte[sealedContent.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(
            sealedContent[..NonceBytes], sealedContent[(NonceBytes + TagBytes)..], sealedContent.Slice(NonceBytes, TagBytes), content, BitConverter.GetBytes(row));
        return content;
    }
}
