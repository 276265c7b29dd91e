using System.Text.Json;
using System.Text.Json.Serialization;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Triage;

/// <summary>An answer that was begun and not yet said.</summary>
/// <param name="Late">Late if nobody acts, or will make it; null: not chosen yet.</param>
/// <param name="Action">The action; null: not chosen yet.</param>
/// <param name="Reason">Reason code.</param>
/// <param name="Note">Free text.</param>
public sealed record DraftContent(bool? Late, JudgementAction? Action, string? Reason, string? Note);

/// <summary>Keeps what a person has typed, so that a lost connection loses no word.</summary>
public sealed partial class Drafts(GroupedWriter writer, StoreConnections connections, LoopClock clock)
{
    /// <summary>Answers that were begun and never said.</summary>
    internal static readonly LeftoverRows Left = new(
        "drafts", "Answers begun and not said", days: 30, fewest: 1,
        new Statement("SELECT user_id, shipment_key FROM drafts WHERE updated_at < @p0"),
        new Statement("DELETE FROM drafts WHERE user_id = @p0 AND shipment_key = @p1 AND updated_at < @p2"));

    private static readonly Statement Update = new("UPDATE drafts SET content = @p2, updated_at = @p3 WHERE user_id = @p0 AND shipment_key = @p1");
    private static readonly Statement Insert = new("INSERT INTO drafts (user_id, shipment_key, content, updated_at) VALUES (@p0, @p1, @p2, @p3)");
    private static readonly Statement Delete = new("DELETE FROM drafts WHERE user_id = @p0 AND shipment_key = @p1");
    private static readonly Statement Select = new("SELECT content FROM drafts WHERE user_id = @p0 AND shipment_key = @p1");

    /// <summary>What a person has begun to say of a shipment; null when nothing.</summary>
    public Task<DraftContent?> ReadAsync(long userId, long shipmentKey)
    {
        using var connection = connections.OpenReader();
        using var command = Select.Prepare(connection);
        command.Parameters[0].Value = Id(userId);
        command.Parameters[1].Value = shipmentKey;
        return Task.FromResult(command.ExecuteScalar() is string json ? JsonSerializer.Deserialize(json, DraftJson.Default.DraftContent) : null);
    }

    /// <summary>Keeps it, instead of what was kept before.</summary>
    public Task KeepAsync(long userId, long shipmentKey, DraftContent content)
    {
        var json = JsonSerializer.Serialize(content, DraftJson.Default.DraftContent);
        return writer.WriteAsync(
            session =>
            {
                if (session.Execute(Update, Id(userId), shipmentKey, json, clock.Now) == 0)
                    session.Execute(Insert, Id(userId), shipmentKey, json, clock.Now);
            },
            WritePriority.People);
    }

    /// <summary>Forgets it.</summary>
    public Task DropAsync(long userId, long shipmentKey) =>
        writer.WriteAsync(session => session.Execute(Delete, Id(userId), shipmentKey), WritePriority.People);

    private static string Id(long userId) => userId.ToString(System.Globalization.CultureInfo.InvariantCulture);

    [JsonSerializable(typeof(DraftContent))]
    private sealed partial class DraftJson : JsonSerializerContext;
}
