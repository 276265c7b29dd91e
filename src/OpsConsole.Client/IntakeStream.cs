using System.Buffers;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OpsConsole.Client;

/// <summary>Posts items as JSON arrays or NDJSON, and adds receipts up.</summary>
internal sealed class IntakeStream(Transport transport, OpsConsoleClientOptions options)
{
    private const int MaxListed = 1_000;

    internal async Task<IntakeReceipt> PostArrayAsync<T>(
        string path, IReadOnlyList<T> items, JsonTypeInfo<IReadOnlyList<T>> type, CancellationToken cancellation)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(items, type);
        return await ReceiptAsync(() => Transport.Post(path, json, json.Length, "application/json"), cancellation);
    }

    /// <summary>
    /// The stream cut into calls of bounded size, each of which can be sent again as it stands. Indices of rejected items are places in the stream.
    /// </summary>
    internal async Task<IntakeReceipt> PostLinesAsync<T>(
        string path, IAsyncEnumerable<T> items, JsonTypeInfo<T> type, IProgress<IntakeReceipt>? progress, CancellationToken cancellation)
    {
        var total = new IntakeReceipt();
        var lines = new ArrayBufferWriter<byte>(64 * 1024);
        var line = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(line);
        var (first, count) = (0, 0);

        async Task FlushAsync()
        {
            // A copy: the request may still be read while the buffer is filled again.
            var body = lines.WrittenSpan.ToArray();
            var receipt = await ReceiptAsync(() => Transport.Post(path, body, body.Length, "application/x-ndjson"), cancellation);
            total = Add(total, receipt, first);
            progress?.Report(total);
            (first, count) = (first + count, 0);
            lines.ResetWrittenCount();
        }

        await foreach (var item in items.WithCancellation(cancellation))
        {
            line.ResetWrittenCount();
            writer.Reset(line);
            JsonSerializer.Serialize(writer, item, type);
            if (count > 0 && (count >= options.NdjsonCallLines || lines.WrittenCount + line.WrittenCount >= options.NdjsonCallBytes))
                await FlushAsync();
            lines.Write(line.WrittenSpan);
            lines.Write("\n"u8);
            count++;
        }
        if (count > 0)
            await FlushAsync();
        return total;
    }

    private async Task<IntakeReceipt> ReceiptAsync(Func<HttpRequestMessage> request, CancellationToken cancellation)
    {
        using var response = await transport.SendRawAsync(request, cancellation);
        if (response.IsSuccessStatusCode)
            return await Transport.ReadAsync(response, ContractJson.Default.IntakeReceipt, cancellation);
        var body = await response.Content.ReadAsByteArrayAsync(cancellation);
        var problem = Transport.ProblemOf(response, body);
        // All items bad: the receipt is inside the problem. To the caller it is a receipt as any other.
        if (response.StatusCode == HttpStatusCode.UnprocessableEntity && problem.More?.ContainsKey("rejectedCount") == true)
            return JsonSerializer.Deserialize(body, ContractJson.Default.IntakeReceipt)!;
        throw new OpsConsoleException(response.StatusCode, problem);
    }

    private static IntakeReceipt Add(IntakeReceipt total, IntakeReceipt next, int first) => new()
    {
        Accepted = total.Accepted + next.Accepted,
        Duplicates = total.Duplicates + next.Duplicates,
        RejectedCount = total.RejectedCount + next.RejectedCount,
        Rejected = [.. total.Rejected, .. next.Rejected.Take(MaxListed - total.Rejected.Count).Select(r => r with { Index = r.Index + first })],
        Ignored = [.. total.Ignored.Union(next.Ignored)],
    };
}
