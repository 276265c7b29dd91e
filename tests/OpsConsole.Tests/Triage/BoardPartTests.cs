using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OpsConsole.Client;
using OpsConsole.Operations;
using OpsConsole.Triage.Pages;

namespace OpsConsole.Tests.Triage;

public sealed class BoardPartTests : BunitContext
{
    private readonly Desk _desk = new();
    private readonly BoardParts _parts;

    public BoardPartTests()
    {
        _parts = new BoardParts(new TriageBoardState(_desk.Order));
        Services.AddSingleton(new SettingsStore(new OperationsSettings(), null!, TimeProvider.System, NullLogger<SettingsStore>.Instance));
    }

    [Fact]
    public async Task Row_AnotherRowChanges_IsNotPainted()
    {
        _desk.Flagged(1, score: 0.6);
        _desk.Flagged(2, score: 0.5);
        var list = ShowList();
        var rows = list.FindComponents<BoardRowView>();
        var painted = rows.Select(r => r.RenderCount).ToList();
        _desk.Flagged(2, score: 0.55);
        await list.InvokeAsync(() => _parts.Take(new Beat(new HashSet<long> { 2 }, Tick: false)));
        Assert.Equal(painted[0], rows[0].RenderCount);
        Assert.True(rows[1].RenderCount > painted[1]);
    }

    [Fact]
    public async Task Row_TickWithoutAChange_IsNotPainted()
    {
        _desk.Flagged(1);
        var list = ShowList();
        var row = list.FindComponent<BoardRowView>();
        var painted = row.RenderCount;
        await list.InvokeAsync(() => _parts.Take(new Beat(new HashSet<long>(), Tick: true)));
        Assert.Equal(painted, row.RenderCount);
    }

    [Fact]
    public async Task Row_LastUsefulMomentPassesWhileInUse_IsStruckThroughInPlace()
    {
        _desk.Flagged(1, score: 0.9, hours: 2);
        _desk.Flagged(2, score: 0.8, hours: 9);
        var list = ShowList();
        _parts.State.InUse = true;
        _desk.Now = Desk.Start.AddHours(1.9);
        await list.InvokeAsync(() => _parts.Take(new Beat(new HashSet<long>(), Tick: true)));
        Assert.Contains("row-toolate", list.Find("a[data-row='S-1']").ClassList);
        Assert.Equal(2, list.FindAll("a[data-row]").Count);
    }

