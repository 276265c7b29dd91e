using System.Text.Json;

namespace OpsConsole.Client;

/// <summary>
/// The product's API, one method a call of the contract. Every method throws <see cref="OpsConsoleException"/> for an answer that is not good,
/// <see cref="HttpRequestException"/> where none came. 429 and 503 are sent again first, when the answer says. Safe to share between threads.
/// </summary>
public sealed partial class OpsConsoleClient
{
    private readonly Transport _transport;
    private readonly IntakeStream _intake;

    /// <summary>A client that calls through <paramref name="http"/>, which stays the caller's.</summary>
    /// <param name="http">With <see cref="HttpClient.BaseAddress"/> set to the product's address.</param>
    /// <param name="options">Key and limits.</param>
    /// <param name="time">What waiting before sending again goes by; left out: the system's.</param>
    public OpsConsoleClient(HttpClient http, OpsConsoleClientOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        _transport = new Transport(http, options, time ?? TimeProvider.System);
        _intake = new IntakeStream(_transport, options);
    }

    /// <summary>Registers or amends 1 to 10,000 shipments. All bad is a receipt too, not an exception.</summary>
    /// <param name="shipments">The shipments.</param>
    /// <param name="validate">Check only; store nothing.</param>
    /// <param name="cancellation">Stops waiting; what was sent may still be stored.</param>
    public Task<IntakeReceipt> SendShipmentsAsync(IReadOnlyList<NewShipment> shipments, bool validate = false, CancellationToken cancellation = default) =>
        _intake.PostArrayAsync(Intake("shipments", validate), shipments, ContractJson.Requests.IReadOnlyListNewShipment, cancellation);

    /// <summary>Sends 1 to 10,000 tracking events; else as <see cref="SendShipmentsAsync"/>.</summary>
    public Task<IntakeReceipt> SendEventsAsync(IReadOnlyList<NewEvent> events, bool validate = false, CancellationToken cancellation = default) =>
        _intake.PostArrayAsync(Intake("events", validate), events, ContractJson.Requests.IReadOnlyListNewEvent, cancellation);

    /// <summary>Sends 1 to 10,000 conditions; else as <see cref="SendShipmentsAsync"/>.</summary>
    public Task<IntakeReceipt> SendConditionsAsync(IReadOnlyList<NewCondition> conditions, bool validate = false, CancellationToken cancellation = default) =>
        _intake.PostArrayAsync(Intake("conditions", validate), conditions, ContractJson.Requests.IReadOnlyListNewCondition, cancellation);

    /// <summary>Sends 1 to 10,000 contacts; else as <see cref="SendShipmentsAsync"/>.</summary>
    public Task<IntakeReceipt> SendContactsAsync(IReadOnlyList<NewContact> contacts, bool validate = false, CancellationToken cancellation = default) =>
        _intake.PostArrayAsync(Intake("contacts", validate), contacts, ContractJson.Requests.IReadOnlyListNewContact, cancellation);

    /// <summary>
    /// Registers or amends any number of shipments as NDJSON, in calls of bounded size: memory stays flat. If a call fails, those before it are stored, and
    /// sending all again is harmless. Indices of rejected items are places in the stream.
    /// </summary>
    /// <param name="shipments">The shipments.</param>
    /// <param name="progress">Told the receipt so far after each call.</param>
    /// <param name="cancellation">Stops between calls.</param>
    public Task<IntakeReceipt> StreamShipmentsAsync(
        IAsyncEnumerable<NewShipment> shipments, IProgress<IntakeReceipt>? progress = null, CancellationToken cancellation = default) =>
        _intake.PostLinesAsync(Intake("shipments", false), shipments, ContractJson.Requests.NewShipment, progress, cancellation);

    /// <summary>Sends any number of tracking events; else as <see cref="StreamShipmentsAsync"/>.</summary>
    public Task<IntakeReceipt> StreamEventsAsync(
        IAsyncEnumerable<NewEvent> events, IProgress<IntakeReceipt>? progress = null, CancellationToken cancellation = default) =>
        _intake.PostLinesAsync(Intake("events", false), events, ContractJson.Requests.NewEvent, progress, cancellation);

    /// <summary>Sends any number of conditions; else as <see cref="StreamShipmentsAsync"/>.</summary>
    public Task<IntakeReceipt> StreamConditionsAsync(
        IAsyncEnumerable<NewCondition> conditions, IProgress<IntakeReceipt>? progress = null, CancellationToken cancellation = default) =>
        _intake.PostLinesAsync(Intake("conditions", false), conditions, ContractJson.Requests.NewCondition, progress, cancellation);

    /// <summary>Sends any number of contacts; else as <see cref="StreamShipmentsAsync"/>.</summary>
    public Task<IntakeReceipt> StreamContactsAsync(
        IAsyncEnumerable<NewContact> contacts, IProgress<IntakeReceipt>? progress = null, CancellationToken cancellation = default) =>
        _intake.PostLinesAsync(Intake("contacts", false), contacts, ContractJson.Requests.NewContact, progress, cancellation);

    /// <summary>Whether the process runs.</summary>
    public Task<HealthAnswer> GetLiveAsync(CancellationToken cancellation = default) => HealthAsync("health/live", cancellation);

    /// <summary>Whether calls may be sent, each check by name, and what is behind. Not ready is an answer, not an exception.</summary>
    public Task<HealthAnswer> GetReadyAsync(CancellationToken cancellation = default) => HealthAsync("health/ready", cancellation);

    /// <summary>The metrics, as Prometheus text.</summary>
    public Task<string> GetMetricsAsync(CancellationToken cancellation = default) => TextAsync("metrics", cancellation);

    /// <summary>The OpenAPI document.</summary>
    public Task<string> GetOpenApiAsync(CancellationToken cancellation = default) => TextAsync("openapi/v1.json", cancellation);

    private async Task<HealthAnswer> HealthAsync(string path, CancellationToken cancellation)
    {
        using var response = await _transport.SendRawAsync(() => new HttpRequestMessage(HttpMethod.Get, path), cancellation, retry: false);
        if (!response.IsSuccessStatusCode && response.StatusCode != System.Net.HttpStatusCode.ServiceUnavailable)
            throw await Transport.FailureAsync(response, cancellation);
        try
        {
            return await Transport.ReadAsync(response, ContractJson.Default.HealthAnswer, cancellation);
        }
        catch (JsonException) when (!response.IsSuccessStatusCode)
        {
            throw await Transport.FailureAsync(response, cancellation); // A proxy's 503, not the product's.
        }
    }

    private async Task<string> TextAsync(string path, CancellationToken cancellation)
    {
        using var response = await _transport.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), cancellation);
        return await response.Content.ReadAsStringAsync(cancellation);
    }

    private static string Intake(string what, bool validate) => validate ? $"api/v1/{what}?validate=true" : $"api/v1/{what}";
}
