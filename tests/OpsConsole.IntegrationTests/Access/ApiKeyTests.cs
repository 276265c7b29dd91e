using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Access;

namespace OpsConsole.IntegrationTests.Access;

public sealed class ApiKeyTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    // Nothing is there: 404 tells that the door was passed.
    private static readonly Uri Behind = new("/api/v1/no-such-thing", UriKind.Relative);

    private ApiKeys Keys => console.Services.GetRequiredService<ApiKeys>();

    private static async Task<HttpStatusCode> TryAsync(HttpClient client)
    {
        using var answer = await client.GetAsync(Behind);
        return answer.StatusCode;
    }

    [Fact]
    public async Task Key_Issued_OpensAndIsKeptHashedOnly()
    {
        var text = await console.IssueKeyAsync("courier-a", simulated: false, Scopes.Read);
        using var client = console.ClientWith(text);

        Assert.Equal(HttpStatusCode.NotFound, await TryAsync(client));
        Assert.Matches("^oc_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}$", text);
        foreach (var file in Directory.GetFiles(console.Folder, "opsconsole.db*").Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            var content = await ReadSharedAsync(file);
            Assert.DoesNotContain(text[^38..], content, StringComparison.Ordinal);
            Assert.DoesNotContain(ConsoleFactory.Key, content, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Call_ThatIsRefusedAtTheDoor_IsToldWhatItLacks()
    {
        using var client = console.ClientWith(await console.IssueKeyAsync("courier-told", simulated: false, Scopes.Intake));
        using var nobody = console.ClientWith("oc_live_nobody");
        using var xml = new StringContent("<a/>", Encoding.UTF8, "text/xml");
        Assert.Equal("The credential lacks the scope read.", await DetailAsync(client.GetAsync(new Uri("/api/v1/cases", UriKind.Relative))));
        Assert.Contains("X-Api-Key", await DetailAsync(nobody.GetAsync(new Uri("/api/v1/cases", UriKind.Relative))), StringComparison.Ordinal);
        Assert.Contains("application/x-ndjson", await DetailAsync(client.PostAsync(new Uri("/api/v1/shipments", UriKind.Relative), xml)), StringComparison.Ordinal);

        static async Task<string?> DetailAsync(Task<HttpResponseMessage> call)
        {
            using var answer = await call;
            using var body = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync());
            return body.RootElement.GetProperty("detail").GetString();
        }
    }

    [Fact]
    public async Task Key_Revoked_ShutsAtOnce()
    {
        var text = await console.IssueKeyAsync("courier-b", simulated: false, Scopes.Read);
        using var client = console.ClientWith(text);
        Assert.Equal(HttpStatusCode.NotFound, await TryAsync(client));

        Assert.True(await Keys.RevokeAsync(text.Substring(8, 8), Caller.System));

        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(client));
        Assert.False(await Keys.RevokeAsync(text.Substring(8, 8), Caller.System));
    }

    [Fact]
    public async Task Key_Lapsed_NoLongerOpens()
    {
        var source = await console.Services.GetRequiredService<Sources>().EnsureAsync("courier-c", simulated: false, Caller.System);
        var (_, text) = await Keys.IssueAsync("old", source.Id, [Scopes.Read], DateTimeOffset.UnixEpoch, Caller.System);
        using var client = console.ClientWith(text);

        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(client));
    }

    [Fact]
    public async Task Key_OneCharacterChanged_DoesNotOpen()
    {
        var text = await console.IssueKeyAsync("courier-d", simulated: false, Scopes.Read);
        for (var i = 0; i < text.Length; i += 7)
        {
            var changed = text[..i] + (text[i] == 'x' ? 'y' : 'x') + text[(i + 1)..];
            using var client = console.ClientWith(changed);
            Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(client));
        }
    }

    [Fact]
    public async Task Key_InTheUrl_IsNotTaken()
    {
        using var answer = await console.Anonymous.GetAsync(new Uri($"{Behind}?X-Api-Key={ConsoleFactory.Key}&api_key={ConsoleFactory.Key}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Key_Missing_GetsProblemDetailsWithTraceId()
    {
        using var answer = await console.Anonymous.GetAsync(Behind);

        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(401, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("traceId").GetString()!);
    }

    [Fact]
    public async Task Key_OverItsLimit_IsToldHowLongToWait()
    {
        var text = await console.IssueKeyAsync("courier-e", simulated: false, Scopes.Read);
        Assert.True(await Keys.LimitAsync(text.Substring(8, 8), 1, Caller.System));
        using var client = console.ClientWith(text);
        HttpResponseMessage? refused = null;
        for (var i = 0; i < 10 && refused is null; i++)
        {
            var answer = await client.GetAsync(Behind);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                refused = answer;
            else
                answer.Dispose();
        }

        Assert.NotNull(refused);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        refused.Dispose();
    }

    [Fact]
    public async Task Key_Used_IsNotedOnceAMinute()
    {
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-03-01T10:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        await using var other = new ConsoleFactory(services => services.AddSingleton<TimeProvider>(time));
        var text = await other.IssueKeyAsync("courier-f", simulated: false, Scopes.Read);
        using var client = other.ClientWith(text);
        await TryAsync(client);

        await other.Services.GetRequiredService<ApiKeys>().NoteUseAsync(CancellationToken.None);

        Assert.Equal(time.GetUtcNow(), Assert.Single(await other.Services.GetRequiredService<ApiKeys>().ListAsync()).LastUsedAt);
    }

    [Fact]
    public async Task Keys_IssuedAndRevoked_StandInTheAudit()
    {
        var text = await console.IssueKeyAsync("courier-g", simulated: false, Scopes.Read);
        var id = text.Substring(8, 8);
        await Keys.RevokeAsync(id, Caller.System);

        Assert.Equal(1, console.Count($"SELECT COUNT(*) FROM audit WHERE what = 'apiKey.issued' AND subject = '{id}'"));
        Assert.Equal(1, console.Count($"SELECT COUNT(*) FROM audit WHERE what = 'apiKey.revoked' AND subject = '{id}'"));
    }

    private static async Task<string> ReadSharedAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }
}