    [Fact]
    public void Row_Shown_SaysChanceWorthAndWhyInWords()
    {
        _desk.Settings = new() { CostMissedDelay = 40 };
        _desk.Flagged(1, score: 0.33, change: r => (r.Silent, r.Assignee) = (true, "Mika Meier"));
        var row = ShowList().Find("a[data-row='S-1']");
        Assert.Contains("1 in 3", row.QuerySelector(".row-odds")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Last scan 9 h ago", row.QuerySelector(".row-why")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Silent", row.QuerySelector(".row-why")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("€", row.QuerySelector(".row-worth")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Mika Meier", row.QuerySelector(".row-who")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("/?case=S-1", row.GetAttribute("href"));
        Assert.Equal("true", row.GetAttribute("aria-current"));
    }

    [Fact]
    public void List_NoShipmentsAtAll_SaysHowToSendTheFirstAndLeadsAdministratorsToTheSetUp()
    {
        var person = this.AddAuthorization();
        person.SetAuthorized("Dina");
        var list = ShowList();
        Assert.Contains("/api/v1/shipments", list.Markup, StringComparison.Ordinal);
        Assert.Empty(list.FindAll("a[href='/set-up']"));
        person.SetPolicies("admin");
        Assert.Single(ShowList().FindAll("a[href='/set-up']"));
    }

    [Fact]
    public void List_AllAnswered_SaysWhatIsWatched()
    {
        _desk.Quiet(1);
        var list = ShowList();
        Assert.Contains("Well done", list.Markup, StringComparison.Ordinal);
        Assert.Equal("/?section=watch", list.Find(".state-next a").GetAttribute("href"));
    }

    [Fact]
    public async Task Head_WhatIsNewWhileInUse_WaitsBehindTheChip()
    {
        _desk.Flagged(1);
        _parts.State.Show(new BoardFilter());
        var head = Render<BoardHead>(p => p.Add(h => h.Filter, new BoardFilter()).AddCascadingValue(_parts));
        Assert.Empty(head.FindAll("[data-key=n]"));
        _parts.State.InUse = true;
        _desk.Flagged(2);
        await head.InvokeAsync(() => _parts.Take(new Beat(new HashSet<long> { 2 }, Tick: false)));
        Assert.Contains("1 new", head.Find("[data-key=n]").TextContent, StringComparison.Ordinal);
        await head.Find("[data-key=n]").ClickAsync(new());
        Assert.Empty(head.FindAll("[data-key=n]"));
        Assert.Equal([1, 2], _parts.State.Shown);
    }

    [Fact]
    public void Search_OlderAddressComesBackAfterMoreWasTyped_KeepsWhatWasTyped()
    {
        List<string?> asked = [];
        var box = Render<SearchBox>(p => p.Add(s => s.Query, null).Add(s => s.OnSearch, asked.Add));
        box.Find("input").Input("a");
        box.Find("input").Input("ab");
        box.Render(p => p.Add(s => s.Query, "a"));
        Assert.Equal("ab", box.Find("input").GetAttribute("value"));
        box.Render(p => p.Add(s => s.Query, "ab"));
        Assert.Equal(["a", "ab"], asked);
        // The browser's back: not asked for here, so it is taken over.
        box.Render(p => p.Add(s => s.Query, "elsewhere"));
        Assert.Equal("elsewhere", box.Find("input").GetAttribute("value"));
    }

    [Theory]
    [InlineData(true, "confirms the prediction", "corrects the prediction")]
    [InlineData(false, "corrects the prediction", "confirms the prediction")]
    [InlineData(null, "your own word", "your own word")]
    public void Form_BothAnswers_SayWhatTheyMean(bool? predicted, string late, string fine)
    {
        var form = ShowForm(new Answer(), predicted);
        Assert.Contains(late, form.Find("[data-key=l]").TextContent, StringComparison.Ordinal);
        Assert.Contains(fine, form.Find("[data-key=o]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Form_Pressed_FillsTheAnswer()
    {
        var answer = new Answer();
        var form = ShowForm(answer, true);
        form.Find("[data-key=o]").Click();
        form.Find("[data-key='3']").Click();
        form.Find("select").Change("traffic");
        form.Find("textarea").Input("stuck");
        Assert.Equal(new JudgementRequest { Late = false, Action = JudgementAction.Rerouted, Reason = "traffic", Note = "stuck", PredictionId = "7" }, answer.ToRequest(7));
        Assert.Equal("true", form.Find("[data-key=o]").GetAttribute("aria-pressed"));
        Assert.Equal("false", form.Find("[data-key=l]").GetAttribute("aria-pressed"));
    }

    [Fact]
    public void Form_ActionTooLate_SaysSo()
    {
        // Promised in an hour: rerouting helped until four hours before.
        var form = ShowForm(new Answer(), true);
        Assert.Contains("too late to help", form.Find("[data-key='3']").TextContent, StringComparison.Ordinal);
        Assert.Contains("helps for", form.Find("[data-key='2']").TextContent, StringComparison.Ordinal);
    }

    private IRenderedComponent<BoardList> ShowList()
    {
        _parts.State.Show(new BoardFilter());
        return Render<BoardList>(p => p.AddCascadingValue(_parts));
    }

    private IRenderedComponent<AnswerForm> ShowForm(Answer answer, bool? predicted) => Render<AnswerForm>(p => p
        .Add(f => f.Answer, answer).Add(f => f.PredictedLate, predicted).Add(f => f.Now, Desk.Start).Add(f => f.PromisedBy, Desk.Start.AddHours(1)));
}
