using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;
using static OpsConsole.IntegrationTests.Hostile.HostileSite;
using static OpsConsole.IntegrationTests.Intake.Sent;

namespace OpsConsole.IntegrationTests.Hostile;

/// <summary>38 to 61: who calls, or pretends to.</summary>
internal static class HostileCallers
{
    private const string Cases = "/api/v1/cases";
    private const string Evil = "https://evil.example";

    internal static IEnumerable<HostileRequest> All =>
    [
        new(38, "no key", site => site.ExpectAsync(Request("GET", Cases), site.Console.Anonymous, 401)),
        new(39, "a wrong key with a right beginning", async site =>
        {
            var key = await KeyAsync(site, Scopes.Read);
            using var client = site.Console.ClientWith(key[..^8] + "00000000");
            await site.ExpectAsync(Request("GET", Cases), client, 401);
        })
        { Stores = true },
        new(40, "a revoked key", async site =>
        {
            var key = await KeyAsync(site, Scopes.Read);
            await site.Console.Services.GetRequiredService<ApiKeys>().RevokeAsync(key.Substring(8, 8), Caller.System);
            using var client = site.Console.ClientWith(key);
            await site.ExpectAsync(Request("GET", Cases), client, 401);
        })
        { Stores = true },
        new(41, "a lapsed key", async site =>
        {
            var source = await site.Console.Services.GetRequiredService<Sources>().EnsureAsync("hostile", simulated: true, Caller.System);
            var (_, key) = await site.Console.Services.GetRequiredService<ApiKeys>().IssueAsync("old", source.Id, [Scopes.Read], DateTimeOffset.UnixEpoch, Caller.System);
            using var client = site.Console.ClientWith(key);
            await site.ExpectAsync(Request("GET", Cases), client, 401);
        })
        { Stores = true },
        new(42, "a key in the address", site => site.ExpectAsync(
            Request("GET", $"{Cases}?X-Api-Key={ConsoleFactory.Key}&api_key={ConsoleFactory.Key}&access_token={ConsoleFactory.Key}"), site.Console.Anonymous, 401)),
        new(43, "two keys", async site =>
            Assert.Equal(401, (await site.SendRawAsync(site.Head("GET", Cases, $"X-Api-Key: {ConsoleFactory.Key}"))).Status)),
        new(43, "two Authorization headers", async site => Assert.Equal(401, (await site.SendRawAsync(
            $"GET {Cases} HTTP/1.1\r\nHost: {site.Address.Authority}\r\nAuthorization: Bearer a.b.c\r\nAuthorization: Bearer d.e.f\r\n\r\n")).Status)),
        new(44, "another courier's shipment", async site =>
        {
            var sent = Shipment();
            await site.ExpectAsync(Request("POST", "/api/v1/shipments", sent.ToJsonString()), null, 200);
            using var other = site.Console.ClientWith(await KeyAsync(site, Scopes.Intake, Scopes.Read));
            await site.ExpectAsync(Request("POST", "/api/v1/shipments", sent.With("service", "taken-over").ToJsonString()), other, 422);
            foreach (var method in new[] { "PATCH", "PUT", "DELETE" })
                await site.ExpectAsync(Request(method, $"/api/v1/shipments/{sent["shipmentId"]}", "{}"), other, 405);
        })
        { Stores = true },
        new(45, "ids one after the other", async site =>
        {
            var answers = new HashSet<string>();
            for (var id = 1; id <= 20; id++)
            {
                var answer = JsonNode.Parse(await site.ExpectAsync(Request("GET", $"/api/v1/shipments/{id}"), null, 404))!.AsObject();
                answer.Remove("traceId");
                answers.Add(answer.ToJsonString());
            }
            Assert.Single(answers);
        }),
        new(46, "a key that may only read", async site =>
        {
            using var reader = site.Console.ClientWith(await KeyAsync(site, Scopes.Read));
            foreach (var path in new[] { "shipments", "events", "conditions", "contacts", "predictions", "models/train", "models/x/promote", "models/x/retire", "cases/S/judgements", "customers/erase" })
                await site.ExpectAsync(Request("POST", $"/api/v1/{path}", "{}"), reader, 403);
            await site.ExpectAsync(Request("GET", "/api/v1/labels"), reader, 403);
            await site.ExpectAsync(Request("DELETE", "/api/v1/runs/1"), reader, 403);
        })
        { Stores = true },
        new(47, "a dispatcher at what is an analyst's or administrator's", async site =>
        {
            using var dispatcher = await site.PersonAsync(Roles.Dispatcher);
            foreach (var path in new[] { "models/x/promote", "models/x/retire", "models/x/backtest", "models/train", "predictions", "customers/erase" })
                await site.ExpectAsync(Request("POST", $"/api/v1/{path}", "{}"), dispatcher, 403);
            await site.ExpectAsync(Request("GET", "/api/v1/labels"), dispatcher, 403);
            foreach (var path in new[] { "/settings", "/settings/people", "/settings/keys", "/settings/audit" })
                Assert.Equal(302, (await site.SendAsync(Request("GET", path), dispatcher)).Status);
        })
        { Stores = true },
        new(48, "100 wrong passwords, then the right one", GuessAsync) { Stores = true },
        new(49, "who exists, asked of the sign-in page", async site =>
        {
            using var client = site.Browser();
            var answers = new List<string>();
            foreach (var email in new[] { ConsoleFactory.AdminEmail, "nobody.at.all@example.org" })
            {
                using var answer = await ConsoleFactory.SignInAsync(client, email, "not-the-password-at-all");
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                answers.Add(ConsoleFactory.Between(await answer.Content.ReadAsStringAsync(), "role=\"alert\">", "</p>"));
            }
            Assert.Equal(answers[0], answers[1]);
        }),
        new(53, "the cookie of a session that was ended", OldCookieAsync) { Stores = true },
        new(54, "a form without its token", async site =>
        {
            foreach (var path in new[] { "/sign-in", "/demo/enter" })
            {
                var (status, _, _) = await site.SendAsync(Request("POST", path, "Input.Email=a&Input.Password=b&_handler=sign-in&email=x", "application/x-www-form-urlencoded"), site.Console.Anonymous, person: true);
                Assert.Equal(400, status);
            }
        }),
        new(55, "a form from another site", async site =>
        {
            foreach (var origin in new[] { Evil, "null" })
            {
                using var request = Request("POST", "/api/v1/events", "{}");
                request.Headers.Add("Origin", origin);
                await site.ExpectAsync(request, null, 403);
            }
        }),
        new(55, "a preflight from another site", async site =>
        {
            foreach (var origin in new[] { Evil, "null" })
            {
                using var request = Request("OPTIONS", "/api/v1/events");
                request.Headers.Add("Origin", origin);
                request.Headers.Add("Access-Control-Request-Method", "POST");
                var (status, _, headers) = await site.SendAsync(request);
                Assert.True(status is 405 or 204 or 403, $"{status}");
                Assert.False(headers.Contains("Access-Control-Allow-Origin"));
            }
        }),
        new(56, "circuit and hub from another site", async site =>
        {
            using var person = await site.PersonAsync(Roles.Dispatcher);
            foreach (var path in new[] { "/_blazor", "/hubs/operations" })
            {
                using var request = Request("GET", path);
                request.Headers.Add("Origin", Evil);
                request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
                request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
                request.Headers.Add("Sec-WebSocket-Version", "13");
                request.Headers.Add("Sec-WebSocket-Key", Convert.ToBase64String(new byte[16]));
                await site.ExpectAsync(request, person, 403);
            }
        })
        { Stores = true },
        new(57, "the hub without signing in", async site =>
        {
            await site.ExpectAsync(Request("POST", "/hubs/operations/negotiate?negotiateVersion=1"), site.Console.Anonymous, 401);
            await site.ExpectAsync(Request("GET", "/hubs/operations?id=x"), site.Console.Anonymous, 401);
        }),
        new(57, "a method that the hub doesn't have", async site =>
        {
            await using var hub = Hub(site);
            await hub.StartAsync();
            foreach (var method in new[] { "AddToGroup", "OnDisconnectedAsync", "Dispose", "ShipmentsChanged" })
                await Assert.ThrowsAsync<HubException>(() => hub.InvokeAsync(method, "everybody"));
            await Assert.ThrowsAsync<HubException>(() => hub.InvokeAsync("Subscribe", "not a number"));
            Assert.True(await hub.InvokeAsync<long>("Subscribe", (long?)null) >= 0);
        }),
        .. new[] { "//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example/", "javascript:alert(1)", "/%0d%0aX-Evil: 1" }
            .Select(to => new HostileRequest(58, $"sent on to {to}", site => SentOnAsync(site, to))),
        .. new[]
        {
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "a.b.c", "..", new string('a', 9_000), "eyJhbGciOiJSUzI1NiIsImprdSI6Imh0dHBzOi8vZXZpbC5leGFtcGxlIn0.e30.AAAA",
        }.Select(token => new HostileRequest(59, $"a token that isn't one: {token[..Math.Min(20, token.Length)]} ({token.Length})", async site =>
        {
            using var request = Request("GET", Cases);
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
            await site.ExpectAsync(request, site.Console.Anonymous, token.Length > 8_000 ? 431 : 401, 401);
        })),
        new(60, "another host's name", async site =>
        {
            using var request = Request("GET", "/sign-in");
            request.Headers.Host = "evil.example";
            request.Headers.Add("X-Forwarded-Host", "evil.example");
            request.Headers.Add("X-Forwarded-Proto", "https");
            var (status, page, headers) = await site.SendAsync(request, site.Console.Anonymous, person: true);
            Assert.Equal(200, status);
            Assert.DoesNotContain("evil.example", page, StringComparison.Ordinal);
            Assert.DoesNotContain("evil.example", headers.ToString(), StringComparison.Ordinal);
        }),
        new(60, "an address that isn't the caller's", async site =>
        {
            using var request = Request("GET", "/metrics");
            request.Headers.Add("X-Forwarded-For", "127.0.0.1");
            await site.ExpectAsync(request, site.Console.Anonymous, 401);
        }),
        new(61, "a method in a header", async site =>
        {
            using var request = Request("GET", "/api/v1/runs/1");
            request.Headers.Add("X-HTTP-Method-Override", "DELETE");
            request.Headers.Add("X-Method-Override", "DELETE");
            await site.ExpectAsync(request, null, 404);
        }),
        new(61, "TRACE", async site =>
        {
            var (status, text, _) = await site.SendRawAsync(site.Head("TRACE", Cases, "X-Secret: cobalt"));
            Assert.True(status is 405 or 501 or 400, $"{status}");
            Assert.DoesNotContain("cobalt", text, StringComparison.Ordinal);
        }),
        new(61, "OPTIONS *", async site => Assert.InRange((await site.SendRawAsync(site.Head("OPTIONS", "*"))).Status, 200, 499)),
        new(61, "two lengths, or a length and chunks", async site =>
        {
            var two = await site.SendRawAsync(site.Head("POST", "/api/v1/events", "Content-Type: application/json", "Content-Length: 2", "Content-Length: 3"), "{} "u8.ToArray());
            Assert.Equal(400, two.Status);
            var both = await site.SendRawAsync(
                site.Head("POST", "/api/v1/events", "Content-Type: application/json", "Content-Length: 4", "Transfer-Encoding: chunked"),
                "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            Assert.Equal(400, both.Status);
            Assert.DoesNotContain("HTTP/1.1 404", both.Text, StringComparison.Ordinal);
        }),
        new(61, "bytes that are no HTTP", async site => Assert.Equal(400, (await site.SendRawAsync("\u0016\u0003\u0001 hello\r\n\r\n")).Status)),
    ];

    internal static Task<string> KeyAsync(HostileSite site, params string[] scopes) => site.Console.IssueKeyAsync("hostile", simulated: true, scopes);

    internal static HubConnection Hub(HostileSite site) => new HubConnectionBuilder()
        .WithUrl(new Uri(site.Address, "/hubs/operations"), options => options.Headers["X-Api-Key"] = ConsoleFactory.Key).Build();

    private static async Task GuessAsync(HostileSite site)
    {
        const string email = "guessed@example.org";
        const string password = "amber-quill-three-rivers";
        Assert.Empty(await site.Console.Services.GetRequiredService<Users>().AddAsync(email, "Guessed", password, [Roles.Support], Caller.System));
        using var client = site.Browser();
        // The first visit brings the form's cookie; then ten at a time, as each is answered after the same seven tenths of a second.
        await TryAsync(0);
        foreach (var guesses in Enumerable.Range(1, 99).Chunk(10))
            await Task.WhenAll(guesses.Select(TryAsync));
        using var right = await ConsoleFactory.SignInAsync(client, email, password);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.Equal(1, site.Console.Count("SELECT COUNT(*) FROM audit WHERE what = 'user.lockedOut'"));

        async Task TryAsync(int guess)
        {
            using var answer = await ConsoleFactory.SignInAsync(client, email, $"wrong-password-{guess}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    private static async Task OldCookieAsync(HostileSite site)
    {
        using var person = await site.PersonAsync(Roles.Support);
        var page = await person.GetStringAsync(new Uri("/sign-in", UriKind.Relative));
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = ConsoleFactory.Between(page, "name=\"__RequestVerificationToken\" value=\"", "\""),
        });
        using var left = await person.PostAsync(new Uri("/sign-out", UriKind.Relative), form);
        Assert.Equal(302, (int)left.StatusCode);
        await site.ExpectAsync(Request("GET", Cases), person, 401);
    }

    private static async Task SentOnAsync(HostileSite site, string to)
    {
        using var client = site.Browser();
        var address = "/sign-in?returnUrl=" + Uri.EscapeDataString(to);
        var page = await client.GetStringAsync(new Uri(address, UriKind.Relative));
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = ConsoleFactory.Between(page, "name=\"__RequestVerificationToken\" value=\"", "\""),
            ["_handler"] = "sign-in",
            ["Input.Email"] = ConsoleFactory.AdminEmail,
            ["Input.Password"] = ConsoleFactory.AdminPassword,
        });
        using var answer = await client.PostAsync(new Uri(address, UriKind.Relative), form);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        var sent = new Uri(client.BaseAddress!, answer.Headers.Location!);
        Assert.Equal(site.Address.Authority, sent.Authority);
        Assert.False(answer.Headers.Contains("X-Evil"));
    }
}

