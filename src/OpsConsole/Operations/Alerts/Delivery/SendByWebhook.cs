using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OpsConsole.Operations.Alerts.Delivery;

/// <summary>
/// Posts alerts as JSON to one address, signed. Who may be reached is decided when the connection is made (<see cref="OutwardConnections"/>), redirects are
/// not followed, and of the answer only its status is read: who answers without end, or never, costs ten seconds.
/// </summary>
internal sealed class SendByWebhook(AlertOptions options, OutwardConnections outward, TimeProvider time) : ISendAlerts, IDisposable
{
    internal const string Channel = "webhook";
    internal const string SignatureHeader = "X-OpsConsole-Signature";
    internal const string TimestampHeader = "X-OpsConsole-Timestamp";
    internal const string DeliveryHeader = "X-OpsConsole-Delivery";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;

    private readonly HttpClient _client = new(outward.Handler(options.WebhookNetworks), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };

    public string Name => Channel;

    public bool IsSet => options.WebhookUrl is not null;

    public async Task SendAsync(AlertDelivery delivery, AlertMessage message, CancellationToken cancellation)
    {
        using var enough = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Post, options.WebhookUrl) { Content = new ByteArrayContent(Body(delivery, message)) };
        await SignAsync(request, delivery);
        try
        {
            // The body of the answer is never read, so its size doesn't matter.
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (!answer.IsSuccessStatusCode)
                throw new DeliveryFailedException(string.Create(CultureInfo.InvariantCulture, $"the webhook answered {(int)answer.StatusCode}"));
        }
        catch (HttpRequestException failure) when (failure.InnerException is NotAllowedException refused)
        {
            throw new DeliveryFailedException(refused.Message, failure);
        }
        catch (HttpRequestException failure)
        {
            throw new DeliveryFailedException($"the webhook can't be reached ({failure.HttpRequestError})", failure);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new DeliveryFailedException("the webhook did not answer in time");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>What the header of the signature holds: the HMAC-SHA-256 of timestamp, a dot, and the body.</summary>
    internal static string Signature(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(Encoding.UTF8.GetBytes(timestamp + "."));
        hash.AppendData(body);
        return "sha256=" + Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static byte[] Body(AlertDelivery delivery, AlertMessage message) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            delivery = delivery.Key.ToString(CultureInfo.InvariantCulture),
            alert = delivery.AlertKey.ToString(CultureInfo.InvariantCulture),
            state = message.Over ? "cleared" : "firing",
            code = message.Code,
            title = message.Title,
            subject = message.Subject,
            value = message.Value,
            words = message.Words,
            advice = message.Advice,
            raisedAt = message.RaisedAt.UtcDateTime,
            clearedAt = message.ClearedAt?.UtcDateTime,
            link = message.Link,
        },
        Json);

    private async Task SignAsync(HttpRequestMessage request, AlertDelivery delivery)
    {
        request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("OpsConsole", "1"));
        request.Headers.Add(DeliveryHeader, delivery.Key.ToString(CultureInfo.InvariantCulture));
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.Add(TimestampHeader, timestamp);
        if (options.WebhookSecret is { } secret)
            request.Headers.Add(SignatureHeader, Signature(secret, timestamp, await request.Content.ReadAsByteArrayAsync()));
    }
}
