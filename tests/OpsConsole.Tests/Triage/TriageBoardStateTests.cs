using OpsConsole.Client;
using OpsConsole.Triage.Pages;

namespace OpsConsole.Tests.Triage;

public sealed class TriageBoardStateTests
{
    private readonly Desk _desk = new();
    private readonly TriageBoardState _state;

    public TriageBoardStateTests() => _state = new TriageBoardState(_desk.Order);

    [Fact]
    public void Show_FlaggedShipments_StandsWorthMostFirstAndSelectsIt()
    {
        _desk.Flagged(1, score: 0.5);
        _desk.Flagged(2, score: 0.9);
        _desk.Flagged(3, score: 0.7);
        _desk.Quiet(4);
        _state.Show(new BoardFilter());
        Assert.Equal([2, 3, 1], _state.Shown);
        Assert.Equal("S-2", _state.SelectedId);
        Assert.Equal([3, 0, 1, 0, 0], _state.Counts);
    }

    [Fact]
    public void Show_WaitingLosesMore_ComesBeforeWhatIsWorthMore()
    {
        // Telling the customer helps until half an hour before the promise: the first loses that before the next look, the second does not.
        _desk.Flagged(1, score: 0.95, hours: 0.6);
        _desk.Flagged(2, score: 0.99, hours: 12);
        _state.Show(new BoardFilter());
        Assert.Equal([1, 2], _state.Shown);
    }

    [Fact]
    public void Show_ShipmentThatIsNotOnTheBoard_IsOpenedByItsAddressAndNotInTheList()
    {
        _desk.Flagged(1);
        _state.Show(new BoardFilter(Case: "long-ago"));
        Assert.Equal("long-ago", _state.SelectedId);
        Assert.Null(_state.Selected);
        Assert.Equal([1], _state.Shown);
    }

    [Fact]
    public void Show_Watch_LikeliestFirstAndLateAlreadyLast()
    {
        _desk.Quiet(1, score: 0.999, hours: -1);
        _desk.Quiet(2, score: 0.1);
        _desk.Quiet(3, score: 0.2);
        _state.Show(new BoardFilter(BoardSection.Watch));
        Assert.Equal([3, 2, 1], _state.Shown);
    }

    [Fact]
    public void Show_Sections_EachRowStandsWhereItBelongs()
    {
        _desk.Flagged(1);
        _desk.Flagged(2, change: r => r.Silent = true);
        _desk.Quiet(3);
        _desk.Flagged(4, change: r => (r.CaseState, r.JudgedAt) = (CaseState.Judged, Desk.Start));
        _desk.Flagged(5, hours: 0.2);
        _desk.Flagged(6, change: r => (r.CaseState, r.State, r.FinishedAt) = (CaseState.Closed, ShipmentState.Delivered, Desk.Start));
        foreach (var (section, keys) in new (BoardSection, long[])[]
        {
            (BoardSection.Answer, [1, 2]), (BoardSection.Silent, [2]), (BoardSection.Watch, [3]), (BoardSection.Answered, [4]), (BoardSection.TooLate, [5]),
        })
        {
            _state.Show(new BoardFilter(section));
            Assert.Equal(keys, _state.Shown.Order());
        }
    }

    [Fact]
    public void Show_NegativeValue_IsFoldedAndCounted()
    {
        _desk.Flagged(1, score: 0.9);
        _desk.Flagged(2, score: 0.01);
        _state.Show(new BoardFilter());
        Assert.Equal([1], _state.Shown);
        Assert.Equal(1, _state.Folded);
        _state.ToggleFolded();
        Assert.Equal([1, 2], _state.Shown);
    }

    [Fact]
    public void Show_Query_LooksThroughEveryList()
    {
        _desk.Flagged(11);
        _desk.Quiet(12);
        _desk.Quiet(13, area: "s-1x");
        _desk.Quiet(24);
        _state.Show(new BoardFilter(BoardSection.Silent, Query: "s-1"));
        Assert.Equal([11, 12, 13], _state.Shown);
        Assert.Equal(3, _state.Total);
    }

