using System.Text.Json;

namespace OpsConsole.Client;

public sealed partial class OpsConsoleClient
{
    /// <summary>A shipment with its events, newest prediction, judgements, outcome and label.</summary>
    public Task<ShipmentAnswer> GetShipmentAsync(string shipmentId, CancellationToken cancellation = default) =>
        _transport.GetAsync(Shipment(shipmentId), ContractJson.Default.ShipmentAnswer, cancellation);

    /// <summary>Stored predictions of a shipment, newest first, a page at a time.</summary>
    /// <param name="shipmentId">The shipment.</param>
    /// <param name="cursor">Cursor of the page before; null: the first page.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="cancellation">Stops.</param>
    public Task<StoredPredictionPage> GetPredictionsAsync(
        string shipmentId, string? cursor = null, int? limit = null, CancellationToken cancellation = default) =>
        _transport.GetAsync(
            new QueryText($"{Shipment(shipmentId)}/predictions").With("cursor", cursor).With("limit", limit).ToString(),
            ContractJson.Default.StoredPredictionPage, cancellation);

    /// <summary>Scores now, or as of past times; stores nothing. Answers are in the order asked.</summary>
    public Task<PredictionsAnswer> PredictAsync(PredictionsRequest request, CancellationToken cancellation = default) =>
        _transport.PostAsync("api/v1/predictions", request, ContractJson.Requests.PredictionsRequest, ContractJson.Default.PredictionsAnswer, cancellation);

    /// <summary>A page of the queue.</summary>
    public Task<CasePage> GetCasesAsync(CasesQuery? query = null, CancellationToken cancellation = default)
    {
        query ??= new CasesQuery();
        var state = query.State is { } asked ? JsonNamingPolicy.CamelCase.ConvertName(asked.ToString()) : null;
        var path = new QueryText("api/v1/cases").With("state", state).With("area", query.Area).With("service", query.Service)
            .With("assignee", query.Assignee).With("q", query.Q).With("sort", query.Sort).With("cursor", query.Cursor).With("limit", query.Limit);
        return _transport.GetAsync(path.ToString(), ContractJson.Default.CasePage, cancellation);
    }

    /// <summary>Stores a judgement. Status 409 of <see cref="OpsConsoleException"/>: the flag, the promise or the state has changed since.</summary>
    public Task<JudgementReceipt> JudgeAsync(string shipmentId, JudgementRequest judgement, CancellationToken cancellation = default) =>
        _transport.PostAsync(Judgements(shipmentId), judgement, ContractJson.Requests.JudgementRequest, ContractJson.Default.JudgementReceipt, cancellation);

    /// <summary>Takes a judgement back.</summary>
    public Task WithdrawAsync(string shipmentId, string judgementId, CancellationToken cancellation = default) =>
        DoAsync(HttpMethod.Delete, $"{Judgements(shipmentId)}/{Uri.EscapeDataString(judgementId)}", cancellation);

    /// <summary>Counts, precision, recall and the like.</summary>
    public Task<QualityAnswer> GetQualityAsync(QualityQuery? query = null, CancellationToken cancellation = default)
    {
        query ??= new QualityQuery();
        var path = new QueryText("api/v1/quality").With("from", query.From).With("to", query.To).With("bucket", query.Bucket).With("lead", query.Lead)
            .With("threshold", query.Threshold).With("model", query.Model).With("by", query.By).With("basis", query.Basis).With("simulated", query.Simulated);
        return _transport.GetAsync(path.ToString(), ContractJson.Default.QualityAnswer, cancellation);
    }

    /// <summary>Curves, calibration and minutes at a lead; bucket and by of the query say nothing here.</summary>
    public Task<CurvesAnswer> GetCurvesAsync(QualityQuery? query = null, CancellationToken cancellation = default)
    {
        query ??= new QualityQuery();
        var path = new QueryText("api/v1/quality/curves").With("from", query.From).With("to", query.To).With("lead", query.Lead)
            .With("threshold", query.Threshold).With("model", query.Model).With("basis", query.Basis).With("simulated", query.Simulated);
        return _transport.GetAsync(path.ToString(), ContractJson.Default.CurvesAnswer, cancellation);
    }

    /// <summary>Business KPIs.</summary>
    public Task<KpiAnswer> GetKpisAsync(KpiQuery? query = null, CancellationToken cancellation = default)
    {
        query ??= new KpiQuery();
        var path = new QueryText("api/v1/kpis").With("from", query.From).With("to", query.To).With("bucket", query.Bucket)
            .With("by", query.By).With("simulated", query.Simulated);
        return _transport.GetAsync(path.ToString(), ContractJson.Default.KpiAnswer, cancellation);
    }

