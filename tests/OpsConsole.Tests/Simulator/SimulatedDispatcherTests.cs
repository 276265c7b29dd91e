using System.Net;
using System.Text;
using OpsConsole.Client;
using OpsConsole.Simulator.Network;

namespace OpsConsole.Tests.Simulator;

public sealed class SimulatedDispatcherTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Noon = Start.AddHours(12);

    private readonly Desk _desk = new();
    private DateTimeOffset _now = Noon;

    [Fact]
    public async Task AnswerFrom_FreshCases_AnswersEachOnceWithinTheMinutesThatFollow()
    {
        var colleagues = Colleagues(cases: 40);

        var answered = await colleagues.AnswerFromAsync(Noon, moment => _now = moment);

        Assert.Equal(40, answered);
        var moments = _desk.Judged.Select(judged => judged.At).ToList();
        Assert.Equal(40, _desk.Judged.Select(judged => judged.Path).Distinct().Count());
        Assert.Equal(moments.Order(), moments);
        Assert.All(moments, moment => Assert.InRange(moment, Noon + SimulatedDispatcher.Soonest, Noon + SimulatedDispatcher.Latest));
        Assert.True(moments.Distinct().Count() > 20, "Each is answered at a moment of its own.");
    }

    [Fact]
    public async Task Answer_JustSeen_WaitsForItsMinutes()
    {
        var colleagues = Colleagues(cases: 40);

        Assert.Equal(0, await colleagues.AnswerAsync(Noon));
        Assert.Equal(0, await colleagues.AnswerAsync(Noon + SimulatedDispatcher.Soonest - TimeSpan.FromSeconds(1)));
        Assert.InRange(await colleagues.AnswerAsync(Noon.AddMinutes(10)), 1, 39);
    }

    private SimulatedDispatcher Colleagues(int cases)
    {
        var network = new CourierNetwork(new NetworkOptions { Seed = 7, From = Start, LastBooking = Start.AddDays(1), ShipmentsPerDay = 400, Prefix = "SIM" });
        var shipments = network.Until(Noon).OfType<ShipmentFact>().Select(fact => fact.Shipment);
        _desk.Open = [.. shipments.Where(shipment => shipment.PromisedBy > Noon.AddHours(2) && network.PromiseOf(shipment.ShipmentId) is not null).Take(cases)];
        Assert.Equal(cases, _desk.Open.Count);
        _desk.Clock = () => _now;
        var client = new OpsConsoleClient(new HttpClient(_desk) { BaseAddress = new Uri("http://localhost") }, new OpsConsoleClientOptions { ApiKey = "secret" });
        return new SimulatedDispatcher(client, network, new DispatcherOptions { Share = 1 });
    }

    /// <summary>Answers as the console does: with the open cases, and with a receipt for a judgement.</summary>
    private sealed class Desk : HttpMessageHandler
    {
        internal List<NewShipment> Open { get; set; } = [];

        internal Func<DateTimeOffset> Clock { get; set; } = () => Noon;

        internal List<(string Path, DateTimeOffset At)> Judged { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.AbsolutePath;
            var body = request.Method == HttpMethod.Get ? Cases() : Receipt(path);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, "application/json") });
        }

        private string Cases() => $$"""{"items":[{{string.Join(',', Open.Select(shipment =>
            $$"""{"shipmentId":"{{shipment.ShipmentId}}","state":"open","promisedBy":"{{shipment.PromisedBy:O}}","destinationArea":"N1"}"""))}}]}""";

        private string Receipt(string path)
        {
            Judged.Add((path, Clock()));
            Open.RemoveAll(shipment => path.Contains(shipment.ShipmentId, StringComparison.Ordinal));
            return """{"judgementId":"j1","shipmentId":"s1","verdict":"confirmed"}""";
        }
    }
}
