using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Access;
using OpsConsole.Operations.Alerts;
using OpsConsole.Operations.Alerts.Delivery;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Operations;

/// <summary>Alerts by mail and webhook while the receivers are away, refuse, fail, hang, and are back (F14).</summary>
public sealed class AlertDeliveryTests : IClassFixture<ConsoleFactory>, IDisposable
{
    private const string Secret = "a-secret-of-the-webhook";
    private static readonly Caller Boss = new(1, null, "Boss", 1, "console", false, false);
    private static readonly IPNetwork[] ThisMachine = [IPNetwork.Parse("127.0.0.0/8")];

    private readonly ConsoleFactory _console;
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly AlertOptions _options;
    private readonly AlertOutbox _outbox;
    private readonly SendByWebhook _webhook;
    private readonly DeliverAlerts _deliver;
    private readonly int _mailPort = FreePort.Next();
    private readonly int _webPort = FreePort.Next();

    public AlertDeliveryTests(ConsoleFactory console)
    {
        _console = console;
        _options = new AlertOptions
        {
            EmailTo = ["night@example.org"],
            SmtpHost = "127.0.0.1",
            SmtpPort = _mailPort,
            SmtpSecurity = SmtpSecurity.None,
            SmtpFrom = "ops@example.org",
            WebhookUrl = new Uri($"http://127.0.0.1:{_webPort}/alerts"),
            WebhookSecret = Secret,
            WebhookNetworks = ThisMachine,
            ConsoleUrl = new Uri("https://ops.example.org/"),
        };
        var posted = new AlertPosted();
        _outbox = new AlertOutbox(Factory, Writer, _options, Ids, _time, posted, console.Services.GetRequiredService<Audit>());
        _webhook = new SendByWebhook(_options, new OutwardConnections(), _time);
        _deliver = new DeliverAlerts(
            _outbox, [new SendByEmail(_options), _webhook], new AlertMessages([], _options), posted, _time, NullLogger<DeliverAlerts>.Instance);
        // Each test begins with an empty outbox.
        Writer.WriteAsync(session => session.Execute(new Statement("DELETE FROM alert_deliveries"))).GetAwaiter().GetResult();
    }

    private IDbContextFactory<OpsConsoleDb> Factory => _console.Services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>();

    private GroupedWriter Writer => _console.Services.GetRequiredService<GroupedWriter>();

    private Ids Ids => _console.Services.GetRequiredService<Ids>();

    public void Dispose()
    {
        _webhook.Dispose();
        _deliver.Dispose();
    }

    private AlertStore Store() => new(Factory, Writer, Ids, _time, _console.Services.GetRequiredService<Audit>(), [_outbox]);

    private Task RaiseAsync(string code) => Store().RaiseAsync(code, new AlertReading("feed a\r\nBcc: everyone@example.org", 7, "7 of it"), default);

    private async Task<string> StatesAsync()
    {
        await using var db = await Factory.CreateDbContextAsync();
        return string.Join(' ', await db.Set<AlertDelivery>().OrderBy(d => d.Channel).ThenBy(d => d.Key).Select(d => d.State.ToString()).ToListAsync());
    }

    private Task TryAgainAsync()
    {
        _time.Advance(TimeSpan.FromMinutes(15));
        return _deliver.DeliverAsync(default);
    }

