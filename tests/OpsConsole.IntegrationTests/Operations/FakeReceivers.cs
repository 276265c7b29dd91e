using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OpsConsole.IntegrationTests.Operations;

/// <summary>A port of this machine that nobody listens on.</summary>
internal static class FreePort
{
    internal static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>
/// A mail server that takes what it is given, or refuses it. Every task of it is awaited: what a listener drops as it stops would be told of the whole
/// process, and so fail other tests that look for just that.
/// </summary>
internal sealed class FakeMailServer : IAsyncDisposable
{
    /// <summary>What it says to a whole message that it takes.</summary>
    internal const string Ok = "250 Ok";

    /// <summary>What it says to one that it refuses.</summary>
    internal const string TransactionFailed = "554 transaction failed";

    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly string _answer;
    private readonly Task _running;

    internal FakeMailServer(int port, string answer)
    {
        _answer = answer;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _running = ListenAsync();
    }

    internal ConcurrentQueue<MimeKit.MimeMessage> Mails { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        List<Task> talks = [];
        try
        {
            while (true)
                talks.Add(TalkAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
        await Task.WhenAll(talks);
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.Latin1);
            await SayAsync(stream, "220 mail.example.org");
            while (await reader.ReadLineAsync(_stop.Token) is { } line && !line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase))
            {
                if (line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase))
                {
                    await SayAsync(stream, "354 go on");
                    await TakeAsync(reader);
                    await SayAsync(stream, _answer);
                }
                else
                {
                    await SayAsync(stream, Ok);
                }
            }
            await SayAsync(stream, "221 bye");
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            // The sender hung up, or the test is over.
        }
    }

    private async Task TakeAsync(StreamReader reader)
    {
        var message = new StringBuilder();
        while (await reader.ReadLineAsync(_stop.Token) is { } line && line != ".")
            message.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        if (_answer == Ok)
            Mails.Enqueue(await MimeKit.MimeMessage.LoadAsync(new MemoryStream(Encoding.Latin1.GetBytes(message.ToString())), _stop.Token));
    }

    private async Task SayAsync(NetworkStream stream, string line) => await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), _stop.Token);
}

/// <summary>Takes connections and never says a word.</summary>
internal sealed class SilentServer : IDisposable
{
    private readonly TcpListener _listener;
    private readonly List<TcpClient> _held = [];

    internal SilentServer(int port)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _ = HoldAsync();
    }

    internal TaskCompletionSource Called { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose()
    {
        _listener.Stop();
        foreach (var client in _held)
            client.Dispose();
    }

    private async Task HoldAsync()
    {
        try
        {
            while (true)
            {
                _held.Add(await _listener.AcceptTcpClientAsync());
                Called.TrySetResult();
            }
        }
        catch (Exception failure) when (failure is ObjectDisposedException or SocketException)
        {
            // Stopped.
        }
    }
}

/// <summary>A web server that answers as it is told.</summary>
internal sealed class FakeWebhook : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeWebhook(WebApplication app) => _app = app;

    internal sealed record Post(IReadOnlyDictionary<string, string> Headers, byte[] Body);

    internal ConcurrentQueue<Post> Posts { get; } = new();

    /// <summary>What to answer, once the post has been read.</summary>
    internal Func<HttpContext, Task> Answer { get; set; } = http =>
    {
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    };

    internal string Address => _app.Urls.First();

    internal static async Task<FakeWebhook> StartAsync(int port, Func<HttpContext, Task>? answer = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add($"http://127.0.0.1:{port}");
        var webhook = new FakeWebhook(app);
        webhook.Answer = answer ?? webhook.Answer;
        app.Run(webhook.TakeAsync);
        await app.StartAsync();
        return webhook;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        Posts.Enqueue(new Post(http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray()));
        await Answer(http);
    }
}
