using System.Data.Common;
using System.Globalization;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Labels;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Triage;

namespace OpsConsole.Measurement;

/// <summary>
/// From the facts of single shipments to what a backtest says of them: outcome, where each stood at each moment, and the version's score there,
/// made by batches. Bound to one connection.
/// </summary>
internal sealed class ShipmentEvaluator : IDisposable
{
    private const int Batch = 512;

    private readonly BacktestPlan _plan;
    private readonly IModel _model;
    private readonly OperationsSettings _settings;
    private readonly DateTimeOffset _asOf;
    private readonly BacktestFileWriter _writer;
    private readonly HistoryReader _histories;
    private readonly JudgementReader _judgements;
    private readonly FeatureReader _features;
    private readonly ConditionsReader _conditions;
    private readonly List<EvaluatedShipment> _held = [];
    private readonly List<(EvaluatedShipment Shipment, int Place)> _asked = [];
    private readonly List<FeatureRow> _rows = [];

    internal ShipmentEvaluator(DbConnection connection, BacktestPlan plan, IModel model, OperationsSettings settings, DateTimeOffset asOf, BacktestFileWriter writer)
    {
        (_plan, _model, _settings, _asOf, _writer) = (plan, model, settings, asOf, writer);
        (_histories, _judgements) = (new HistoryReader(connection), new JudgementReader(connection));
        (_features, _conditions) = (new FeatureReader(connection, settings.TimeZone), new ConditionsReader(connection));
    }

    /// <summary>How many scores were made.</summary>
    internal long Scores { get; private set; }

    /// <summary>Takes a shipment, if the plan counts it.</summary>
    /// <param name="candidate">The shipment.</param>
    /// <param name="lagMinutes">The reporting lag of its source, if it has one of its own.</param>
    internal void Take(in BacktestCandidate candidate, int? lagMinutes)
    {
        if (!_plan.Counts(candidate.Simulated))
            return;
        var history = _histories.Read(candidate.Id, candidate.History, candidate.FirstScored);
        if (!_plan.Holds(history.PromiseCounted) || history.ExistsSince(Knowledge.Known) > _asOf)
            return;
        var rules = OutcomeRules.Of(_settings, lagMinutes);
        var outcome = history.OutcomeAt(_asOf, rules, Knowledge.Known);
        var shipment = Describe(candidate, history, outcome, LabelRule.IsTouched(outcome, _judgements.Read(candidate.Key), rules, _settings));
        if (outcome.Class is OutcomeClass.Late or OutcomeClass.OnTime)
            Ask(shipment, history);
        _held.Add(shipment);
        if (_rows.Count >= Batch || _held.Count >= Batch)
            Finish();
    }

    /// <summary>Scores what is held, and hands it on.</summary>
    internal void Finish()
    {
        var scores = new ModelScore[_rows.Count];
        _model.Score(_rows.ToArray(), scores);
        for (var i = 0; i < scores.Length; i++)
            _asked[i].Shipment.Scores[_asked[i].Place] = scores[i].Score;
        Scores += scores.Length;
        foreach (var shipment in _held)
            _writer.Take(shipment);
        _held.Clear();
        _asked.Clear();
        _rows.Clear();
    }

    private EvaluatedShipment Describe(in BacktestCandidate candidate, ShipmentHistory history, Outcome outcome, bool touched)
    {
        var local = TimeZoneInfo.ConvertTime(history.PromiseCounted, _settings.TimeZone);
        var content = history.Newest.Content;
        var leads = Backtest.LeadsOf(_plan.DecisionPoint).Count;
        var shipment = new EvaluatedShipment
        {
            Key = candidate.Key,
            Promise = history.PromiseCounted,
            Day = DateOnly.FromDateTime(local.DateTime).DayNumber,
            Class = outcome.Class,
            Touched = touched,
            Simulated = candidate.Simulated,
            InSample = _plan.Trained?.Holds(candidate.BookedAt) == true,
            Segments =
            [
                content.Origin.AreaCode, content.Destination.AreaCode, TallyOf.Word(content.Destination.AreaType),
                content.Destination.DeprivationBand?.ToString(CultureInfo.InvariantCulture), content.Service, content.Carrier,
                local.Hour.ToString(CultureInfo.InvariantCulture), Weather(content.Destination.AreaCode, history.PromiseCounted),
            ],
            Standings = new LeadStanding[leads],
            Scores = new double[leads],
        };
        Array.Fill(shipment.Scores, double.NaN);
        return shipment;
    }

    private void Ask(EvaluatedShipment shipment, ShipmentHistory history)
    {
        var (since, finished) = (history.ExistsSince(Knowledge.Known), history.FinishedAt(Knowledge.Known));
        for (var place = 0; place < shipment.Standings.Length; place++)
        {
            if (Moment(history, place) is not { } moment)
            {
                // It never came to be decided about.
                shipment.Standings[place] = LeadStanding.FinishedEarlier;
                continue;
            }
            var standing = since > moment ? LeadStanding.RegisteredTooLate : finished <= moment ? LeadStanding.FinishedEarlier : LeadStanding.AtRisk;
            shipment.Standings[place] = standing;
            if (standing != LeadStanding.AtRisk)
                continue;
            _asked.Add((shipment, place));
            _rows.Add(_features.Of(history.AsOf(moment, Knowledge.Known)!, Knowledge.Known));
        }
    }

    /// <summary>The moment the equations call T; null where the event it goes by never came.</summary>
    private DateTimeOffset? Moment(ShipmentHistory history, int place)
    {
        if (_plan.DecisionPoint is not { } point)
            return history.PromiseCounted.AddMinutes(-LeadGrid.Minutes[place]);
        DateTimeOffset? first = null;
        foreach (var e in history.Events)
        {
            if (e.Type == point && history.KnownAt(e) <= _asOf && (first is null || history.KnownAt(e) < first))
                first = history.KnownAt(e);
        }
        return first;
    }

    // As for what was served, but by what was known instead of received.
    private string? Weather(string area, DateTimeOffset promise)
    {
        if (!_features.HasConditions || promise > _asOf)
            return null;
        var seen = _conditions.Read(area, promise, Knowledge.Known);
        return seen is { SnowCm: null, WindKph: null, PrecipitationMm: null } ? null
            : seen.SnowCm > 0 ? "snow" : seen.WindKph >= 50 ? "wind" : seen.PrecipitationMm >= 1 ? "rain" : "dry";
    }

    public void Dispose()
    {
        _histories.Dispose();
        _judgements.Dispose();
        _features.Dispose();
        _conditions.Dispose();
    }
}
