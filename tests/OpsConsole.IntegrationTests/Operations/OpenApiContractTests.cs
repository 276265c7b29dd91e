using System.Text.Json;

namespace OpsConsole.IntegrationTests.Operations;

/// <summary>The description of the API says what the contract says: every call, and the fields that callers rely on.</summary>
public sealed class OpenApiContractTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    /// <summary>The contract's table of calls, and those that are ours beside it.</summary>
    private static readonly string[] Calls =
    [
        "GET /health/live", "GET /health/ready",
        "POST /api/v1/shipments", "POST /api/v1/events", "POST /api/v1/conditions", "POST /api/v1/contacts",
        "GET /api/v1/shipments/{shipmentId}", "GET /api/v1/shipments/{shipmentId}/predictions", "POST /api/v1/predictions",
        "GET /api/v1/cases", "POST /api/v1/cases/{shipmentId}/judgements", "DELETE /api/v1/cases/{shipmentId}/judgements/{judgementId}",
        "GET /api/v1/labels", "HEAD /api/v1/labels", "GET /api/v1/labels/dictionary", "GET /api/v1/quality", "GET /api/v1/kpis", "GET /api/v1/threshold",
        "GET /api/v1/models", "POST /api/v1/models/train", "GET /api/v1/runs/{runId}", "DELETE /api/v1/runs/{runId}",
        "POST /api/v1/models/{version}/promote", "POST /api/v1/models/{version}/retire", "POST /api/v1/models/{version}/backtest",
        "POST /api/v1/customers/erase", "GET /api/v1/quality/curves",
    ];

    [Fact]
    public async Task Calls_Described_AreThoseOfTheContract()
    {
        var document = await DocumentAsync();
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(call => $"{call.Name.ToUpperInvariant()} {path.Name}"));
        Assert.Equal(Calls.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("GET /api/v1/shipments/{shipmentId}", "shipmentId state bookedAt promisedBy origin destination service events prediction scoresAtLead judgements outcome label simulated")]
    [InlineData("GET /api/v1/shipments/{shipmentId}/predictions", "items cursor")]
    [InlineData("POST /api/v1/predictions", "modelVersion threshold predictions")]
    [InlineData("GET /api/v1/cases", "items cursor")]
    [InlineData("GET /api/v1/quality", "basis timeZone lead buckets total")]
    [InlineData("GET /api/v1/kpis", "timeZone buckets total")]
    [InlineData("GET /api/v1/models", "items")]
    [InlineData("GET /api/v1/runs/{runId}", "runId state progress modelVersion metrics error")]
    [InlineData("POST /api/v1/shipments", "accepted duplicates rejectedCount rejected ignored")]
    [InlineData("POST /api/v1/events", "accepted duplicates rejectedCount rejected ignored")]
    [InlineData("POST /api/v1/conditions", "accepted duplicates rejectedCount rejected ignored")]
    [InlineData("POST /api/v1/contacts", "accepted duplicates rejectedCount rejected ignored")]
    public async Task Answer_OfACall_HasTheFieldsOfTheContract(string call, string fields)
    {
        var document = await DocumentAsync();
        var schema = Resolve(document, Operation(document, call).GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("schema"));
        AssertFields(schema, fields);
    }

    [Theory]
    [InlineData("QualityBucket", "start end shipments late onTime unknown excluded pending atRisk finishedEarlier registeredTooLate tp fp fn tn avertedOrFalse touchedOnTime settled precision recall f1 weightedF1 stillOpenRule")]
    [InlineData("RateFigure", "value low high n designEffect atLeast atMost")]
    [InlineData("KpiBucket", "start end shipments onTimeShare raisedInTimeShare warnedInTimeShare medianWarningLeadMinutes falseAlarmsPer1000 contactsPer1000 contactCostPer1000 casesPerHour timeToAnswerMinutes errorCost errorCostFlagNothing errorCostByRule errorCostByCarrierEstimate")]
    [InlineData("CaseAnswer", "shipmentId state score predictionId promisedBy destinationArea expectedSaving assignee")]
    [InlineData("ItemPrediction", "shipmentId asOf score late expectedDelayMinutes delayInterval rawLogOdds baseline contributions explanation error")]
    [InlineData("StoredPredictionAnswer", "predictionId scoredAt score threshold flagged modelVersion expectedDelayMinutes delayInterval contributions")]
    [InlineData("NewShipment", "shipmentId bookedAt promisedBy origin destination service carrier weightKg volumeDm3 pieces declaredValue distanceKm promisedFrom route vehicle stop consignmentId reference priority attributes recordedAt customer")]
    [InlineData("NewEvent", "eventId shipmentId type occurredAt recordedAt facility areaCode latitude longitude reason route vehicle promisedBy initiatedBy carrierEstimate attributes")]
    [InlineData("NewCondition", "areaCode observedAt recordedAt precipitationMm snowCm windKph temperatureC trafficIndex incidents")]
    [InlineData("NewContact", "contactId shipmentId occurredAt recordedAt channel cost")]
    [InlineData("JudgementRequest", "late reason action note predictionId judge verdict")]
    [InlineData("TrainRequest", "trainer from to asOf decisionLeadMinutes decisionPoint includeAttributes simulated seed name")]
    public async Task Schema_OfATypeCallersRelyOn_HasTheFieldsOfTheContract(string name, string fields)
    {
        var document = await DocumentAsync();
        var schemas = document.GetProperty("components").GetProperty("schemas");
        Assert.True(schemas.TryGetProperty(name, out var schema), $"{name} is not described; there are {string.Join(", ", schemas.EnumerateObject().Select(s => s.Name))}");
        AssertFields(schema, fields);
    }

    [Theory]
    [InlineData("GET /api/v1/quality", "from to bucket lead threshold model by basis simulated")]
    [InlineData("GET /api/v1/quality/curves", "from to bucket lead threshold model by basis simulated")]
    [InlineData("GET /api/v1/kpis", "from to bucket by simulated")]
    [InlineData("GET /api/v1/threshold", "from to threshold simulated")]
    [InlineData("GET /api/v1/labels", "format from to asOf decision simulated pseudonymise model")]
    [InlineData("GET /api/v1/cases", "state area service assignee q sort cursor limit")]
    [InlineData("GET /api/v1/shipments/{shipmentId}/predictions", "shipmentId cursor limit")]
    [InlineData("POST /api/v1/events", "validate")]
    public async Task Parameters_OfACall_AreDescribed(string call, string names)
    {
        var document = await DocumentAsync();
        var described = Operation(document, call).TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().Select(p => p.GetProperty("name").GetString()!).ToList() : [];
        Assert.Empty(names.Split(' ').Except(described));
    }

    private async Task<JsonElement> DocumentAsync() =>
        JsonDocument.Parse(await console.Anonymous.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative))).RootElement;

    private static JsonElement Operation(JsonElement document, string call)
    {
        var parts = call.Split(' ');
        return document.GetProperty("paths").GetProperty(parts[1]).GetProperty(parts[0].ToLowerInvariant());
    }

    private static JsonElement Resolve(JsonElement document, JsonElement schema) => schema.TryGetProperty("$ref", out var reference)
        ? document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]) : schema;

    private static void AssertFields(JsonElement schema, string fields)
    {
        var described = schema.GetProperty("properties").EnumerateObject().Select(p => p.Name);
        Assert.Empty(fields.Split(' ').Except(described));
    }
}