    [Fact]
    public void Refresh_InUse_HoldsStillAndCountsWhatWaits()
    {
        _desk.Flagged(1, score: 0.6);
        _desk.Flagged(2, score: 0.5);
        _state.Show(new BoardFilter());
        _state.InUse = true;
        _desk.Flagged(3, score: 0.9);
        _desk.Flagged(2, score: 0.8);
        _desk.Flagged(1, change: r => r.CaseState = CaseState.Judged);
        var change = _state.Refresh();
        Assert.Equal(new BoardChange(List: false, Frame: true), change);
        Assert.Equal([1, 2], _state.Shown);
        Assert.Equal((1, 1), (_state.Fresh, _state.Gone));
        Assert.Equal(RowStanding.Answered, _state.View(1)!.Standing);
        _state.Apply();
        Assert.Equal((0, 0), (_state.Fresh, _state.Gone));
        // The selected one keeps its place though it is answered; the others are in their order.
        Assert.Equal([1, 3, 2], _state.Shown);
    }

    [Fact]
    public void Refresh_NotInUse_LaysOutAroundTheSelectedRow()
    {
        _desk.Flagged(1, score: 0.9);
        _desk.Flagged(2, score: 0.8);
        _desk.Flagged(3, score: 0.7);
        _state.Show(new BoardFilter(Case: "S-2"));
        _desk.Flagged(2, score: 0.4);
        _desk.Flagged(4, score: 0.95);
        Assert.True(_state.Refresh().List);
        Assert.Equal([4, 2, 1, 3], _state.Shown);
        Assert.Equal("S-2", _state.SelectedId);
    }

    [Fact]
    public void Refresh_LastUsefulMomentPasses_StrikesTheRowThroughInPlace()
    {
        _desk.Flagged(1, score: 0.9, hours: 5);
        _desk.Flagged(2, score: 0.8, hours: 9);
        _state.Show(new BoardFilter());
        _state.InUse = true;
        _desk.Now = Desk.Start.AddHours(4.9);
        _state.Refresh();
        Assert.Equal([1, 2], _state.Shown);
        Assert.Equal(RowStanding.TooLate, _state.View(1)!.Standing);
        Assert.Equal(RowStanding.Current, _state.View(2)!.Standing);
    }

    [Fact]
    public void Refresh_NothingChanged_PaintsNothing()
    {
        _desk.Flagged(1);
        _state.Show(new BoardFilter());
        Assert.Equal(default, _state.Refresh());
    }

    [Fact]
    public void Refresh_NewScoreOfTheSameRow_LeavesTheList()
    {
        _desk.Flagged(1, score: 0.6);
        _desk.Flagged(2, score: 0.5);
        _state.Show(new BoardFilter());
        var before = _state.View(2);
        _desk.Flagged(2, score: 0.55);
        Assert.False(_state.Refresh().List);
        Assert.NotEqual(before, _state.View(2));
    }

    [Fact]
    public void NextToAnswer_SkipsAnsweredOnesAndGoesRound()
    {
        _desk.Flagged(1, score: 0.9);
        _desk.Flagged(2, score: 0.8);
        _desk.Flagged(3, score: 0.7);
        _state.Show(new BoardFilter(Case: "S-2"));
        Assert.Equal("S-3", _state.NextToAnswer());
        _desk.Flagged(3, change: r => r.CaseState = CaseState.Judged);
        Assert.Equal("S-1", _state.NextToAnswer());
        _desk.Flagged(1, change: r => r.CaseState = CaseState.Judged);
        Assert.Null(_state.NextToAnswer());
    }

    [Fact]
    public void ShowMore_ManyRows_AddsAPage()
    {
        for (var key = 1; key <= 120; key++)
            _desk.Quiet(key);
        _state.Show(new BoardFilter(BoardSection.Watch));
        Assert.Equal(TriageBoardState.PageSize, _state.Shown.Count);
        Assert.True(_state.HasMore);
        _state.ShowMore();
        _state.ShowMore();
        Assert.Equal(120, _state.Shown.Count);
        Assert.False(_state.HasMore);
        _desk.Quiet(121);
        _state.Refresh();
        Assert.Equal(120, _state.Shown.Count);
        Assert.True(_state.HasMore);
    }

    [Theory]
    [InlineData("/", BoardSection.Answer, null, null, null, null)]
    [InlineData("/?section=too-late&area=N%201&service=express&q=a%26b&case=S-1", BoardSection.TooLate, "N 1", "express", "a&b", "S-1")]
    public void Filter_Address_GoesThereAndBack(string address, BoardSection section, string? area, string? service, string? query, string? shipment)
    {
        var filter = new BoardFilter(section, area, service, query, shipment);
        Assert.Equal(address, filter.Uri);
        Assert.Equal(filter, BoardFilter.Of(BoardFilter.Name(section), area, service, query, shipment));
    }
}
