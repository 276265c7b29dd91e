using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpsConsole.Client;

/// <summary>
/// The contract's JSON, generated at build time: camelCase, enums by their names, numbers never as text. <see cref="Default"/> is for
/// answers, where "or null" is written as null; <see cref="Requests"/> leaves out what is null. Typed infos: <c>ContractJson.Default.QualityAnswer</c>;
/// for a server's own options insert <c>ContractJson.Default</c> into the <c>TypeInfoResolverChain</c>.
/// </summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(NewShipment))]
[JsonSerializable(typeof(NewEvent))]
[JsonSerializable(typeof(NewCondition))]
[JsonSerializable(typeof(NewContact))]
[JsonSerializable(typeof(IReadOnlyList<NewShipment>))]
[JsonSerializable(typeof(IReadOnlyList<NewEvent>))]
[JsonSerializable(typeof(IReadOnlyList<NewCondition>))]
[JsonSerializable(typeof(IReadOnlyList<NewContact>))]
[JsonSerializable(typeof(Customer))]
[JsonSerializable(typeof(EraseCustomerRequest))]
[JsonSerializable(typeof(Dictionary<string, ChannelConsent>))]
[JsonSerializable(typeof(IntakeReceipt))]
[JsonSerializable(typeof(PredictionsRequest))]
[JsonSerializable(typeof(PredictionsAnswer))]
[JsonSerializable(typeof(ShipmentAnswer))]
[JsonSerializable(typeof(StoredPredictionPage))]
[JsonSerializable(typeof(CasePage))]
[JsonSerializable(typeof(JudgementRequest))]
[JsonSerializable(typeof(JudgementReceipt))]
[JsonSerializable(typeof(QualityAnswer))]
[JsonSerializable(typeof(CurvesAnswer))]
[JsonSerializable(typeof(KpiAnswer))]
[JsonSerializable(typeof(ThresholdAnswer))]
[JsonSerializable(typeof(ModelPage))]
[JsonSerializable(typeof(TrainRequest))]
[JsonSerializable(typeof(BacktestRequest))]
[JsonSerializable(typeof(ChangeModelRequest))]
[JsonSerializable(typeof(RunAnswer))]
[JsonSerializable(typeof(ShipmentChange))]
[JsonSerializable(typeof(ShipmentChange[]))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(ProblemAnswer))]
[JsonSerializable(typeof(IReadOnlyList<Contribution>))]
public sealed partial class ContractJson : JsonSerializerContext
{
    /// <summary>For requests: what is null is left out.</summary>
    public static ContractJson Requests { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.Strict,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}
