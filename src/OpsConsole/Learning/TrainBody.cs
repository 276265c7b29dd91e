using System.Text.Json;
using OpsConsole.Client;

namespace OpsConsole.Learning;

/// <summary>Reads the body of <c>POST /models/train</c>.</summary>
internal sealed class TrainBody : BodyReader<TrainRequest>
{
    protected override IReadOnlyList<string> Fields { get; } =
        ["trainer", "from", "to", "asOf", "decisionLeadMinutes", "decisionPoint", "includeAttributes", "simulated", "seed", "name"];

    protected override TrainRequest Take(TrainRequest request, string name, JsonElement value) => name switch
    {
        "trainer" => request with { Trainer = Text(name, value) },
        "from" => request with { From = Time(name, value) },
        "to" => request with { To = Time(name, value) },
        "asOf" => request with { AsOf = Time(name, value) },
        "decisionLeadMinutes" => request with { DecisionLeadMinutes = Whole(name, value) },
        "decisionPoint" => request with { DecisionPoint = Point(name, value) },
        "includeAttributes" => request with { IncludeAttributes = Flag(name, value) },
        "simulated" => request with { Simulated = Text(name, value) },
        "seed" => request with { Seed = Whole(name, value) },
        _ => request with { Name = Text(name, value) },
    };
}