    [Fact]
    public async Task Mail_ServerAwayRefusingHangingThenBack_ArrivesOnce()
    {
        await RaiseAsync("mail");
        await using var webhook = await FakeWebhook.StartAsync(_webPort);
        await _deliver.DeliverAsync(default); // Nobody listens.
        Assert.Equal("Waiting Sent", await StatesAsync());

        await using (var refusing = new FakeMailServer(_mailPort, FakeMailServer.TransactionFailed))
            await TryAgainAsync();
        Assert.Equal("Waiting Sent", await StatesAsync());
        Assert.Contains("554", (await _outbox.UnsentAsync(10, default))[0].Delivery.Problem, StringComparison.Ordinal);

        using (var silent = new SilentServer(_mailPort))
        {
            var trying = TryAgainAsync();
            await silent.Called.Task;
            _time.Advance(TimeSpan.FromSeconds(21));
            await trying;
        }
        Assert.Equal("Waiting Sent", await StatesAsync());

        await using var server = new FakeMailServer(_mailPort, FakeMailServer.Ok);
        await TryAgainAsync();
        await TryAgainAsync();
        Assert.Equal("Sent Sent", await StatesAsync());
        var mail = Assert.Single(server.Mails);
        Assert.Equal("[OpsConsole] Alert: mail (feed a  Bcc: everyone@example.org)", mail.Subject);
        Assert.Equal("night@example.org", Assert.Single(mail.GetRecipients()).Address);
        Assert.Contains("7 of it", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("https://ops.example.org/alerts", mail.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Webhook_AwayFailingRedirectingHangingThenBack_ArrivesSignedOnce()
    {
        await using var mail = new FakeMailServer(_mailPort, FakeMailServer.Ok);
        await RaiseAsync("hook");
        await _deliver.DeliverAsync(default);
        Assert.Equal("Sent Waiting", await StatesAsync());

        using (var silent = new SilentServer(_webPort))
        {
            var trying = TryAgainAsync();
            await silent.Called.Task;
            _time.Advance(TimeSpan.FromSeconds(11));
            await trying;
        }
        await using var webhook = await FakeWebhook.StartAsync(_webPort);
        var taken = webhook.Answer;
        foreach (var (status, location) in new[] { (500, null), (429, null), (302, $"http://127.0.0.1:{_webPort}/elsewhere") })
        {
            webhook.Answer = http =>
            {
                http.Response.StatusCode = status;
                http.Response.Headers.Location = location;
                return Task.CompletedTask;
            };
            await TryAgainAsync();
            Assert.Equal("Sent Waiting", await StatesAsync());
            Assert.Contains($"{status}", (await _outbox.UnsentAsync(10, default))[0].Delivery.Problem, StringComparison.Ordinal);
        }
        Assert.Equal(3, webhook.Posts.Count); // The redirect was not followed.
        webhook.Answer = taken;
        await TryAgainAsync();
        await TryAgainAsync();
        Assert.Equal("Sent Sent", await StatesAsync());
        Assert.Equal(4, webhook.Posts.Count);
        AssertSigned(webhook.Posts.Last());
        Assert.Single(webhook.Posts.Select(p => p.Headers[SendByWebhook.DeliveryHeader]).Distinct());
    }

    private static void AssertSigned(FakeWebhook.Post post)
    {
        Assert.Equal(SendByWebhook.Signature(Secret, post.Headers[SendByWebhook.TimestampHeader], post.Body), post.Headers[SendByWebhook.SignatureHeader]);
        Assert.NotEqual(SendByWebhook.Signature("another secret 123", post.Headers[SendByWebhook.TimestampHeader], post.Body), post.Headers[SendByWebhook.SignatureHeader]);
        var body = JsonDocument.Parse(post.Body).RootElement;
        Assert.Equal(("firing", "hook", 7d), (body.GetProperty("state").GetString(), body.GetProperty("code").GetString(), body.GetProperty("value").GetDouble()));
    }

    [Fact]
    public async Task Webhook_ThatAnswersWithoutEnd_IsDoneOnceItsStatusIsKnown()
    {
        await using var mail = new FakeMailServer(_mailPort, FakeMailServer.Ok);
        await using var webhook = await FakeWebhook.StartAsync(_webPort);
        var stopped = new TaskCompletionSource();
        webhook.Answer = async http =>
        {
            var chunk = new byte[1 << 16];
            while (!http.RequestAborted.IsCancellationRequested)
                await http.Response.Body.WriteAsync(chunk);
            stopped.SetResult();
        };
        await RaiseAsync("endless");
        await _deliver.DeliverAsync(default);
        Assert.Equal("Sent Sent", await StatesAsync());
        await stopped.Task.WaitAsync(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task Message_NotTakenForADay_IsGivenUpCountedAndCanBeSentAgain()
    {
        await RaiseAsync("dead");
        for (var hour = 0; hour <= 25; hour++)
        {
            await _deliver.DeliverAsync(default);
            _time.Advance(TimeSpan.FromHours(1));
        }
        Assert.Equal("Dead Dead", await StatesAsync());
        Assert.Equal(2, Assert.Single(await new AlertDeliveryRule(_outbox).ReadAsync(default)).Value);

        await using var mail = new FakeMailServer(_mailPort, FakeMailServer.Ok);
        await using var webhook = await FakeWebhook.StartAsync(_webPort);
        await _deliver.DeliverAsync(default);
        Assert.Empty(mail.Mails);
        foreach (var (delivery, _) in await _outbox.UnsentAsync(10, default))
            await _outbox.AgainAsync(delivery, Boss);
        await _deliver.DeliverAsync(default);
        Assert.Equal("Sent Sent", await StatesAsync());
    }

    [Fact]
    public async Task Message_OfTwoInstancesAtOnce_IsSentOnce()
    {
        await using var mail = new FakeMailServer(_mailPort, FakeMailServer.Ok);
        await using var webhook = await FakeWebhook.StartAsync(_webPort);
        await RaiseAsync("once");
        await Task.WhenAll(_deliver.DeliverAsync(default), _deliver.DeliverAsync(default), _deliver.DeliverAsync(default));
        Assert.Equal((1, 1), (mail.Mails.Count, webhook.Posts.Count));
    }

    [Fact]
    public async Task Program_WithBothSet_TellsOfATestAndWritesNoSecretToItsLog()
    {
        const string password = "a-webhook-secret-not-for-logs";
        await using var mail = new FakeMailServer(_mailPort, FakeMailServer.Ok);
        await using var webhook = await FakeWebhook.StartAsync(_webPort);
        await using var program = new ConsoleFactory(
            null, ("Smtp:Host", "127.0.0.1"), ("Smtp:Port", $"{_mailPort}"), ("Smtp:Security", "None"), ("Alerts:EmailTo", "night@example.org"),
            ("Alerts:WebhookUrl", $"http://127.0.0.1:{_webPort}/alerts"), ("Alerts:WebhookSecret", password), ("Alerts:WebhookNetworks", "127.0.0.1"));
        await program.Services.GetRequiredService<AlertStore>().TestAsync(Boss);

        using var enough = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (mail.Mails.Count < 2 || webhook.Posts.Count < 2)
            await look.WaitForNextTickAsync(enough.Token);
        Assert.Equal(["firing", "cleared"], webhook.Posts.Select(p => JsonDocument.Parse(p.Body).RootElement.GetProperty("state").GetString()));
        Assert.DoesNotContain(password, program.Services.GetRequiredService<AlertOptions>().ToString(), StringComparison.Ordinal);
    }
}

/// <summary>Where this program connects to when somebody enters an address (quality 2e, 75).</summary>
public sealed class OutwardConnectionsTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    public void Address_ThatIsNotPublic_IsReachedOnlyWhenNamed(string text)
    {
        var address = IPAddress.Parse(text);
        Assert.False(OutwardConnections.MayReach(address, []));
        Assert.False(OutwardConnections.MayReach(address, [IPNetwork.Parse("203.0.113.0/24")]));
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Assert.True(OutwardConnections.MayReach(address, [new IPNetwork(plain, plain.GetAddressBytes().Length * 8)]));
    }

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("2a00:1450:4001::1")]
    public void Address_Public_IsReached(string text) => Assert.True(OutwardConnections.MayReach(IPAddress.Parse(text), []));

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://127.1/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://localhost/")]
    [InlineData("http://rebinding.example.org/")]
    public async Task Connection_ToWhatIsNotPublic_IsRefusedBeforeAByteIsSent(string url)
    {
        // A name that says one public address and one private.
        var outward = new OutwardConnections((name, _) => Task.FromResult<IPAddress[]>(
            name == "localhost" ? [IPAddress.Loopback] : [IPAddress.Parse("8.8.8.8"), IPAddress.Parse("10.0.0.7")]));
        using var client = new HttpClient(outward.Handler([]));
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri(url)));
        Assert.IsType<NotAllowedException>(failure.InnerException);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://example.org/")]
    [InlineData("http://example.org/hook")]
    [InlineData("https://user:password@example.org/hook")]
    [InlineData("/hook")]
    [InlineData("https://example.org/hook", true)]
    [InlineData("http://localhost:9/hook", true)]
    public void WebhookUrl_OtherThanHttpsOrThisMachine_StopsTheStart(string url, bool allowed = false) =>
        Assert.Equal(allowed, AlertSettingRules.Rules.Single(r => r.Key == "Alerts:WebhookUrl").Fits(url));
}
