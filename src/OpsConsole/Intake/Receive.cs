using System.Text.Json;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake.Reading;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Intake;

/// <summary>An item that was read and found good.</summary>
/// <param name="Index">Its place in the call.</param>
/// <param name="Content">What it says.</param>
/// <param name="Hash">Hash of that, normalised.</param>
/// <param name="Text">What is stored of it as JSON, made before the writer's turn; null where nothing is.</param>
internal readonly record struct ReadItem<T>(int Index, T Content, long Hash, string? Text);

/// <summary>
/// One part of a call: what the writer stores as one unit, and what became of it.
/// </summary>
/// <param name="caller">Who sends.</param>
/// <param name="earlier">When the call is only checked: what earlier parts of it would have stored; else null.</param>
internal sealed class Part<T>(Caller caller, Dictionary<string, List<long>>? earlier)
{
    internal Caller Caller => caller;

    internal List<ReadItem<T>> Items { get; } = [];

    internal int Accepted { get; private set; }

    internal int Duplicates { get; private set; }

    internal List<RejectedItem> Rejected { get; } = [];

    /// <summary>The call is only checked.</summary>
    internal bool CheckOnly => earlier is not null;

    /// <summary>What was accepted.</summary>
    internal List<T> Stored { get; } = [];

    /// <summary>When it was stored.</summary>
    internal DateTimeOffset Received { get; set; }

    internal void Accept(string id, in ReadItem<T> item)
    {
        Accepted++;
        Stored.Add(item.Content);
        if (earlier is null)
            return;
        if (!earlier.TryGetValue(id, out var hashes))
            earlier[id] = hashes = [];
        hashes.Add(item.Hash);
    }

    internal void NoteDuplicate() => Duplicates++;

    internal void Refuse(in ReadItem<T> item, string id, string field, string what) =>
        Rejected.Add(new RejectedItem(item.Index, id, new Dictionary<string, IReadOnlyList<string>> { [field] = [what] }));

    /// <summary>What an earlier part of a call that is only checked would have stored under an id.</summary>
    internal IReadOnlyList<long> Earlier(string id) => earlier is not null && earlier.TryGetValue(id, out var hashes) ? hashes : [];
}

/// <summary>Takes items of one kind in: once each, durably, in units of the grouped writer.</summary>
internal abstract class Receive<T>(GroupedWriter writer, InputChanged changed)
{
    /// <summary>How many items one unit holds: few enough that the writer lets others in between.</summary>
    internal const int ItemsOfPart = 250;

    // What is due already isn't made due again: that leaves two indexes alone.
    private static readonly Statement BumpDue = new(
        """
        UPDATE shipments SET input_version = input_version + 1
        WHERE shipment_id = @p0 AND next_settle_at = 0 AND (next_score_at = 0 OR history = 1)
        """);
    private static readonly Statement Bump = new(
        """
        UPDATE shipments SET input_version = input_version + 1, next_score_at = CASE WHEN history = 1 THEN NULL ELSE 0 END, next_settle_at = 0
        WHERE shipment_id = @p0
        """);

    private static readonly ManyRows BumpAll = new(Bump, "changed_shipments", "shipments", "shipment_id");

    /// <summary>Reads one item, the reader standing on its start; null when it is refused.</summary>
    internal abstract T? Read(ref Utf8JsonReader json, ItemReader reader);

    /// <summary>Hash of what an item says.</summary>
    internal abstract long HashOf(T content);

    /// <summary>What is stored of an item as JSON.</summary>
    internal virtual string? TextOf(T content) => null;

    /// <summary>Makes room for a call, or refuses it whole.</summary>
    /// <exception cref="StoreUnavailableException">More is waiting than the store can take.</exception>
    internal void Admit(int items) => writer.Admit(items);

    /// <summary>Stores a part of a call that was admitted (or checks what would become of it), and waits until it is durable.</summary>
    internal async Task StoreAsync(Part<T> part, CancellationToken cancellation)
    {
        using var activity = Telemetry.Activities.StartActivity("intake.store");
        activity?.SetTag("items", part.Items.Count);
        try
        {
            part.Received = await writer.WriteAsync(session => Apply(session, part), WritePriority.Bulk, part.Items.Count, admitted: true, cancellation);
        }
        catch (OnlyCheckedException)
        {
            // Everything was done, and undone by the writer.
        }
    }

    /// <summary>Writes the items, and says of each what became of it.</summary>
    protected abstract void Write(WriteSession session, Part<T> part);

    /// <summary>Tells the later stages that what they know of a shipment is old. One that isn't registered yet finds its facts when it is.</summary>
    /// <returns>Whether the shipment is registered.</returns>
    protected static bool NoteChanged(WriteSession session, string shipmentId) =>
        session.Execute(BumpDue, shipmentId) > 0 || session.Execute(Bump, shipmentId) > 0;

    /// <summary>The same of many shipments; those that are registered.</summary>
    protected static HashSet<object> NoteAllChanged(WriteSession session, IEnumerable<string> shipmentIds) =>
        session.ExecuteAll(BumpAll, [.. shipmentIds.Select(id => new object?[] { id })]);

    private void Apply(WriteSession session, Part<T> part)
    {
        Write(session, part);
        if (part.CheckOnly)
            throw new OnlyCheckedException();
        if (part.Accepted > 0)
            session.OnCommitted(changed.Raise);
    }

    private sealed class OnlyCheckedException() : Exception("The call is only checked: its unit is undone.");
}
