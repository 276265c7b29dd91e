using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using OpsConsole.Store;

namespace OpsConsole.Intake;

/// <summary>
/// The secrets of intake, in <c>DataDirectory/keys/intake.json</c>, readable by the program's own user only: the master keys that wrap the
/// customers' keys, and the secret of keyed hashes. Made at the first need; several instances share the file. It is not in the database, so
/// that a copy of the database alone reveals nobody.
/// </summary>
public sealed class IntakeKeys(StoreOptions options)
{
    private const int KeyBytes = 32;

    private readonly Lazy<KeyFile> _file = new(() => ReadOrMake(Path.Combine(options.DataDirectory, "keys", "intake.json")));

    /// <summary>The id of the master key that new customers' keys are wrapped with.</summary>
    public string CurrentMasterId => _file.Value.Current;

    /// <summary>A master key; null when this installation doesn't have it.</summary>
    public byte[]? Master(string id) => _file.Value.Masters.GetValueOrDefault(id);

    /// <summary>A number from 0 to below 1 that is the same for a shipment whenever it is asked for, and that nobody outside can foretell.</summary>
    public double Draw(string shipmentId) =>
        (BinaryPrimitives.ReadUInt64LittleEndian(Keyed("hold-out", Encoding.UTF8.GetBytes(shipmentId))) >> 11) * (1.0 / (1UL << 53));

    /// <summary>By what a customer is found without being named.</summary>
    public byte[] BlindIndex(string customerId) => Keyed("customer", Encoding.UTF8.GetBytes(customerId));

    /// <summary>The same for a shipment's customer who has no id.</summary>
    public byte[] BlindIndexOfNameless(string shipmentId) => Keyed("nameless", Encoding.UTF8.GetBytes(shipmentId));

    internal byte[] HashOfCustomer(ReadOnlySpan<byte> content) => Keyed("content", content);

    private byte[] Keyed(string purpose, ReadOnlySpan<byte> content)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _file.Value.Secret);
        hmac.AppendData(Encoding.ASCII.GetBytes(purpose));
        hmac.AppendData([0]);
        hmac.AppendData(content);
        return hmac.GetHashAndReset();
    }

    private static KeyFile ReadOrMake(string path)
    {
        if (!File.Exists(path))
            Make(path);
        return JsonSerializer.Deserialize(File.ReadAllBytes(path), KeyFileJson.Default.KeyFile)
            ?? throw new InvalidOperationException("keys/intake.json in the data directory holds no keys.");
    }

    private static void Make(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var made = new KeyFile(id, new() { [id] = RandomNumberGenerator.GetBytes(KeyBytes) }, RandomNumberGenerator.GetBytes(KeyBytes));
        var part = $"{path}.{id}";
        var whole = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            whole.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(part, whole))
        {
            JsonSerializer.Serialize(file, made, KeyFileJson.Default.KeyFile);
            file.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(part, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another instance made it in the same moment: its keys count.
            File.Delete(part);
        }
    }
}

internal sealed record KeyFile(string Current, Dictionary<string, byte[]> Masters, byte[] Secret);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(KeyFile))]
internal sealed partial class KeyFileJson : JsonSerializerContext;
