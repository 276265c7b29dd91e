using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Operations;

public sealed class OperateTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    private static Uri Path(string path) => new(path, UriKind.Relative);

    [Fact]
    public async Task Ready_Started_NamesItsChecksAndWhatIsBehind()
    {
        using var answer = await console.Anonymous.GetAsync(Path("/health/ready"));
        var ready = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("ok", ready.GetProperty("checks").GetProperty("store").GetString());
        Assert.Equal(0, ready.GetProperty("backlog").GetProperty("unscored").GetInt64());
        Assert.Equal(0, ready.GetProperty("backlog").GetProperty("unsettled").GetInt64());
    }

    [Fact]
    public async Task Ready_ACheckFails_503WithoutSecrets()
    {
        await using var ill = new ConsoleFactory(services => services.AddSingleton<IReadinessCheck>(new Failing()));
        using var answer = await ill.Anonymous.GetAsync(Path("/health/ready"));
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("failed", JsonDocument.Parse(text).RootElement.GetProperty("checks").GetProperty("failing").GetString());
        Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Description_Public_IsOpenApi31AndNamesTheKey()
    {
        var document = JsonDocument.Parse(await console.Anonymous.GetStringAsync(Path("/openapi/v1.json"))).RootElement;

        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var scheme = document.GetProperty("components").GetProperty("securitySchemes").GetProperty("apiKey");
        Assert.Equal("X-Api-Key", scheme.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Reference_Public_IsServedFromHere()
    {
        var page = await console.Anonymous.GetStringAsync(Path("/docs/"));
        Assert.Contains("OpsConsole API", page, StringComparison.Ordinal);
        using var script = await console.Anonymous.GetAsync(Path("/docs/scalar.js"));
        Assert.Equal(HttpStatusCode.OK, script.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Errors_OfTheApi_BecomeProblemDetails(Exception failure, int status, bool retry)
    {
        var http = new DefaultHttpContext { RequestServices = console.Services };
        http.Request.Path = "/api/v1/events";
        http.Response.Body = new MemoryStream();
        var errors = new ApiErrors(console.Services.GetRequiredService<IProblemDetailsService>(), NullLogger<ApiErrors>.Instance);

        Assert.True(await errors.TryHandleAsync(http, failure, CancellationToken.None));

        http.Response.Body.Position = 0;
        var problem = (await JsonDocument.ParseAsync(http.Response.Body)).RootElement;
        Assert.Equal(status, http.Response.StatusCode);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("traceId").GetString()!);
        Assert.DoesNotContain("s3cret", problem.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(retry, http.Response.Headers.ContainsKey("Retry-After"));
    }

    public static TheoryData<Exception, int, bool> Failures => new()
    {
        { new StoreUnavailableException("s3cret"), 503, true },
        { new BadHttpRequestException("s3cret", 413), 413, false },
        { new BadHttpRequestException("s3cret"), 400, false },
        { new InvalidOperationException("s3cret"), 500, false },
    };

    [Theory]
    [InlineData("Failed to bind parameter \"int lead\" from \"s3cret\".", "lead")]
    [InlineData("Required parameter \"string from\" was not provided from query string.", "from")]
    public async Task Errors_OfAParameter_NameItWithoutItsValue(string message, string parameter)
    {
        var http = new DefaultHttpContext { RequestServices = console.Services };
        http.Request.Path = "/api/v1/quality";
        http.Response.Body = new MemoryStream();

        await new ApiErrors(console.Services.GetRequiredService<IProblemDetailsService>(), NullLogger<ApiErrors>.Instance)
            .TryHandleAsync(http, new BadHttpRequestException(message), CancellationToken.None);

        http.Response.Body.Position = 0;
        var detail = (await JsonDocument.ParseAsync(http.Response.Body)).RootElement.GetProperty("detail").GetString()!;
        Assert.Contains($" {parameter} ", detail, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/api/v1/shipments", 405)]
    [InlineData("HEAD", "/api/v1/cases", 405)]
    [InlineData("PUT", "/api/v1/cases", 405)]
    [InlineData("GET", "/api/v1/no-such-thing", 404)]
    [InlineData("PUT", "/api/v1/no-such-thing", 404)]
    public async Task Calls_OfAnotherMethodOrNone_SayWhich(string method, string path, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Path(path));
        using var answer = await console.Client.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(status == 405, answer.Content.Headers.Allow.Count > 0);
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("text/csv")]
    [InlineData("application/x-ndjson")]
    public async Task Errors_WhateverIsAcceptedBack_AreProblemDetailsWithTheirTrace(string accept)
    {
        foreach (var path in new[] { "/api/v1/shipments/nobody", "/api/v1/labels?format=xml", "/api/v1/no-such-thing" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Path(path));
            request.Headers.Add("Accept", accept);
            using var answer = await console.Client.SendAsync(request);

            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
            Assert.NotEmpty(problem.GetProperty("traceId").GetString()!);
        }
    }

    [Fact]
    public async Task Models_ByPages_AreAllOfThem()
    {
        List<string> versions = [];
        string? cursor = null;
        do
        {
            using var answer = await console.Client.GetAsync(Path($"/api/v1/models?limit=1{(cursor is null ? "" : $"&cursor={cursor}")}"));
            var page = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
            versions.Add(Assert.Single(page.GetProperty("items").EnumerateArray()).GetProperty("version").GetString()!);
            cursor = page.GetProperty("cursor").GetString();
        }
        while (cursor is not null);

        Assert.Equal(["random-1", "rule-1"], versions.Order(StringComparer.Ordinal));
        foreach (var bad in new[] { "limit=0", "limit=1001", "cursor=nothing" })
        {
            using var refused = await console.Client.GetAsync(Path($"/api/v1/models?{bad}"));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }
    }

    private sealed class Failing : IReadinessCheck
    {
        public string Name => "failing";

        public ValueTask<string?> LookAsync(CancellationToken cancellation) => throw new InvalidOperationException("Password=s3cret");
    }
}
