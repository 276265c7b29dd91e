using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SmtpServer;
using SmtpServer.ComponentModel;
using SmtpServer.Protocol;
using SmtpServer.Storage;

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

/// <summary>A mail server that takes what it is given, or refuses it.</summary>
internal sealed class FakeMailServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    internal FakeMailServer(int port, SmtpResponse answer)
    {
        var options = new SmtpServerOptionsBuilder().ServerName("mail.example.org")
            .Endpoint(endpoint => endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, port))).Build();
        var services = new ServiceProvider();
        services.Add(new Kept(this, answer));
        _running = new SmtpServer.SmtpServer(options, services).StartAsync(_stop.Token);
    }

    internal ConcurrentQueue<MimeKit.MimeMessage> Mails { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private sealed class Kept(FakeMailServer server, SmtpResponse answer) : MessageStore
    {
        public override async Task<SmtpResponse> SaveAsync(
            ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            if (answer.ReplyCode == SmtpReplyCode.Ok)
                server.Mails.Enqueue(await MimeKit.MimeMessage.LoadAsync(new MemoryStream(buffer.ToArray()), cancellationToken));
            return answer;
        }
    }
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
