using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OpsConsole.Operations;

/// <summary>Where rooms hang their own metrics and traces; <c>/metrics</c> shows them.</summary>
public static class Telemetry
{
    /// <summary>The name of meter and activity source.</summary>
    public const string Name = "OpsConsole";

    /// <summary>Counters and histograms of the product, named <c>opsconsole.*</c>.</summary>
    public static Meter Meter { get; } = new(Name);

    /// <summary>Traces of the product.</summary>
    public static ActivitySource Activities { get; } = new(Name);
}
