using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Client;
using OpsConsole.Simulator;
using OpsConsole.Simulator.Replay;

namespace OpsConsole.Tests.Simulator;

public sealed class ReplayTests : IDisposable
{
    // A courier that has nothing in common with the example's columns.
    private const string MappingText = """
        {
          "name": "Northwind Vans",
          "idPrefix": "nw-",
          "time": { "format": ["dd/MM/yyyy HH:mm", "dd/MM/yyyy HH:mm:ss"], "zone": "Europe/London" },
          "where": { "status": ["DONE", "RETURNED"] },
          "shipment": {
            "shipmentId": "consignment",
            "bookedAt": "booked",
            "promisedBy": "due",
            "origin.areaCode": { "column": "from_postcode", "first": 2 },
            "origin.areaType": { "constant": "urban" },
            "destination.areaCode": { "join": ["country", { "column": "to_zip", "padLeft": 5, "first": 2 }], "separator": "-" },
            "destination.deprivationBand": "band",
            "service": { "column": "svc", "map": { "E": "express", "*": "standard" } },
            "weightKg": { "column": "grams", "scale": 0.001 },
          },
          "attributes": {
            "items": "items",
            "shipByHours": { "hoursBetween": ["booked", "ship_by"] },
            "shelf": { "column": "shelf_no", "as": "text" },
            "gift": { "column": "gift", "as": "boolean" }
          },
          "events": [
            { "type": "collected", "at": "picked_up", "facility": "depot" },
            { "type": { "column": "status", "map": { "DONE": "delivered", "RETURNED": "returned" } }, "at": "finished" }
          ]
        }
        """;