    /// <summary>What a threshold would have done in a range of counted promises; null: the one in force.</summary>
    public Task<ThresholdAnswer> GetThresholdAsync(
        double? threshold = null, DateTimeOffset? from = null, DateTimeOffset? to = null, CancellationToken cancellation = default)
    {
        var path = new QueryText("api/v1/threshold").With("from", from).With("to", to).With("threshold", threshold);
        return _transport.GetAsync(path.ToString(), ContractJson.Default.ThresholdAnswer, cancellation);
    }

    /// <summary>Labels as a file; dispose of the answer.</summary>
    public async Task<LabelsFile> GetLabelsAsync(LabelsQuery? query = null, CancellationToken cancellation = default)
    {
        query ??= new LabelsQuery();
        var path = new QueryText("api/v1/labels").With("format", query.Format).With("from", query.From).With("to", query.To).With("asOf", query.AsOf)
            .With("decision", query.Decision).With("model", query.Model).With("simulated", query.Simulated).With("pseudonymise", query.Pseudonymise).ToString();
        var response = await _transport.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), cancellation);
        return await LabelsFile.OpenAsync(response, cancellation);
    }

    /// <summary>The data dictionary of the labels, as the product writes it.</summary>
    public Task<string> GetLabelsDictionaryAsync(CancellationToken cancellation = default) => TextAsync("api/v1/labels/dictionary", cancellation);

    /// <summary>The model versions.</summary>
    public Task<ModelPage> GetModelsAsync(CancellationToken cancellation = default) =>
        _transport.GetAsync("api/v1/models", ContractJson.Default.ModelPage, cancellation);

    /// <summary>Starts a training run and answers its id.</summary>
    public Task<string> TrainAsync(TrainRequest request, CancellationToken cancellation = default) =>
        StartRunAsync("api/v1/models/train", JsonSerializer.SerializeToUtf8Bytes(request, ContractJson.Requests.TrainRequest), cancellation);

    /// <summary>Starts an evaluation of a version on past shipments and answers the run's id.</summary>
    public Task<string> BacktestAsync(string version, BacktestRequest request, CancellationToken cancellation = default) =>
        StartRunAsync($"{Model(version)}/backtest", JsonSerializer.SerializeToUtf8Bytes(request, ContractJson.Requests.BacktestRequest), cancellation);

    /// <summary>Progress and result of a run.</summary>
    public Task<RunAnswer> GetRunAsync(string runId, CancellationToken cancellation = default) =>
        _transport.GetAsync(Run(runId), ContractJson.Default.RunAnswer, cancellation);

    /// <summary>Cancels a run.</summary>
    public Task CancelRunAsync(string runId, CancellationToken cancellation = default) => DoAsync(HttpMethod.Delete, Run(runId), cancellation);

    /// <summary>Makes a version the champion; a refusal says which gate failed.</summary>
    public Task PromoteAsync(string version, CancellationToken cancellation = default) => DoAsync(HttpMethod.Post, $"{Model(version)}/promote", cancellation);

    /// <summary>Makes a version the champion and says why: with scope <c>admin</c>, past gates that failed.</summary>
    public async Task PromoteAsync(string version, string reason, CancellationToken cancellation = default)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new ChangeModelRequest { Reason = reason }, ContractJson.Requests.ChangeModelRequest);
        (await _transport.SendAsync(() => Transport.Post($"{Model(version)}/promote", body, body.Length, "application/json"), cancellation)).Dispose();
    }

    /// <summary>Retires a version.</summary>
    public Task RetireAsync(string version, CancellationToken cancellation = default) => DoAsync(HttpMethod.Post, $"{Model(version)}/retire", cancellation);

    private async Task<string> StartRunAsync(string path, byte[] body, CancellationToken cancellation)
    {
        using var response = await _transport.SendAsync(() => Transport.Post(path, body, body.Length, "application/json"), cancellation);
        var location = response.Headers.Location?.ToString() ?? throw new InvalidOperationException($"The answer of {path} has no Location.");
        return Uri.UnescapeDataString(location[(location.LastIndexOf('/') + 1)..]);
    }

    private async Task DoAsync(HttpMethod method, string path, CancellationToken cancellation) =>
        (await _transport.SendAsync(() => new HttpRequestMessage(method, path), cancellation)).Dispose();

    private static string Shipment(string id) => $"api/v1/shipments/{Uri.EscapeDataString(id)}";

    private static string Judgements(string id) => $"api/v1/cases/{Uri.EscapeDataString(id)}/judgements";

    private static string Model(string version) => $"api/v1/models/{Uri.EscapeDataString(version)}";

    private static string Run(string id) => $"api/v1/runs/{Uri.EscapeDataString(id)}";
}
