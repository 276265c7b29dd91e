using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Labels;

/// <summary>The rules of a moment.</summary>
/// <param name="Settings">The settings.</param>
/// <param name="ReportingLags">Of the sources that have one of their own, minutes.</param>
internal sealed record Rules(OperationsSettings Settings, IReadOnlyDictionary<int, int?> ReportingLags);

/// <summary>
/// Keeps the history of the rules that labels depend on. They come into force for files when they are written down here, soon after each change and
/// before each file: what a file as of a moment counts by is then the same whenever it is made.
/// </summary>
public sealed partial class RulesInForce(SettingsStore settings, GroupedWriter writer, ILogger<RulesInForce> log) : BackgroundService
{
    private static readonly Statement Lags = new("SELECT id, reporting_lag_minutes FROM sources WHERE reporting_lag_minutes IS NOT NULL ORDER BY id");
    private static readonly Statement Newest = new("SELECT rules FROM rules_terms WHERE id = (SELECT MAX(id) FROM rules_terms)");
    private static readonly Statement Insert = new("""INSERT INTO rules_terms ("from", rules) VALUES (@p0, @p1)""");
    private static readonly Statement AtMoment = new(
        """
        SELECT rules FROM rules_terms
        WHERE id = COALESCE((SELECT MAX(id) FROM rules_terms WHERE "from" <= @p0), (SELECT MIN(id) FROM rules_terms))
        """);

    /// <summary>
    /// Writes down the rules if they changed. What is committed after it is stamped later than now, so that a file as of now, or of any moment
    /// before, is the same from here on.
    /// </summary>
    internal Task RecordAsync(CancellationToken cancellation) => writer.WriteAsync(
        session =>
        {
            var rules = Write(settings.Current, session);
            if (session.Scalar(Newest) as string != rules)
                session.Execute(Insert, session.Received, rules);
        },
        WritePriority.People, cancellation: cancellation);

    /// <summary>The rules of a moment; before the first that were written down, those.</summary>
    internal Rules Read(DbConnection connection, DbTransaction transaction, DateTimeOffset moment)
    {
        using var command = AtMoment.Prepare(connection);
        command.Transaction = transaction;
        command.Parameters[0].Value = moment.UtcTicks;
        return command.ExecuteScalar() is string rules ? Read(rules) : new Rules(settings.Current, new Dictionary<int, int?>());
    }

    private static string Write(OperationsSettings settings, WriteSession session)
    {
        var lags = new JsonObject();
        using (var row = session.Query(Lags))
        {
            while (row.Read())
                lags[row.GetInt32(0).ToString(CultureInfo.InvariantCulture)] = row.GetInt32(1);
        }
        return new JsonObject { ["settings"] = SettingsStore.WriteAll(settings), ["reportingLags"] = lags }.ToJsonString();
    }

    private static Rules Read(string text)
    {
        var rules = JsonNode.Parse(text)!;
        return new Rules(
            SettingsStore.ReadAll(rules["settings"]!),
            rules["reportingLags"]!.AsObject().ToDictionary(lag => int.Parse(lag.Key, CultureInfo.InvariantCulture), lag => (int?)lag.Value!.GetValue<int>()));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // One look is enough for any number of changes.
        var changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        void Note() => changes.Writer.TryWrite(true);
        settings.Changed += Note;
        Note();
        try
        {
            await foreach (var _ in changes.Reader.ReadAllAsync(stoppingToken))
                await TryRecordAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
        finally
        {
            settings.Changed -= Note;
        }
    }

    private async Task TryRecordAsync(CancellationToken cancellation)
    {
        try
        {
            await RecordAsync(cancellation);
        }
        catch (StoreUnavailableException failure)
        {
            LogNotRecorded(log, failure);
        }
    }

    [LoggerMessage(EventId = 7101, Level = LogLevel.Warning, Message = "The rules in force could not be written down; the next change or the next file does it")]
    private static partial void LogNotRecorded(ILogger logger, Exception failure);
}
