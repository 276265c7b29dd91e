using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace OpsConsole.Web;

/// <summary>
/// Gives problem details to what the server refuses before it is a request: a line or headers too long, a path that can't be decoded, bytes
/// that are no HTTP. The server answers those with a bare status, past the whole pipeline, so they are recognised as they are written.
/// Under the server's own TLS they stay bare: what passes here is sealed by then.
/// </summary>
internal static partial class BareRefusals
{
    private const int Longest = 512;

    internal static void Use(ListenOptions listen)
    {
        var log = listen.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(BareRefusals).FullName!);
        listen.Use(next => async connection =>
        {
            var transport = connection.Transport;
            connection.Transport = new Pipes(transport.Input, new Writer(transport.Output, log));
            try
            {
                await next(connection);
            }
            finally
            {
                connection.Transport = transport;
            }
        });
    }

    /// <summary>The answer with a body; null for everything but the server's own refusals, which have no header but these three.</summary>
    internal static byte[]? WithProblem(ReadOnlySpan<byte> head, out int status, out string traceId)
    {
        (status, traceId) = (0, "");
        if (head.Length > Longest || !head.StartsWith("HTTP/1.1 4"u8) || !head.EndsWith("\r\n\r\n"u8))
            return null;
        var lines = Encoding.ASCII.GetString(head).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length > 4 || !lines.Contains("Content-Length: 0") || !lines.Contains("Connection: close")
            || !int.TryParse(lines[0].AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out status))
            return null;
        traceId = ActivityTraceId.CreateRandom().ToHexString();
        var title = lines[0].Length > 13 ? lines[0][13..] : "Bad Request";
        var body = $$"""{"title":"{{title}}","status":{{status}},"detail":"{{Detail(status)}}","traceId":"{{traceId}}"}""";
        var kept = lines.Where(line => line != "Content-Length: 0");
        return Encoding.ASCII.GetBytes(string.Join("\r\n",
            [.. kept, "Content-Type: application/problem+json", "X-Content-Type-Options: nosniff", "Cache-Control: no-store", $"Content-Length: {body.Length}", "", body]));
    }

    private static string Detail(int status) => status switch
    {
        StatusCodes.Status414UriTooLong => "The path with its query is too long. Allowed are up to 8 KiB.",
        StatusCodes.Status431RequestHeaderFieldsTooLarge => "The headers are too long, or too many. Allowed are up to 100 with 32 KiB.",
        StatusCodes.Status408RequestTimeout => "The request came too slowly.",
        _ => "This is not a request that HTTP allows.",
    };

    [LoggerMessage(EventId = 9002, Level = LogLevel.Information, Message = "Refused with {Status} before it was a request; the answer's traceId is {TraceId}")]
    private static partial void LogRefused(ILogger logger, int status, string traceId);

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Passes everything on as it is, but for a bare refusal.</summary>
    private sealed class Writer(PipeWriter inner, ILogger log) : PipeWriter
    {
        private Memory<byte> _lent;

        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _lent = inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void Advance(int bytes)
        {
            if (bytes <= Longest && WithProblem(_lent.Span[..bytes], out var status, out var traceId) is { } told)
            {
                inner.Write(told);
                LogRefused(log, status, traceId);
                return;
            }
            inner.Advance(bytes);
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);
    }
}
