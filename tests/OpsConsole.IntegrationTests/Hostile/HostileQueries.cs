using System.Globalization;
using static OpsConsole.IntegrationTests.Hostile.HostileSite;

namespace OpsConsole.IntegrationTests.Hostile;

/// <summary>62 to 70: questions and exports; with them 78 and 79.</summary>
internal static class HostileQueries
{
    private static readonly string[] Figures = ["/api/v1/quality", "/api/v1/quality/curves", "/api/v1/kpis", "/api/v1/threshold", "/api/v1/labels"];

    internal static IEnumerable<HostileRequest> All =>
    [
        .. new[] { "-1", "0", "1000000000", "1e9", "" + long.MaxValue, "ten" }.SelectMany(limit => new[] { "/api/v1/cases", "/api/v1/models" }
            .Select(list => Ask(62, $"{limit} at once", $"{list}?limit={limit}", 422))),
        .. new[] { "/api/v1/cases", "/api/v1/models" }.Select(list => Ask(63, "page 2^31", $"{list}?cursor=2147483648", 422)),
        Ask(64, "order by a column that isn't offered", "/api/v1/cases?sort=Password", 422),
        Ask(64, "order by SQL", "/api/v1/cases?sort=1;drop%20table%20cases", 422),
        .. Figures.Select(path => Ask(65, "an end before its start", $"{path}?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", 422, 200)),
        .. Figures.Select(path => Ask(65, "a hundred years", $"{path}?from=1990-01-01T00:00:00Z&to=2089-12-31T00:00:00Z", 200)),
        .. Figures.Select(path => Ask(65, "no time at all", $"{path}?from=9999-99-99", 422)),
        new(66, "100 filters of 10 KB", site => site.ExpectAsync(
            Request("GET", "/api/v1/cases?" + string.Join('&', Enumerable.Range(0, 100).Select(i => $"f{i}={new string('x', 10_240)}"))), null, 414)),
        new(66, "100 headers of 10 KB", async site =>
        {
            using var request = Request("GET", "/api/v1/cases");
            for (var i = 0; i < 100; i++)
                request.Headers.Add("X-H" + i.ToString(CultureInfo.InvariantCulture), new string('x', 10_240));
            await site.ExpectAsync(request, null, 431);
        }),
        Ask(66, "a filter longer than any value", "/api/v1/cases?area=" + new string('x', 5_000), 422),
        Ask(67, "a parameter twice", "/api/v1/cases?state=open&state=closed", 422),
        Ask(67, "a parameter twice, in figures", "/api/v1/quality?lead=60&lead=120", 422),
        Ask(67, "a parameter twice, in an export", "/api/v1/labels?format=csv&format=parquet", 422),
        Ask(68, "a pattern that never ends", "/api/v1/cases?q=" + Uri.EscapeDataString("^(a+)+$" + new string('a', 60) + "!"), 200),
        new(69, "20 exports at once, each broken off", async site =>
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
            {
                using var request = Request("GET", "/api/v1/labels?decision=lead:240&simulated=include");
                using var answer = await site.Console.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                Assert.True(answer.IsSuccessStatusCode || (int)answer.StatusCode is 429 or 503, $"{(int)answer.StatusCode}");
                await using var body = await answer.Content.ReadAsStreamAsync();
                await body.ReadAtLeastAsync(new byte[1024], 1024, throwOnEndOfStream: false);
            }));
        }),
        Ask(70, "quotes in a file's name", "/api/v1/labels?format=csv%22%0d%0aX-Evil:%201", 422),
        Ask(70, "a file's name that climbs", "/api/v1/labels?model=../../appsettings.json", 422),
        Ask(70, "a file's name that climbs, of a model", "/api/v1/models/..%2f..%2fappsettings.json/promote", 405),
        .. HostileSockets.All,
    ];

    private static HostileRequest Ask(int number, string what, string path, params int[] statuses) =>
        new(number, $"{what}: {path[..Math.Min(60, path.Length)]}", site => site.ExpectAsync(Request("GET", path), null, statuses));
}