/// <summary>78 and 79: what is sent over sockets that stay open.</summary>
internal static class HostileSockets
{
    internal static IEnumerable<HostileRequest> All =>
    [
        new(78, "circuits without signing in", async site =>
        {
            for (var i = 0; i < 50; i++)
                await site.ExpectAsync(Request("POST", "/_blazor/negotiate?negotiateVersion=1"), site.Console.Anonymous, 401);
        }),
        new(79, "a message longer than the hub takes", async site =>
        {
            await using var hub = HostileCallers.Hub(site);
            var closed = new TaskCompletionSource();
            hub.Closed += _ =>
            {
                closed.TrySetResult();
                return Task.CompletedTask;
            };
            await hub.StartAsync();
            await Assert.ThrowsAnyAsync<Exception>(() => hub.InvokeAsync("Subscribe", new string('x', 200_000)));
            await closed.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }),
        new(79, "a message that isn't one", async site =>
        {
            foreach (var sent in new byte[][] { "{\"protocol\":\"messagepack\",\"version\":1}\u001e"u8.ToArray(), [0x81, 0xC1, 0xFF, 0x00], "{\"type\":99}\u001e"u8.ToArray() })
            {
                using var socket = new ClientWebSocket();
                socket.Options.SetRequestHeader("X-Api-Key", ConsoleFactory.Key);
                using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(20));
                await socket.ConnectAsync(new Uri($"ws://{site.Address.Authority}/hubs/operations"), enough.Token);
                await socket.SendAsync(sent, WebSocketMessageType.Text, endOfMessage: true, enough.Token);
                Assert.DoesNotContain("   at ", await DrainAsync(socket, enough.Token), StringComparison.Ordinal);
            }
        }),
    ];

    private static async Task<string> DrainAsync(ClientWebSocket socket, CancellationToken enough)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (socket.State == WebSocketState.Open)
            {
                var read = await socket.ReceiveAsync(buffer, enough);
                text.Append(Encoding.UTF8.GetString(buffer, 0, read.Count));
            }
        }
        catch (WebSocketException)
        {
            // Closed without a word, which is as good.
        }
        return text.ToString();
    }
}
