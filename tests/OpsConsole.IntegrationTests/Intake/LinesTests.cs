using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Store;
using static OpsConsole.IntegrationTests.Intake.Sent;

namespace OpsConsole.IntegrationTests.Intake;

/// <summary>Bodies of one object a line, and calls that come while the store is busy.</summary>
public sealed class LinesTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    private const string Lines = "application/x-ndjson";

    [Fact]
    public async Task Lines_SomeBad_AreRefusedAtTheirIndexAndTheRestStored()
    {
        var id = Id("E");
        var body = $"""
            {Event(id + 0).ToJsonString()}
            not JSON
            {Event(id + 2).ToJsonString()}

            [1]
            {Event(id + 4).With("type", "lost").ToJsonString()}
            {Event(id + 5).ToJsonString()[..^1]}
            {Event(id + 6).ToJsonString()} {Event(id + 7).ToJsonString()}
            {Event(id + 8).ToJsonString()}
            """;
        using var answer = await console.Client.PostAsync("events", body.Replace("\n", "\r\n", StringComparison.Ordinal), Lines);
        var receipt = await answer.ReceiptAsync();
        Assert.Equal((3, 5), (receipt.Accepted, receipt.RejectedCount));
        Assert.Equal([1, 3, 4, 5, 6], receipt.Rejected.Select(r => r.Index));
        Assert.Equal(["$", "$", "type", "$", "$"], receipt.Rejected.Select(r => r.Errors.Keys.Single()));
        Assert.Equal(3, console.Count($"SELECT COUNT(*) FROM events WHERE event_id LIKE '{id}%'"));
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("\n\n \r\n", 400)]
    [InlineData("nothing", 422)]
    [InlineData("{}\n{}", 422)]
    public async Task Lines_NoneGood_AreRefused(string body, int status)
    {
        using var answer = await console.Client.PostAsync("events", body, Lines);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Lines_ManyInSmallPieces_AreAllTaken()
    {
        var id = Id("E");
        var body = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 2_000).Select(i => Event(id + i, "S-lines").ToJsonString())));
        var pipe = new Pipe();
        using var content = new StreamContent(pipe.Reader.AsStream());
        content.Headers.ContentType = new MediaTypeHeaderValue(Lines);
        var answering = console.Client.PostAsync(new Uri("/api/v1/events", UriKind.Relative), content);
        for (var at = 0; at < body.Length; at += 4_001)
            await pipe.Writer.WriteAsync(body.AsMemory(at, Math.Min(4_001, body.Length - at)));
        await pipe.Writer.CompleteAsync();
        using var answer = await answering;
        Assert.Equal(2_000, (await answer.ReceiptAsync()).Accepted);
        Assert.Equal(2_000, console.Count($"SELECT COUNT(*) FROM events WHERE event_id LIKE '{id}%'"));
    }

    [Fact]
    public async Task Lines_BeforeTheEndOfTheStream_AreStoredAlready()
    {
        var id = Id("E");
        var pipe = new Pipe();
        using var content = new StreamContent(pipe.Reader.AsStream());
        content.Headers.ContentType = new MediaTypeHeaderValue(Lines);
        var answering = console.Client.PostAsync(new Uri("/api/v1/events", UriKind.Relative), content);
        for (var i = 0; i < 600; i++)
            await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(Event(id + i).ToJsonString() + "\n"));
        using var enough = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (console.Count($"SELECT COUNT(*) FROM events WHERE event_id LIKE '{id}%'") < 500)
            await timer.WaitForNextTickAsync(enough.Token);
        Assert.False(answering.IsCompleted);
        await pipe.Writer.CompleteAsync();
        using var answer = await answering;
        Assert.Equal(600, (await answer.ReceiptAsync()).Accepted);
    }

    [Fact]
    public async Task Line_TooLong_IsRefusedAndTheNextTaken()
    {
        var body = Event().With("reason", new string('x', 3 << 20)).ToJsonString() + "\n" + Event().ToJsonString();
        using var answer = await console.Client.PostAsync("events", body, Lines);
        var receipt = await answer.ReceiptAsync();
        Assert.Equal((1, 1), (receipt.Accepted, receipt.RejectedCount));
        Assert.Contains("1 MiB", receipt.Rejected[0].Errors["$"][0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_OnlyValidated_SeeTheirOwnDuplicatesAcrossParts()
    {
        var lines = Enumerable.Range(0, 400).Select(_ => Event().ToJsonString()).ToList();
        using var answer = await console.Client.PostAsync("events?validate=true", string.Join('\n', [.. lines, .. lines]), Lines);
        var receipt = await answer.ReceiptAsync();
        Assert.Equal((400, 400), (receipt.Accepted, receipt.Duplicates));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData(Lines)]
    public async Task Calls_WhileTooMuchWaits_Get503AndNothingOfThemIsStored(string mediaType)
    {
        await using var busy = new ConsoleFactory(services =>
        {
            var options = (StoreOptions)services.Last(s => s.ServiceType == typeof(StoreOptions)).ImplementationInstance!;
            services.AddSingleton(options with { QueuedItems = 300 });
        });
        using var client = busy.Client;
        var gate = busy.Services.GetRequiredService<WriteGate>();
        var pass = await gate.EnterAsync(WritePriority.People);
        // Many, so that what the program itself writes meanwhile, item by item, doesn't count.
        const int items = 200;
        var waiting = client.SendAsync("events", [.. Enumerable.Range(0, items).Select(i => Event($"first-{i}"))]);
        var writer = busy.Services.GetRequiredService<GroupedWriter>();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (writer.QueuedItems < items)
            await timer.WaitForNextTickAsync();
        var body = string.Join('\n', Enumerable.Range(0, items).Select(i => Event($"second-{i}").ToJsonString()));
        using var refused = await client.PostAsync("events", mediaType == Lines ? body : $"[{body.Replace('\n', ',')}]", mediaType);
        Assert.True(refused.StatusCode == HttpStatusCode.ServiceUnavailable, $"{(int)refused.StatusCode} {await refused.Content.ReadAsStringAsync()}");
        Assert.NotNull(refused.Headers.RetryAfter);
        pass.Dispose();
        Assert.Equal(items, (await waiting).Accepted);
        Assert.Equal(0, busy.Count("SELECT COUNT(*) FROM events WHERE event_id LIKE 'second-%'"));
    }
}
