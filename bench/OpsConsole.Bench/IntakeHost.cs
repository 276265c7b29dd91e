using System.Diagnostics;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Intake.Feeds;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Bench;

/// <summary>The product's rooms that take events in, on a real port with a real key, and beside them an endpoint that only parses.</summary>
internal sealed class IntakeHost : IAsyncDisposable
{
    private const string Key = "bench-bootstrap-key-0123456789-0123456789";

    private readonly string _folder = Directory.CreateTempSubdirectory("opsconsole-bench-").FullName;
    private readonly WebApplication _app;
    private readonly Caller _caller = new(null, "bench", "bench", 1, "bench", false, true);
    private int _accepted;

    private IntakeHost()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            EnvironmentName = "Production",
            ContentRootPath = _folder,
            // As the product: no watcher on the folder that the database is written in.
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddStore(new StoreOptions { ConnectionString = $"Data Source={Path.Combine(_folder, "bench.db")}", DataDirectory = _folder });
        builder.Services.AddOperations(new OperationsSettings());
        builder.Services.AddAccess(new AccessOptions { BootstrapKeyHash = ApiKeyFormat.Hash(Key) });
        builder.Services.AddIntake();
        _app = builder.Build();
        _app.UseAccess();
        _app.MapIntake();
        _app.MapPost("/parse", ParseAsync).AllowAnonymous();
    }

    /// <summary>How many events the product said it stored.</summary>
    internal int Accepted { get => _accepted; set => _accepted = value; }

    internal static async Task<IntakeHost> StartAsync()
    {
        var host = new IntakeHost();
        await host._app.Services.GetRequiredService<Migrator>().StartAsync(CancellationToken.None);
        await host._app.StartAsync();
        return host;
    }

    internal async Task RegisterAsync(int shipments)
    {
        var promise = TimeProvider.System.GetUtcNow().AddDays(2);
        var items = Enumerable.Range(0, shipments).Select(i => new NewShipment
        {
            ShipmentId = FormattableString.Invariant($"SHIP-{i:D6}"),
            BookedAt = promise.AddDays(-3),
            PromisedBy = promise,
            Origin = new Area { AreaCode = "LS1" },
            Destination = new Area { AreaCode = "M1" },
            Service = "next-day",
        }).ToList();
        var call = new IntakeCall<NewShipment>(_app.Services.GetRequiredService<ReceiveShipments>(), _caller, checkOnly: false, promise.AddDays(-2), _app.Services.GetRequiredService<FeedBook>());
        await call.TakeJsonAsync(Pipe(JsonSerializer.SerializeToUtf8Bytes<IReadOnlyList<NewShipment>>(items, ContractJson.Requests.IReadOnlyListNewShipment)), CancellationToken.None);
        if (call.Receipt().Accepted != shipments)
            throw new InvalidOperationException("The shipments were not taken.");
    }

    /// <summary>Takes a body of events as the endpoint does, without HTTP around it.</summary>
    internal async Task TakeAsync(byte[] body)
    {
        var call = new IntakeCall<NewEvent>(_app.Services.GetRequiredService<ReceiveEvents>(), _caller, checkOnly: false, TimeProvider.System.GetUtcNow(), _app.Services.GetRequiredService<FeedBook>());
        await call.TakeJsonAsync(Pipe(body), CancellationToken.None);
        Interlocked.Add(ref _accepted, call.Receipt().Accepted);
    }

    /// <summary>
    /// Posts bodies over several connections of the client that integrators in C# have, each waiting for its answer; calls a second, and the
    /// milliseconds of each.
    /// </summary>
    internal async Task<(double Rate, double[] Milliseconds)> LoadAsync(string path, List<byte[]> bodies, int connections)
    {
        var address = new Uri(new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), path);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections, UseProxy = false });
        client.DefaultRequestHeaders.Add("X-Api-Key", Key);
        var times = new double[bodies.Count];
        var next = -1;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i < bodies.Count)
            {
                var sent = Stopwatch.GetTimestamp();
                using var body = new ByteArrayContent(bodies[i]);
                body.Headers.ContentType = new("application/json");
                using var answer = await client.PostAsync(address, body);
                answer.EnsureSuccessStatusCode();
                await answer.Content.ReadAsByteArrayAsync();
                times[i] = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
            }
        })));
        return (bodies.Count / Stopwatch.GetElapsedTime(start).TotalSeconds, times);
    }

    internal long CountEvents()
    {
        using var connection = _app.Services.GetRequiredService<StoreConnections>().OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM events";
        return (long)command.ExecuteScalar()!;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<IResult> ParseAsync(HttpContext http, CancellationToken cancellation)
    {
        var e = await JsonSerializer.DeserializeAsync(http.Request.Body, ContractJson.Requests.NewEvent, cancellation);
        return TypedResults.Json(new IntakeReceipt { Accepted = e is null ? 0 : 1 }, ContractJson.Default.IntakeReceipt);
    }

    private static PipeReader Pipe(byte[] body) => PipeReader.Create(new System.Buffers.ReadOnlySequence<byte>(body));
}
