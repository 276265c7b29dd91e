using OpsConsole.Client;
using OpsConsole.Simulator;
using OpsConsole.Simulator.Replay;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
try
{
    return args switch
    {
        ["replay", .. var rest] => await ReplayAsync(new Arguments(rest, ReplayCommand.Options, ["--history"]), stop.Token),
        ["live", .. var rest] => await LiveAsync(new Arguments(rest, LiveCommand.Options, []), stop.Token),
        _ => throw new UsageException("Say what to do."),
    };
}
catch (UsageException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    await Console.Error.WriteLineAsync($"usage: OpsConsole.Simulator {ReplayCommand.Usage}");
    await Console.Error.WriteLineAsync($"       OpsConsole.Simulator {LiveCommand.Usage}");
    return 2;
}
catch (Exception failed) when (failed is MappingException or OpsConsoleException or HttpRequestException or IOException)
{
    await Console.Error.WriteLineAsync(failed.Message);
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 0;
}

static async Task<int> ReplayAsync(Arguments arguments, CancellationToken cancellation)
{
    using var http = Http(arguments);
    var replay = new ReplayCommand(Client(http, arguments), TimeProvider.System, Console.Out);
    var deliveries = ReplayCommand.Deliveries(arguments);
    if (!arguments.Has("--history"))
        return await replay.InTimeAsync(deliveries, arguments.Number("--speed", 0.001, 1e6) ?? 1, cancellation);
    if (arguments.Text("--speed") is not null)
        throw new UsageException("--history and --speed exclude each other");
    return await replay.HistoryAsync(deliveries, cancellation);
}

static async Task<int> LiveAsync(Arguments arguments, CancellationToken cancellation)
{
    using var http = Http(arguments);
    return await new LiveCommand(Client(http, arguments), TimeProvider.System, Console.Out).RunAsync(arguments, cancellation);
}

static HttpClient Http(Arguments arguments) => new()
{
    BaseAddress = Uri.TryCreate(arguments.Required("--url").TrimEnd('/') + "/", UriKind.Absolute, out var url) ? url : throw new UsageException("--url is not an address such as http://localhost:5080"),
    Timeout = TimeSpan.FromMinutes(10),
};

static OpsConsoleClient Client(HttpClient http, Arguments arguments) => new(http, new OpsConsoleClientOptions { ApiKey = arguments.Required("--key") });
