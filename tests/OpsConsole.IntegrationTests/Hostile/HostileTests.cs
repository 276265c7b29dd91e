using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace OpsConsole.IntegrationTests.Hostile;

/// <summary>One hostile request of the eighty, or one form of it.</summary>
/// <param name="Number">Its number in the catalogue.</param>
/// <param name="What">What is hostile about it.</param>
/// <param name="TryAsync">Sends it and checks the answer.</param>
internal sealed record HostileRequest(int Number, string What, Func<HostileSite, Task> TryAsync)
{
    /// <summary>It is odd but allowed, so that something may be stored.</summary>
    internal bool Stores { get; init; }
}

/// <summary>
/// The eighty hostile requests: never a failure of the server, never a stack trace, no change of state, an answer within two seconds (or the
/// timeout that docs/security.md names), the right code. What belongs to a feature that isn't here is named with its reason, and the test
/// fails once the feature comes without its requests.
/// </summary>
[Collection(nameof(Timed))]
public sealed class HostileTests(HostileSite site) : IClassFixture<HostileSite>
{
    private const int Highest = 80;

    private static readonly IReadOnlyList<HostileRequest> Table = [.. HostileBodies.All, .. HostileCallers.All, .. HostileQueries.All];

    public static TheoryData<int, int, string> Requests()
    {
        var rows = new TheoryData<int, int, string>();
        for (var i = 0; i < Table.Count; i++)
            rows.Add(i, Table[i].Number, Table[i].What);
        return rows;
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Request_Hostile_IsAnsweredRightlyAndChangesNothing(int row, int number, string what)
    {
        var request = Table[row];
        Assert.Equal((number, what), (request.Number, request.What));
        var (before, failures) = (site.State(), site.Failures.Count);

        await request.TryAsync(site);

        if (!request.Stores)
            Assert.Equal(before, site.State());
        Assert.True(site.Failures.Count == failures, string.Join('\n', site.Failures.Skip(failures)));
        using var alive = await site.Console.Anonymous.GetAsync(new Uri("/health/live", UriKind.Relative));
        Assert.True(alive.IsSuccessStatusCode);
    }

    [Fact]
    public void Numbers_OneToEighty_EachAreTriedOrNamedWithAReason()
    {
        var tried = Table.Select(r => r.Number).ToHashSet();
        var missing = Enumerable.Range(1, Highest).Where(n => !tried.Contains(n) && !HostileElsewhere.Reasons.ContainsKey(n)).ToList();
        Assert.True(missing.Count == 0, "Neither tried nor named: " + string.Join(", ", missing));
        Assert.All(HostileElsewhere.Reasons.Values, reason => Assert.True(reason.Why.Length > 20));
    }

    [Fact]
    public void Features_ThatArentHere_AreStillNotHere()
    {
        var routes = site.Console.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/')).ToList();
        foreach (var (number, (_, absent)) in HostileElsewhere.Reasons)
            Assert.True(absent is null || !routes.Exists(r => r.Contains(absent, StringComparison.OrdinalIgnoreCase)), $"{absent} has come: try {number} on it.");
    }

    [Fact]
    public async Task Refusals_OfKeysAndOfWhatIsNoRequest_StandInTheLog()
    {
        using var stranger = site.Console.ClientWith("oc_live_00000000_00000000000000000000000000000000000000");
        await site.ExpectAsync(HostileSite.Request("GET", "/api/v1/cases"), stranger, 401);
        await site.SendRawAsync("GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Contains(site.Refusals, line => line.StartsWith("A key was refused", StringComparison.Ordinal));
        Assert.Contains(site.Refusals, line => line.StartsWith("Refused with 400 before it was a request", StringComparison.Ordinal));
        Assert.DoesNotContain(site.Refusals, line => line.Contains("oc_live_", StringComparison.Ordinal));
    }
}

/// <summary>The numbers of the catalogue that aren't tried in this table, and why.</summary>
internal static class HostileElsewhere
{
    /// <summary>By number: why, and a part of the route whose coming ends the excuse.</summary>
    internal static readonly IReadOnlyDictionary<int, (string Why, string? Absent)> Reasons = new Dictionary<int, (string, string?)>
    {
        [50] = ("Second factors are tried where they are built, in the tests of Access: a code is taken once.", null),
        [51] = ("Second factors are tried where they are built, in the tests of Access: guesses shut the account.", null),
        [52] = ("There is no reset by mail: an administrator gives another password, so that there is no token to guess.", "reset"),
        [71] = ("No call takes an archive: models are made by training, and histories are plain text.", "models/upload"),
        [72] = ("No call takes an archive: models are made by training, and histories are plain text.", "models/upload"),
        [73] = ("No call takes an archive: models are made by training, and histories are plain text.", "models/upload"),
        [74] = ("No call takes a model file; the contract's upload comes with a later issue.", "models/upload"),
        [75] = ("Webhooks of alerts are tried where they are built, in the tests of Operations.", null),
        [76] = ("Webhooks of alerts are tried where they are built, in the tests of Operations.", null),
        [77] = ("Histories from a file are tried where they are built, in the tests of the import.", null),
        [80] = ("There is no tracking page for recipients yet; it comes with messages, in a later issue.", "track/"),
    };
}
