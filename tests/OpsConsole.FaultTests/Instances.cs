using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace OpsConsole.FaultTests;

/// <summary>Two processes of the program on one data folder and one database file.</summary>
internal sealed class Instances(PublishedProgram program, IReadOnlyDictionary<string, string>? settings = null) : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("opsconsole-instances-").FullName;

    internal RunningProgram A { get; set; } = null!;

    internal RunningProgram B { get; set; } = null!;

    internal string Database => A.Database;

    /// <summary>Starts both at the same moment.</summary>
    internal async Task StartAsync()
    {
        (A, B) = (Start(), Start());
        await A.ReadyAsync(TimeSpan.FromSeconds(60));
        await B.ReadyAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>One more of them.</summary>
    internal RunningProgram Start() => program.Start(_data, settings);

    /// <summary>Waits until neither has anything left to score or settle.</summary>
    internal Task CaughtUpAsync() => Until.TrueAsync(
        async () => (await GetAsync(A, "/health/ready")).GetProperty("backlog") is var backlog
            && backlog.GetProperty("unscored").GetInt64() + backlog.GetProperty("unsettled").GetInt64() == 0,
        A);

    /// <summary>Registers shipments that are open and due in two days; gives their ids.</summary>
    internal static async Task<List<string>> RegisterAsync(RunningProgram at, string prefix, int from, int count)
    {
        var now = TimeProvider.System.GetUtcNow();
        List<string> ids = [.. Enumerable.Range(from, count).Select(i => $"{prefix}-{i.ToString(CultureInfo.InvariantCulture)}")];
        var items = ids.Select((id, i) => new
        {
            shipmentId = id,
            bookedAt = now.AddDays(-1),
            promisedBy = now.AddDays(2),
            origin = new { areaCode = $"A{i % 5}" },
            destination = new { areaCode = $"B{i % 7}" },
            service = i % 3 == 0 ? "express" : "standard",
        });
        using var answer = await at.Client.PostAsync(new Uri("/api/v1/shipments", UriKind.Relative), Json.Of(items));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        Assert.Equal(count, JsonDocument.Parse(text).RootElement.GetProperty("accepted").GetInt32());
        return ids;
    }

    internal static async Task<JsonElement> GetAsync(RunningProgram at, string path) =>
        await at.Client.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative));

    /// <summary>One number from the store.</summary>
    internal long Number(string sql) => long.Parse(Ledger.Column(Database, sql)[0], CultureInfo.InvariantCulture);

    public void Dispose()
    {
        A?.Dispose();
        B?.Dispose();
        Directory.Delete(_data, recursive: true);
    }
}