    private const string Csv = """
        consignment;booked;due;ship_by;picked_up;finished;status;depot;from_postcode;country;to_zip;svc;grams;items;shelf_no;gift;band
        1001;01/07/2026 09:00;02/07/2026 18:00;01/07/2026 21:30;01/07/2026 17:10;02/07/2026 18:20;DONE;Leeds;LS12;GB;2345;E;1250;3;007;yes;4
        1002;10/01/2026 09:00;12/01/2026 18:00;;;12/01/2026 11:00:30;RETURNED;;"YO,1";GB;98765;S;;1;12;no;
        1003;10/01/2026 09:00;12/01/2026 18:00;;;;OPEN;;YO1;GB;98765;S;;1;12;no;
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("opsconsole-replay-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        using Stream file = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(File.Create(path), CompressionLevel.Fastest) : File.Create(path);
        file.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }

    private List<Delivery> Read(string mapping = MappingText, string csv = Csv, string name = "week12.csv") =>
        [.. new DeliveryFile(Write(name, csv), Mapping.Parse(mapping)).Read()];

    [Theory]
    [InlineData("week12.csv")]
    [InlineData("week12.csv.gz")]
    public void Read_AnotherCouriersExport_GivesTheContractsShipments(string name)
    {
        var deliveries = Read(name: name);

        Assert.Equal(["nw-1001", "nw-1002"], deliveries.Select(d => d.Shipment.ShipmentId));
        var first = deliveries[0].Shipment;
        // British summer time.
        Assert.Equal(new DateTimeOffset(2026, 7, 1, 8, 0, 0, TimeSpan.Zero), first.BookedAt);
        Assert.Equal(first.BookedAt, first.RecordedAt);
        Assert.Equal(new DateTimeOffset(2026, 7, 2, 17, 0, 0, TimeSpan.Zero), first.PromisedBy);
        Assert.Equal(("LS", AreaType.Urban), (first.Origin.AreaCode, first.Origin.AreaType));
        Assert.Equal(("GB-02", 4), (first.Destination.AreaCode, first.Destination.DeprivationBand));
        Assert.Equal(("express", 1.25), (first.Service, first.WeightKg));
        Assert.Equal(["items", "shipByHours", "shelf", "gift"], first.Attributes!.Keys);
        Assert.Equal((3, 12.5, "007", true), (first.Attributes["items"].Number, first.Attributes["shipByHours"].Number, first.Attributes["shelf"].Text, first.Attributes["gift"].Flag));
        Assert.Equal("YO", deliveries[1].Shipment.Origin.AreaCode);
        Assert.Equal(("standard", null), (deliveries[1].Shipment.Service, deliveries[1].Shipment.WeightKg));
        Assert.DoesNotContain("shipByHours", deliveries[1].Shipment.Attributes!.Keys);
    }

    [Fact]
    public void Read_Events_AreThoseThatHappened()
    {
        var deliveries = Read();

        Assert.Equal([EventType.Collected, EventType.Delivered], deliveries[0].Events.Select(e => e.Type));
        Assert.Equal(["nw-1001:collected", "nw-1001:delivered"], deliveries[0].Events.Select(e => e.EventId));
        Assert.Equal("Leeds", deliveries[0].Events[0].Facility);
        var end = Assert.Single(deliveries[1].Events);
        Assert.Equal((EventType.Returned, new DateTimeOffset(2026, 1, 12, 11, 0, 30, TimeSpan.Zero)), (end.Type, end.OccurredAt));
        Assert.Equal(end.OccurredAt, end.RecordedAt);
    }

    [Theory]
    [InlineData("\"consignment\"", "\"consignmnt\"", "consignmnt")]
    [InlineData("\"bookedAt\"", "\"bokedAt\"", "bokedAt")]
    [InlineData("\"where\"", "\"were\"", "were")]
    [InlineData("\"scale\"", "\"scales\"", "scales")]
    [InlineData("Europe/London", "Mars/Olympus", "Mars/Olympus")]
    [InlineData("\"at\": \"finished\"", "\"facility\": \"depot\"", "events[1].at")]
    public void Mapping_Wrong_IsNamed(string good, string bad, string named)
    {
        var wrong = Assert.Throws<MappingException>(() => Read(MappingText.Replace(good, bad, StringComparison.Ordinal)));
        Assert.Contains(named, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_RowThatMeansNothing_NamesItsLine()
    {
        var wrong = Assert.Throws<MappingException>(() => Read(csv: Csv.Replace("10/01/2026 09:00;12/01/2026 18:00;;;12", "soon;12/01/2026 18:00;;;12", StringComparison.Ordinal)));
        Assert.Contains("Line 3", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_SomethingRefused_ExitsWithOneAndSaysWhat()
    {
        var server = new Server("""{"accepted":1,"duplicates":0,"rejectedCount":1,"rejected":[{"index":1,"id":"nw-1002","errors":{"weightKg":["is missing"]}}]}""");
        var output = new StringWriter();
        using var http = server.Http();
        var replay = new ReplayCommand(new OpsConsoleClient(http, new() { ApiKey = "k" }), new FakeTimeProvider(), output);

        var code = await replay.HistoryAsync(Read().AsEnumerable, default);

        Assert.Equal(1, code);
        Assert.Contains("nw-1002: weightKg: is missing", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(["shipments", "events"], server.Calls.Select(call => call.Path));
        Assert.Equal([2, 3], server.Calls.Select(call => call.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
    }

    [Fact]
    public async Task InTime_Faster_MovesAndShrinksTimesAndKeepsTheirOrder()
    {
        var now = new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
        // One day later than it is, so that all is due at once and nothing has to wait.
        var time = new FakeTimeProvider(now) { AutoAdvanceAmount = TimeSpan.FromDays(1) };
        var server = new Server("""{"accepted":1}""");
        using var http = server.Http();
        var replay = new ReplayCommand(new OpsConsoleClient(http, new() { ApiKey = "k" }), time, TextWriter.Null);

        var code = await replay.InTimeAsync(Read().Take(1).AsEnumerable, speed: 60, default);

        Assert.Equal(0, code);
        var shipment = JsonSerializer.Deserialize(server.Calls[0].Body, ContractJson.Requests.IReadOnlyListNewShipment)![0];
        var events = server.Calls.Skip(1).SelectMany(call => JsonSerializer.Deserialize(call.Body, ContractJson.Requests.IReadOnlyListNewEvent)!).ToList();
        Assert.Equal((now, now.AddMinutes(33)), (shipment.BookedAt, shipment.PromisedBy));
        Assert.Equal([now.AddSeconds(490), now.AddMinutes(33).AddSeconds(20)], events.Select(e => e.OccurredAt));
    }

    [Fact]
    public void Arguments_UnknownOrWithoutValue_AreRefused()
    {
        Assert.Contains("--sped", Assert.Throws<UsageException>(() => new Arguments(["file", "--sped", "2"], ReplayCommand.Options, [])).Message, StringComparison.Ordinal);
        Assert.Contains("--speed", Assert.Throws<UsageException>(() => new Arguments(["file", "--speed"], ReplayCommand.Options, [])).Message, StringComparison.Ordinal);
        Assert.Throws<UsageException>(() => new Arguments(["file", "--speed", "fast"], ReplayCommand.Options, []).Number("--speed", 0, 10));
    }

    /// <summary>Answers every call alike and keeps what was sent.</summary>
    private sealed class Server(string answer) : HttpMessageHandler
    {
        public List<(string Path, string Body)> Calls { get; } = [];

        public HttpClient Http() => new(this) { BaseAddress = new Uri("http://console.example/") };

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Calls.Add((request.RequestUri!.Segments[^1], await request.Content!.ReadAsStringAsync(cancellationToken)));
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer, Encoding.UTF8, "application/json") };
        }
    }
}
