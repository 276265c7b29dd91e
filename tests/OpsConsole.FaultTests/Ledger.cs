using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace OpsConsole.FaultTests;

/// <summary>
/// What was sent and what was acknowledged: the truth that a store is held against after a fault (quality.md 1b). Writers note an event before they
/// send it, and again after they read a receipt that counts it.
/// </summary>
internal sealed class Ledger
{
    private const int BatchSize = 5;
    private static readonly DateTimeOffset When = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);
    private readonly ConcurrentDictionary<string, bool> _sent = new();
    private readonly ConcurrentDictionary<string, bool> _acknowledged = new();
    private readonly ConcurrentDictionary<HttpStatusCode, int> _answers = new();

    public int Acknowledged => _acknowledged.Count;

    /// <summary>How often each status was answered.</summary>
    public IReadOnlyDictionary<HttpStatusCode, int> Answers => _answers;

    /// <summary>Posts batches one after another until it is told to stop or the connection breaks.</summary>
    public async Task SendAsync(HttpClient client, string writer, CancellationToken stop = default)
    {
        for (var batch = 0; !stop.IsCancellationRequested; batch++)
        {
            try
            {
                await SendBatchAsync(client, writer, batch);
            }
            catch (HttpRequestException)
            {
                // The process is gone: what was under way was not acknowledged.
                return;
            }
        }
    }

    /// <summary>Posts one batch, and says what was answered.</summary>
    public async Task<HttpStatusCode> SendBatchAsync(HttpClient client, string writer, int batch)
    {
        var events = Enumerable.Range(0, BatchSize).Select(i => new
        {
            eventId = $"{writer}-{batch}-{i}",
            shipmentId = $"S-{writer}-{batch % 40}",
            type = "arrivedAtFacility",
            occurredAt = When.AddSeconds(batch * BatchSize + i),
        }).ToArray();
        foreach (var e in events)
            _sent[e.eventId] = true;
        using var answer = await client.PostAsJsonAsync("/api/v1/events", events);
        _answers.AddOrUpdate(answer.StatusCode, 1, (_, before) => before + 1);
        if (!answer.IsSuccessStatusCode)
            return answer.StatusCode;
        var receipt = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(BatchSize, receipt.GetProperty("accepted").GetInt32() + receipt.GetProperty("duplicates").GetInt32());
        foreach (var e in events)
            _acknowledged[e.eventId] = true;
        return answer.StatusCode;
    }

    /// <summary>Nothing acknowledged is missing, nothing doubled, nothing there that was never sent, and the file is whole.</summary>
    public void Check(string database)
    {
        var stored = Column(database, "SELECT event_id FROM events");
        Assert.Equal(stored.Count, stored.Distinct().Count());
        Assert.Empty(_acknowledged.Keys.Except(stored));
        Assert.Empty(stored.Except(_sent.Keys));
        CheckWhole(database);
    }

    /// <summary>The file itself is sound, and every reference in it leads somewhere.</summary>
    public static void CheckWhole(string database)
    {
        Assert.Equal(["ok"], Column(database, "PRAGMA integrity_check"));
        Assert.Empty(Column(database, "PRAGMA foreign_key_check"));
    }

    /// <summary>The first column of a query.</summary>
    public static List<string> Column(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        List<string> values = [];
        while (reader.Read())
            values.Add(reader.IsDBNull(0) ? "" : reader.GetValue(0).ToString()!);
        return values;
    }
}
