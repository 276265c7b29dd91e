using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>
/// Seals the keys of cookies and forms before they go into the database (AES-256-GCM), with <c>DataDirectory/keys/key-ring.key</c>, which isn't
/// in it: a copy of the database alone forges no session.
/// </summary>
public sealed class SealedKeyRing(StoreOptions options) : IXmlEncryptor
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly Lazy<byte[]> _key = new(() => SecretFile.ReadOrMake(Path.Combine(options.DataDirectory, "keys", "key-ring.key"), 32));

    /// <inheritdoc/>
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var content = System.Text.Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var result = new byte[NonceBytes + TagBytes + content.Length];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(_key.Value, TagBytes);
        aes.Encrypt(result.AsSpan(0, NonceBytes), content, result.AsSpan(NonceBytes + TagBytes), result.AsSpan(NonceBytes, TagBytes));
        CryptographicOperations.ZeroMemory(content);
        return new EncryptedXmlInfo(new XElement("sealed", Convert.ToBase64String(result)), typeof(Opener));
    }

    private XElement Open(XElement element)
    {
        var bytes = Convert.FromBase64String(element.Value);
        var content = new byte[bytes.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(_key.Value, TagBytes);
        aes.Decrypt(bytes.AsSpan(0, NonceBytes), bytes.AsSpan(NonceBytes + TagBytes), bytes.AsSpan(NonceBytes, TagBytes), content);
        return XElement.Parse(System.Text.Encoding.UTF8.GetString(content));
    }

    /// <summary>Opens what <see cref="SealedKeyRing"/> sealed; made by name, as the key ring says.</summary>
    public sealed class Opener(IServiceProvider services) : IXmlDecryptor
    {
        /// <inheritdoc/>
        public XElement Decrypt(XElement encryptedElement) => services.GetRequiredService<SealedKeyRing>().Open(encryptedElement);
    }
}
