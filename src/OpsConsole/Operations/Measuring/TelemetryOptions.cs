namespace OpsConsole.Operations.Measuring;

/// <summary>Where traces and metrics are sent. Read from <c>Otlp</c>, else from the variables that OpenTelemetry names.</summary>
/// <param name="Endpoint"><c>Otlp:Endpoint</c> or <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>; null: nowhere, and nothing is traced.</param>
/// <param name="Http"><c>Otlp:Protocol</c> is <c>HttpProtobuf</c>; else gRPC.</param>
/// <param name="Share"><c>Otlp:TracedShare</c>: the share of calls that are traced.</param>
public sealed record TelemetryOptions(Uri? Endpoint = null, bool Http = false, double Share = 1);
