using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Client;

namespace OpsConsole.Tests.Client;

public sealed class OpsConsoleClientTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Noon) { AutoAdvanceAmount = TimeSpan.Zero };
    private readonly Script _script = new();

    [Fact]
    public async Task SendEvents_WithKey_PostsAnArrayAndReadsTheReceipt()
    {
        _script.Answer(HttpStatusCode.OK, """{"accepted":1,"duplicates":1,"rejectedCount":0,"rejected":[],"ignored":["foo"]}""");

        var receipt = await Client().SendEventsAsync([Event("e1"), Event("e2")], validate: true);

        Assert.Equal((1, 1, "foo"), (receipt.Accepted, receipt.Duplicates, Assert.Single(receipt.Ignored)));
        var call = Assert.Single(_script.Calls);
        Assert.Equal("POST /api/v1/events?validate=true application/json secret", call.Line);
        Assert.StartsWith("""[{"eventId":"e1","shipmentId":"s1","type":"arrivedAtFacility",""", call.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendEvents_AllBad_IsAReceipt()
    {
        _script.Answer(HttpStatusCode.UnprocessableEntity,
            """{"title":"All bad","accepted":0,"duplicates":0,"rejectedCount":1,"rejected":[{"index":0,"id":"e1","errors":{"type":["unknown"]}}],"ignored":[]}""",
            mediaType: "application/problem+json");

        var receipt = await Client().SendEventsAsync([Event("e1")]);

        Assert.Equal("unknown", receipt.Rejected.Single().Errors["type"].Single());
    }

    [Fact]
    public async Task Call_Refused_ThrowsWithStatusAndErrors()
    {
        _script.Answer(HttpStatusCode.UnprocessableEntity,
            """{"type":"about:blank","title":"Bad query","status":422,"errors":{"lead":["one of 0, 30"]},"traceId":"t1"}""", mediaType: "application/problem+json");

        var refused = await Assert.ThrowsAsync<OpsConsoleException>(() => Client().GetQualityAsync(new QualityQuery { Lead = 7 }));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Equal("one of 0, 30", refused.Errors["lead"].Single());
        Assert.Equal("t1", refused.Problem.TraceId);
        Assert.Equal("GET /api/v1/quality?lead=7  secret", _script.Calls.Single().Line);
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task Call_WhileOverloaded_WaitsAsLongAsAskedAndSendsTheSameAgain(HttpStatusCode overloaded)
    {
        _script.Answer(overloaded, "", retryAfter: "7");
        _script.Answer(HttpStatusCode.OK, """{"accepted":1}""");

        var sending = Client().SendEventsAsync([Event("e1")]);
        await _script.WaitForCallsAsync(1);
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.False(sending.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        var receipt = await sending.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(1, receipt.Accepted);
        Assert.Equal(_script.Calls[0], _script.Calls[1]);
    }

    [Fact]
    public async Task Call_OverloadedForGood_ThrowsAfterItsRetries()
    {
        for (var i = 0; i < 3; i++)
            _script.Answer(HttpStatusCode.ServiceUnavailable, "", retryAfter: "0");

        var client = Client(new OpsConsoleClientOptions { ApiKey = "secret", MaxRetries = 2 });
        var failure = await Assert.ThrowsAsync<OpsConsoleException>(() => client.GetModelsAsync());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, failure.Status);
        Assert.Equal(3, _script.Calls.Count);
    }

    [Fact]
    public async Task StreamEvents_OverTheLimit_BecomesSeveralCallsWithIndicesOfTheStream()
    {
        _script.Answer(HttpStatusCode.OK, """{"accepted":2}""");
        _script.Answer(HttpStatusCode.OK, """{"accepted":1,"rejectedCount":1,"rejected":[{"index":1,"id":"e3","errors":{}}]}""");
        _script.Answer(HttpStatusCode.OK, """{"accepted":1}""");

        var client = Client(new OpsConsoleClientOptions { ApiKey = "secret", NdjsonCallLines = 2 });
        var receipt = await client.StreamEventsAsync(Enumerable.Range(0, 5).Select(i => Event($"e{i}")).ToAsyncEnumerable());

        Assert.Equal((4, 1), (receipt.Accepted, receipt.RejectedCount));
        Assert.Equal(3, receipt.Rejected.Single().Index);
        Assert.Equal([2, 2, 1], _script.Calls.Select(c => c.Body.Count(b => b == '\n')));
        Assert.All(_script.Calls, c => Assert.Equal("POST /api/v1/events application/x-ndjson secret", c.Line));
    }

    [Fact]
    public async Task Ready_WhenNotReady_IsAnAnswer()
    {
        _script.Answer(HttpStatusCode.ServiceUnavailable, """{"status":"notReady","checks":{"store":"failed"},"backlog":{"unscored":3,"unsettled":4}}""");

        var health = await Client().GetReadyAsync();

        Assert.Equal(("notReady", "failed", 3L), (health.Status, health.Checks!["store"], health.Backlog!.Unscored));
    }

    [Fact]
    public async Task Train_Accepted_AnswersTheRunOfItsLocation()
    {
        _script.Answer(HttpStatusCode.Accepted, "", location: "/api/v1/runs/r%201");

        Assert.Equal("r 1", await Client().TrainAsync(new TrainRequest { Trainer = "lightgbm", DecisionPoint = EventType.Collected, Seed = 1 }));

        Assert.Equal("""{"trainer":"lightgbm","decisionPoint":"collected","seed":1}""", _script.Calls.Single().Body);
    }

    [Fact]
    public async Task Paths_WithOddIds_AreEscaped()
    {
        _script.Answer(HttpStatusCode.NoContent, "");
        _script.Answer(HttpStatusCode.OK, """{"items":[],"cursor":null}""");

        await Client().WithdrawAsync("a:b", "j/1");
        await Client().GetCasesAsync(new CasesQuery { State = CaseState.Open, Q = "x&y", Limit = 5 });

        Assert.Equal("DELETE /api/v1/cases/a%3Ab/judgements/j%2F1  secret", _script.Calls[0].Line);
        Assert.Equal("GET /api/v1/cases?state=open&q=x%26y&limit=5  secret", _script.Calls[1].Line);
    }

    private OpsConsoleClient Client(OpsConsoleClientOptions? options = null) =>
        new(new HttpClient(_script) { BaseAddress = new Uri("http://product") }, options ?? new OpsConsoleClientOptions { ApiKey = "secret" }, _time);

    private static NewEvent Event(string id) =>
        new() { EventId = id, ShipmentId = "s1", Type = EventType.ArrivedAtFacility, OccurredAt = Noon };

    internal sealed record Call(string Line, string Body);

    /// <summary>Answers calls one after another as told, and keeps what was asked.</summary>
    private sealed class Script : HttpMessageHandler
    {
        private readonly Queue<HttpResponseMessage> _answers = new();
        private readonly SemaphoreSlim _arrived = new(0);

        internal List<Call> Calls { get; } = [];

        internal void Answer(HttpStatusCode status, string body, string? retryAfter = null, string mediaType = "application/json", string? location = null)
        {
            var answer = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, mediaType) };
            if (retryAfter is not null)
                answer.Headers.Add("Retry-After", retryAfter);
            if (location is not null)
                answer.Headers.Location = new Uri(location, UriKind.RelativeOrAbsolute);
            _answers.Enqueue(answer);
        }

        internal async Task WaitForCallsAsync(int count)
        {
            for (var i = 0; i < count; i++)
                Assert.True(await _arrived.WaitAsync(TimeSpan.FromSeconds(30)));
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            Calls.Add(new Call(
                $"{request.Method} {request.RequestUri!.PathAndQuery} {request.Content?.Headers.ContentType?.MediaType} {request.Headers.GetValues("X-Api-Key").Single()}", body));
            _arrived.Release();
            return _answers.Dequeue();
        }
    }
}
