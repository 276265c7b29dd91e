using System.Net;
using System.Text.Json;
using OpsConsole.Client;

namespace OpsConsole.IntegrationTests.Triage;

/// <summary>The queue over HTTP: what is in it, in which order, a page at a time.</summary>
public sealed class CaseQueueTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    private TriageSeed Seed => field ??= new TriageSeed(console.Services);

    [Fact]
    public async Task Queue_AllPages_HoldEveryCaseOnceInOrder()
    {
        const string area = "PAGES";
        var open = new List<TriageSeed.Parcel>();
        for (var i = 0; i < 23; i++)
        {
            var parcel = await Seed.RegisterAsync(area: area, promisedIn: TimeSpan.FromMinutes(40 + i * 25));
            await Seed.ScoreAsync(parcel, 0.45 + i * 0.02);
            open.Add(parcel);
        }
        for (var i = 0; i < 7; i++)
            await Seed.ScoreAsync(open[i * 3], 0.5, ShipmentState.Delivered);
        foreach (var sort in new[] { "value", "promise", "score", "opened" })
        {
            List<CaseAnswer> seen = [];
            string? cursor = null;
            var pages = 0;
            do
            {
                var page = await ListAsync($"area={area}&sort={sort}&limit=4{(cursor is null ? "" : $"&cursor={cursor}")}");
                Assert.True(page.Items.Count is > 0 and <= 4);
                seen.AddRange(page.Items);
                cursor = page.Cursor;
                pages++;
            }
            while (cursor is not null);
            Assert.Equal(6, pages);
            Assert.Equal(open.Select(p => p.Id).Order(), seen.Select(c => c.ShipmentId).Order());
            Assert.Equal(seen.OrderBy(c => c.State == CaseState.Closed).Select(c => c.ShipmentId), seen.Select(c => c.ShipmentId));
            var waiting = seen.Where(c => c.State != CaseState.Closed).ToList();
            if (sort == "promise")
                Assert.Equal(waiting.OrderBy(c => c.PromisedBy), waiting);
            if (sort == "score")
                Assert.Equal(waiting.OrderByDescending(c => c.Score), waiting);
            if (sort == "opened")
                Assert.Equal(open.AsEnumerable().Reverse().Select(p => p.Id).Intersect(waiting.Select(c => c.ShipmentId)), waiting.Select(c => c.ShipmentId));
        }
    }

    [Fact]
    public async Task Queue_ByValue_PutsFirstWhatWaitingCostsMost()
    {
        const string area = "VALUE";
        // Telling the customer has its last useful moment half an hour before the promise: before the next look, or long after it.
        var pressing = await Seed.RegisterAsync(area: area, promisedIn: TimeSpan.FromMinutes(40));
        var later = await Seed.RegisterAsync(area: area, promisedIn: TimeSpan.FromHours(12));
        await Seed.ScoreAsync(later, 0.95);
        await Seed.ScoreAsync(pressing, 0.7);
        var page = await ListAsync($"area={area}");
        Assert.Equal([pressing.Id, later.Id], page.Items.Select(c => c.ShipmentId));
        Assert.All(page.Items, c => Assert.True(c.ExpectedSaving > 0));
        Assert.All(page.Items, c => Assert.Matches("^[0-9]+$", c.PredictionId));
        Assert.Null(page.Cursor);
    }

    [Fact]
    public async Task Queue_Filtered_HoldsOnlyThose()
    {
        var parcel = await Seed.RegisterAsync(id: "fil_ter%1", area: "FILTER", service: "express");
        var other = await Seed.RegisterAsync(id: "filXter%2", area: "FILTER", service: "standard");
        await Seed.ScoreAsync(parcel, 0.7);
        await Seed.ScoreAsync(other, 0.7);
        Assert.Equal([parcel.Id], await IdsAsync("area=FILTER&service=express"));
        Assert.Equal([parcel.Id], await IdsAsync("q=fil_ter"));
        Assert.Equal([parcel.Id], await IdsAsync("q=ter%251"));
        Assert.Equal(2, (await IdsAsync("area=FILTER&state=open")).Count);
        Assert.Empty(await IdsAsync("area=FILTER&state=judged"));
        Assert.Empty(await IdsAsync("area=FILTER&state=closed"));
        using var content = new StringContent("""{"late":true,"judge":"ann"}""", System.Text.Encoding.UTF8, "application/json");
        using var judged = await console.Client.PostAsync(new Uri($"/api/v1/cases/{Uri.EscapeDataString(parcel.Id)}/judgements", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.Created, judged.StatusCode);
        Assert.Equal([parcel.Id], await IdsAsync("area=FILTER&state=judged"));
        Assert.Equal([parcel.Id], await IdsAsync("area=FILTER&assignee=ann"));
    }

    [Theory]
    [InlineData("state=asleep", "state")]
    [InlineData("state=Open", "state")]
    [InlineData("sort=colour", "sort")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("cursor=nonsense", "cursor")]
    [InlineData("cursor=MHwxfDB8MHww", "cursor")]
    [InlineData("q=a%00b", "q")]
    [InlineData("area=a&area=b", "area")]
    public async Task Queue_BadValue_RefusedByName(string query, string parameter)
    {
        using var answer = await console.Client.GetAsync(new Uri($"/api/v1/cases?{query}", UriKind.Relative));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.UnprocessableEntity, text);
        Assert.Equal([parameter], JsonSerializer.Deserialize<JsonElement>(text).GetProperty("errors").EnumerateObject().Select(e => e.Name));
    }

    private async Task<CasePage> ListAsync(string query) => JsonSerializer.Deserialize(
        await console.Client.GetStringAsync(new Uri($"/api/v1/cases?{query}", UriKind.Relative)), ContractJson.Default.CasePage)!;

    private async Task<IReadOnlyList<string>> IdsAsync(string query) => [.. (await ListAsync(query)).Items.Select(c => c.ShipmentId)];
}
