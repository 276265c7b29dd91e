using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OpsConsole.Client;

/// <summary>
/// Sends calls, and sends them again after 429 and 503, when the answer says (<c>Retry-After</c>), else after 0.5 s, 1 s, 2 s … 30 s.
/// After either nothing of a call was stored, so that this is safe for every call.
/// </summary>
internal sealed class Transport(HttpClient http, OpsConsoleClientOptions options, TimeProvider time)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    internal async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), cancellation);
        return await ReadAsync(response, type, cancellation);
    }

    internal async Task<TAnswer> PostAsync<TBody, TAnswer>(
        string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellation)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(body, bodyType);
        using var response = await SendAsync(() => Post(path, json, json.Length, "application/json"), cancellation);
        return await ReadAsync(response, answerType, cancellation);
    }

    internal static HttpRequestMessage Post(string path, byte[] body, int length, string mediaType) => new(HttpMethod.Post, path)
    {
        Content = new ByteArrayContent(body, 0, length) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } },
    };

    /// <summary>The answer, whatever its status: the caller must dispose of it.</summary>
    internal async Task<HttpResponseMessage> SendRawAsync(
        Func<HttpRequestMessage> request, CancellationToken cancellation, bool retry = true)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var message = request();
            message.Headers.Add("X-Api-Key", options.ApiKey);
            var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!retry || attempt >= options.MaxRetries || response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
                return response;
            var wait = WaitFor(response, attempt);
            response.Dispose();
            await Task.Delay(wait, time, cancellation);
        }
    }

    /// <summary>A good answer, or an <see cref="OpsConsoleException"/>.</summary>
    internal async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancellation)
    {
        var response = await SendRawAsync(request, cancellation);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await FailureAsync(response, cancellation);
    }

    internal static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        return await JsonSerializer.DeserializeAsync(stream, type, cancellation)
            ?? throw new JsonException($"The answer of {response.RequestMessage?.RequestUri?.AbsolutePath} is null.");
    }

    internal static async Task<OpsConsoleException> FailureAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellation);
        return new OpsConsoleException(response.StatusCode, ProblemOf(response, body));
    }

    internal static ProblemAnswer ProblemOf(HttpResponseMessage response, byte[] body)
    {
        if (response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) != true)
            return new ProblemAnswer();
        try
        {
            return JsonSerializer.Deserialize(body, ContractJson.Default.ProblemAnswer) ?? new ProblemAnswer();
        }
        catch (JsonException)
        {
            // A proxy's answer, say: the status still tells.
            return new ProblemAnswer();
        }
    }

    private TimeSpan WaitFor(HttpResponseMessage response, int attempt)
    {
        var asked = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => TimeSpan.FromSeconds(Math.Min(30, 0.5 * Math.Pow(2, attempt))),
        };
        return asked < TimeSpan.Zero ? TimeSpan.Zero : asked > LongestWait ? LongestWait : asked;
    }
}
