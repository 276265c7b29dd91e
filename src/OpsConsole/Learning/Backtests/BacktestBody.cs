using System.Text.Json;
using OpsConsole.Client;

namespace OpsConsole.Learning;

/// <summary>Reads the body of <c>POST /models/{version}/backtest</c>.</summary>
internal sealed class BacktestBody : BodyReader<BacktestRequest>
{
    protected override IReadOnlyList<string> Fields { get; } = ["from", "to", "simulated"];

    // Nothing said is everything asked.
    protected override bool MayBeLeftOut => true;

    protected override BacktestRequest Take(BacktestRequest request, string name, JsonElement value) => name switch
    {
        "from" => request with { From = Time(name, value) },
        "to" => request with { To = Time(name, value) },
        _ => request with { Simulated = Text(name, value) },
    };
}
