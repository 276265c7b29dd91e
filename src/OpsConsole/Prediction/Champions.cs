using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Prediction;

/// <summary>The model in force, and the threshold it is held against.</summary>
/// <param name="Model">The model.</param>
/// <param name="ModelVersionId">Its version.</param>
/// <param name="Version">The version's name.</param>
/// <param name="Threshold">The threshold in force.</param>
/// <param name="TermId">Which term it is; 0 for a version asked for by name.</param>
public sealed record Champion(IModel Model, int ModelVersionId, string Version, double Threshold, long TermId)
{
    /// <summary>The threshold at which a customer would be told; null: none is set.</summary>
    public double? CustomerThreshold { get; init; }
}

/// <summary>No such version, or its file can't be used.</summary>
public sealed class ModelUnavailableException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>
/// Which model serves, now and at any moment before. Notices what another instance appointed: at once when it rings, else within a quarter of a second;
/// keeps the champion it has when the new one's file is missing, damaged or another than was trained, and says so in health and log. Makes sure
/// at start that there is a champion at all: the rule, which needs no data.
/// </summary>
public sealed partial class Champions(
    StoreConnections connections, StoreOptions options, GroupedWriter writer, LoopClock clock, SettingsStore settings, Audit audit,
    ILogger<Champions> log, Doorbell? doorbell = null) : BackgroundService
{
    /// <summary>The version that needs no data.</summary>
    public const string Rule = "rule-1";

    /// <summary>The version that says nothing.</summary>
    public const string Random = "random-1";

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);
    private static readonly Statement AddVersion = new(
        """
        INSERT INTO model_versions (version, trainer, state, created_at, threshold, metrics)
        SELECT @p0, @p1, @p2, @p3, @p4, '{}' FROM (SELECT 1 AS one) AS x WHERE NOT EXISTS (SELECT 1 FROM model_versions WHERE version = @p0)
        """);
    private static readonly Statement AddFirstTerm = new(
        """
        INSERT INTO champion_terms (loop, "from", model_version_id, threshold)
        SELECT @p0, @p1, id, threshold FROM model_versions WHERE version = @p2 AND NOT EXISTS (SELECT 1 FROM champion_terms WHERE loop = @p0)
        """);
    private static readonly Statement AddTerm = new(
        """INSERT INTO champion_terms (loop, "from", model_version_id, threshold, changed_by, customer_threshold) VALUES (@p0, @p1, @p2, @p3, @p4, @p5)""");
    private static readonly Statement ChampionOf = new(
        "SELECT model_version_id FROM champion_terms WHERE id = (SELECT MAX(id) FROM champion_terms WHERE loop = @p0)");
    private static readonly Statement Retire = new("UPDATE model_versions SET state = @p0 WHERE state = @p1 AND id <> @p2");
    private static readonly Statement Promote = new("UPDATE model_versions SET state = @p0, threshold = @p1 WHERE id = @p2");
    private static readonly Statement ScoreAgain = new("UPDATE shipments SET next_score_at = 0 WHERE loop = @p0 AND state = @p1 AND history = @p2");

    private readonly ChampionChanged _changed = new(doorbell);
    private readonly ConcurrentDictionary<int, Champion> _versions = new();
    private volatile Terms? _terms;
    private long _refused;

    private sealed class ChampionChanged(Doorbell? doorbell) : Signal(doorbell, Bells.Champion);

    private sealed record Terms(List<ChampionReader.Term> All, Champion Newest)
    {
        /// <summary>The newest term there is, whether its model can be used or not.</summary>
        internal long Seen => All[^1].Id;
    }

    /// <summary>The champion now.</summary>
    public Champion Current => (_terms ?? Look()).Newest;

    /// <summary>The champion with the newest term there is, usable or not: a score may only be written while that is still the newest.</summary>
    internal (Champion Champion, long Seen) Snapshot() => (_terms ?? Look()) is var terms ? (terms.Newest, terms.Seen) : default;

    /// <summary>Looks at once whether somebody appointed another.</summary>
    internal void Refresh() => Look();

    /// <summary>What is wrong with the newest champion; null when nothing is.</summary>
    internal string? Problem { get; private set; }

    /// <summary>The champion, and the threshold in force, at a moment; before the first, the first.</summary>
    public Champion AsOf(DateTimeOffset moment)
    {
        var terms = _terms ?? Look();
        var found = terms.All[0];
        foreach (var term in terms.All)
        {
            if (term.From <= moment)
                found = term;
        }
        if (found.Id >= terms.Newest.TermId)
            return terms.Newest;
        try
        {
            return Of(found);
        }
        catch (ModelUnavailableException failure)
        {
            // Its file has gone since; what serves now is the next best answer.
            LogGone(log, found.ModelVersionId, failure);
            return terms.Newest;
        }
    }

    /// <summary>A version's model by its id, kept once read.</summary>
    /// <exception cref="ModelUnavailableException">There is none, or its file can't be used.</exception>
    public IModel ById(int modelVersionId) => Version(modelVersionId).Model;

    /// <summary>A version by its name, with its own threshold; null when there is none.</summary>
    /// <exception cref="ModelUnavailableException">Its file can't be used.</exception>
    public Champion? ByVersion(string version)
    {
        using var connection = connections.OpenReader();
        return ChampionReader.ReadVersion(connection, version) is { } found ? Version(found.Id) with { Threshold = found.Threshold } : null;
    }

    /// <summary>
    /// Makes a version the champion at a threshold, audited, and has every open shipment scored again, which restores their flags. The customers'
    /// threshold stays as it is.
    /// </summary>
    /// <exception cref="ModelUnavailableException">There is no such version, or its file can't be used; nothing has changed.</exception>
    public async Task AppointAsync(int modelVersionId, double threshold, Caller who, string? why = null, CancellationToken cancellation = default)
    {
        var version = Version(modelVersionId);
        await writer.WriteAsync(session => Appoint(session, version, threshold, Current.CustomerThreshold, who, why), WritePriority.People, cancellation: cancellation);
        Look();
    }

    /// <summary>Changes the thresholds that the champion is held against, as <see cref="AppointAsync"/> does; nothing if another is champion by then.</summary>
    /// <param name="champion">Whom they were chosen for.</param>
    /// <param name="threshold">At which dispatchers see a case.</param>
    /// <param name="customers">At which a customer would be told; null: none.</param>
    /// <param name="who">Who changes them.</param>
    /// <param name="why">Why.</param>
    /// <param name="together">Writes in the same transaction, and says whether to go on.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Whether they were changed.</returns>
    public async Task<bool> ChangeThresholdsAsync(
        int champion, double threshold, double? customers, Caller who, string why, Func<WriteSession, bool> together, CancellationToken cancellation = default)
    {
        var done = false;
        await writer.WriteAsync(
            session =>
            {
                done = Convert.ToInt32(session.Scalar(ChampionOf, session.Loop), System.Globalization.CultureInfo.InvariantCulture) == champion && together(session);
                if (done)
                    Appoint(session, Version(champion), threshold, customers, who, why);
            },
            WritePriority.People, cancellation: cancellation);
        Look();
        return done;
    }

    private void Appoint(WriteSession session, Champion version, double threshold, double? customers, Caller who, string? why)
    {
        if (!(threshold is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "A threshold lies between 0 and 1.");
        threshold = Math.Round(threshold, 3);
        var before = Current;
        session.Execute(AddTerm, session.Loop, session.Received, version.ModelVersionId, threshold, who.AuditName, customers);
        session.Execute(Retire, ModelState.Retired, ModelState.Champion, version.ModelVersionId);
        session.Execute(Promote, ModelState.Champion, threshold, version.ModelVersionId);
        session.Execute(ScoreAgain, session.Loop, ShipmentState.Open, false);
        audit.Write(
            session, who, "champion.appointed", version.Version,
            new { version.Version, threshold, customers, before = before.Version, thresholdBefore = before.Threshold, customersBefore = before.CustomerThreshold, why });
        session.OnCommitted(_changed.Raise);
    }

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var threshold = CostThreshold.Of(settings.Current);
        await writer.WriteAsync(session =>
        {
            session.Execute(AddVersion, Rule, "rule", ModelState.Champion, session.Received, threshold);
            session.Execute(AddVersion, Random, "random", ModelState.Candidate, session.Received, threshold);
            session.Execute(AddFirstTerm, session.Loop, session.Received, Rule);
        }, cancellation: cancellationToken);
        Look();
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var raised = _changed.Listen();
        try
        {
            while (true)
            {
                await raised.WaitAsync(LookAgain, stoppingToken);
                try
                {
                    Look();
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    LogNotRead(log, failure);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <summary>Takes over what was appointed since; the newest term whose model can be used serves.</summary>
    private Terms Look()
    {
        using var connection = connections.OpenReader();
        var known = _terms;
        var newest = ChampionReader.ReadNewestTerm(connection, clock.Loop);
        if (known is not null && newest == known.Newest.TermId)
            return known;
        var all = ChampionReader.ReadTerms(connection, clock.Loop);
        if (all.Count == 0)
            throw new InvalidOperationException("There is no champion yet: the room has not been started.");
        try
        {
            var terms = new Terms(all, Of(all[^1]));
            (_terms, Problem) = (terms, null);
            LogServes(log, terms.Newest.Version, terms.Newest.Threshold);
            return terms;
        }
        catch (ModelUnavailableException failure)
        {
            Problem = failure.Message;
            if (Interlocked.Exchange(ref _refused, newest) != newest)
                LogKept(log, all[^1].ModelVersionId, failure);
            return _terms = known is null ? Usable(all) : known with { All = all };
        }
    }

    // At start there is no model to keep: the newest earlier one that can be used.
    private Terms Usable(List<ChampionReader.Term> all)
    {
        for (var i = all.Count - 2; i >= 0; i--)
        {
            try
            {
                return new Terms(all, Of(all[i]));
            }
            catch (ModelUnavailableException failure)
            {
                LogKept(log, all[i].ModelVersionId, failure);
            }
        }
        throw new InvalidOperationException("No champion's model can be used.");
    }

    private Champion Of(ChampionReader.Term term) => Version(term.ModelVersionId) with { Threshold = term.Threshold, CustomerThreshold = term.CustomerThreshold, TermId = term.Id };

    private Champion Version(int id)
    {
        if (_versions.TryGetValue(id, out var known))
            return known;
        using var connection = connections.OpenReader();
        var version = ChampionReader.ReadVersion(connection, id) ?? throw new ModelUnavailableException($"There is no model version {id}.");
        return _versions[id] = new Champion(Load(version), id, version.Name, version.Threshold, 0);
    }

    private IModel Load(ChampionReader.Version version)
    {
        switch (version)
        {
            case { Trainer: "rule" }:
                return new RuleModel(version.Name);
            case { Trainer: "random" }:
                return new RandomModel(version.Name);
            case { FileName: { } file }:
                try
                {
                    return ModelFile.Load(Path.Combine(ModelFiles.Folder(options), Path.GetFileName(file)), version.FileHash ?? "").ToModel(version.Name);
                }
                catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
                {
                    throw new ModelUnavailableException($"The file of {version.Name} can't be used: {failure.Message}", failure);
                }
            default:
                throw new ModelUnavailableException($"{version.Name} has no file.");
        }
    }

    [LoggerMessage(EventId = 4001, Level = LogLevel.Information, Message = "{Version} serves, at a threshold of {Threshold}")]
    private static partial void LogServes(ILogger logger, string version, double threshold);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Error, Message = "Model version {ModelVersionId} was appointed but can't be used; the champion before it stays")]
    private static partial void LogKept(ILogger logger, int modelVersionId, Exception failure);

    [LoggerMessage(EventId = 4004, Level = LogLevel.Warning, Message = "Model version {ModelVersionId} was champion once but can't be used any more")]
    private static partial void LogGone(ILogger logger, int modelVersionId, Exception failure);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Warning, Message = "Which model is champion could not be read; the one known stays")]
    private static partial void LogNotRead(ILogger logger, Exception failure);
}

/// <summary>Where model files are.</summary>
public static class ModelFiles
{
    /// <summary>The folder of model files.</summary>
    public static string Folder(StoreOptions options) => Path.Combine(options.DataDirectory, "models");
}

/// <summary>The newest champion's model could be loaded.</summary>
internal sealed class ChampionCheck(Champions champions) : IReadinessCheck
{
    public string Name => "champion";

    public ValueTask<string?> LookAsync(CancellationToken cancellation) =>
        ValueTask.FromResult(champions.Problem is null ? null : IReadinessCheck.Degraded + "the newest champion's model can't be used; the one before it serves");
}
