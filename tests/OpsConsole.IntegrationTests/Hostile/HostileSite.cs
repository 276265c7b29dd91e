using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsConsole.Access;

namespace OpsConsole.IntegrationTests.Hostile;

/// <summary>
/// The whole program on a real port, and how the hostile requests are sent to it. What is asked of every answer is asked here: under two
/// seconds, never a failure of the server, no stack trace, problem details where a program calls.
/// </summary>
public sealed class HostileSite : IAsyncLifetime
{
    private const string Facts =
        "SELECT (SELECT COUNT(*) FROM shipment_versions) || ',' || (SELECT COUNT(*) FROM events) || ',' || (SELECT COUNT(*) FROM conditions) || ',' || "
        + "(SELECT COUNT(*) FROM contacts) || ',' || (SELECT COUNT(*) FROM customers) || ',' || (SELECT COUNT(*) FROM judgements) || ',' || (SELECT COUNT(*) FROM runs) || ',' || "
        + "(SELECT COUNT(*) FROM model_versions) || ',' || (SELECT COUNT(*) FROM api_keys) || ',' || (SELECT COUNT(*) FROM sources) || ',' || "
        + "(SELECT COUNT(*) FROM settings) || ',' || (SELECT COUNT(*) FROM asp_net_users) || ',' || (SELECT COUNT(*) FROM asp_net_user_roles)";

    private readonly ErrorLog _log = new();

    internal ConsoleFactory Console { get; }

    internal Uri Address { get; private set; } = null!;

    public HostileSite() => Console = new ConsoleFactory(services => services.AddSingleton<ILoggerProvider>(_log));

    /// <summary>What the program logged as its own failure.</summary>
    internal IReadOnlyCollection<string> Failures => _log.Failures;

    /// <summary>Every line of the log about who was refused.</summary>
    internal IReadOnlyCollection<string> Refusals => _log.Refusals;

    public Task InitializeAsync()
    {
        Console.UseKestrel(0);
        Console.StartServer();
        Address = Console.ClientOptions.BaseAddress;
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await Console.DisposeAsync();

    /// <summary>A client that follows nothing, keeps cookies as a browser does, and sends headers that aren't ASCII.</summary>
    internal HttpClient Browser() => new(new SocketsHttpHandler { AllowAutoRedirect = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = Address };

    /// <summary>A person of a role, signed in.</summary>
    internal async Task<HttpClient> PersonAsync(string role)
    {
        var (email, password) = ($"{role.ToLowerInvariant()}@hostile.example", "violet-harbour-nine-kites");
        var users = Console.Services.GetRequiredService<Users>();
        if ((await users.ListAsync()).All(u => u.Email != email))
            Assert.Empty(await users.AddAsync(email, role, password, [role], Caller.System));
        var client = Browser();
        using var answer = await ConsoleFactory.SignInAsync(client, email, password);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return client;
    }

    /// <summary>How many of each thing there are that a request could change.</summary>
    internal string State()
    {
        using var connection = Console.Services.GetRequiredService<OpsConsole.Store.StoreConnections>().OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = Facts;
        return (string)command.ExecuteScalar()!;
    }

    /// <summary>A request, and who sends it.</summary>
    internal static HttpRequestMessage Request(string method, string path, string? body = null, string? mediaType = "application/json")
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (body is null)
            return request;
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        request.Content.Headers.ContentType = mediaType is null ? null : MediaTypeHeaderValue.Parse(mediaType);
        return request;
    }

    /// <summary>Sends it, and checks what holds for every answer.</summary>
    internal async Task<(int Status, string Text, HttpResponseHeaders Headers)> SendAsync(HttpRequestMessage request, HttpClient? client = null, bool person = false)
    {
        var what = $"{request.Method} {Short(request)}";
        // What the client would tidy up (.. in paths) is sent as it is.
        request.RequestUri = new Uri(Address.GetLeftPart(UriPartial.Authority) + request.RequestUri!.OriginalString, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var watch = Stopwatch.StartNew();
        using var answer = await (client ?? Console.Client).SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        var status = (int)answer.StatusCode;
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"{what} took {watch.Elapsed}");
        AssertDecent(what, status, text);
        if (status >= 400 && !person)
        {
            Assert.True(answer.Content.Headers.ContentType?.MediaType == "application/problem+json", $"{what}: {status} without problem details");
            Assert.NotNull((string?)JsonNode.Parse(text)!["traceId"]);
        }
        return (status, text, answer.Headers);
    }

    /// <summary>Sends it and asks for one of those statuses.</summary>
    internal async Task<string> ExpectAsync(HttpRequestMessage request, HttpClient? client, params int[] allowed)
    {
        var (status, text, _) = await SendAsync(request, client);
        Assert.True(allowed.Contains(status), $"{request.Method} {Short(request)}: {status}, not {string.Join(" or ", allowed)}: {text}");
        return text;
    }

    /// <summary>Sends bytes as they are over a connection of their own, and gives all that comes until the server closes it or has answered.</summary>
    internal async Task<(int Status, string Text, TimeSpan Took)> SendRawAsync(string head, byte[]? more = null, bool untilClosed = false, TimeSpan? limit = null)
    {
        using var enough = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(20));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Address.Port, enough.Token);
        await using var stream = client.GetStream();
        var watch = Stopwatch.StartNew();
        var text = new StringBuilder();
        var buffer = new byte[64 << 10];
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(head), enough.Token);
            if (more is not null)
                await stream.WriteAsync(more, enough.Token);
            int read;
            while ((read = await stream.ReadAsync(buffer, enough.Token)) > 0)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
                if (!untilClosed && Whole(text.ToString()))
                    break;
            }
        }
        catch (IOException)
        {
            // Closed on us in the middle of what we sent, which is an answer too.
        }
        var answer = text.ToString();
        var status = answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? int.Parse(answer.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture) : 0;
        AssertDecent(head[..Math.Min(60, head.Length)], status, answer);
        return (status, answer, watch.Elapsed);
    }

    /// <summary>The head of a request over a raw connection.</summary>
    internal string Head(string method, string target, params string[] headers) =>
        $"{method} {target} HTTP/1.1\r\nHost: {Address.Authority}\r\nX-Api-Key: {ConsoleFactory.Key}\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n";

    private static string Short(HttpRequestMessage request) =>
        request.RequestUri!.OriginalString[..Math.Min(120, request.RequestUri.OriginalString.Length)];

    private static bool Whole(string answer)
    {
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            return false;
        var length = answer.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        if (length < 0 || length > end)
            return answer.Contains("\r\n0\r\n\r\n", StringComparison.Ordinal) || !answer.Contains("chunked", StringComparison.Ordinal);
        var line = answer[(length + 16)..answer.IndexOf("\r\n", length, StringComparison.Ordinal)];
        return answer.Length - end - 4 >= int.Parse(line, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void AssertDecent(string what, int status, string text)
    {
        Assert.True(status < 500, $"{what}: {status} {text}");
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
    }

    /// <summary>Keeps what is logged as a failure, and who was refused.</summary>
    private sealed class ErrorLog : ILoggerProvider, ILogger
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _failures = new();
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _refusals = new();

        internal IReadOnlyCollection<string> Failures => _failures;

        internal IReadOnlyCollection<string> Refusals => _refusals;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // What nobody waited for (9003) is told of the whole process: of other tests' listeners too, so those observe theirs (FakeReceivers).
            if (logLevel >= LogLevel.Error)
                _failures.Enqueue($"{formatter(state, exception)} {exception}");
            else if (eventId.Id is >= 2000 and < 3000 or 9002)
                _refusals.Enqueue(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
