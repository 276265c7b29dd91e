using Microsoft.Playwright;
using OpsConsole.Access;
using static Microsoft.Playwright.Assertions;

namespace OpsConsole.BrowserTests;

/// <summary>What a dispatcher does all day, as they do it.</summary>
[Collection(nameof(ConsoleSite))]
public sealed class BoardJourneys(ConsoleSite site)
{
    [Fact]
    public async Task TenCases_ByKeyboardOnly_AreAnsweredAndLeaveTheList()
    {
        var area = site.Seed.NextArea();
        var ids = await site.Seed.FlaggedAsync(area, 11);
        await using var screen = await site.OpenAsync(Roles.Dispatcher);
        await screen.RunAsync(async () =>
        {
            await screen.OpenBoardAsync($"/?area={area}");
            await Expect(screen.Selected).ToHaveAttributeAsync("data-row", ids[0]);
            for (var i = 0; i < 10; i++)
            {
                await Expect(screen.Page.Locator(".panel-head h2")).ToHaveTextAsync(ids[i]);
                await screen.PressAsync(i % 3 == 2 ? "o" : "l", (i % 6 + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
                if (i == 4)
                {
                    await screen.PressAsync("a");
                    await screen.Page.Keyboard.TypeAsync("called the driver");
                }
                await Expect(screen.Page.Locator(".answer [data-key='l'][aria-pressed=true], .answer [data-key='o'][aria-pressed=true]")).ToHaveCountAsync(1);
                await screen.PressAsync("Enter");
                await Expect(screen.Page.Locator(".toast")).ToContainTextAsync(ids[i]);
            }
            await Expect(screen.Page.Locator(".panel-head h2")).ToHaveTextAsync(ids[10]);
            await screen.PressAsync("n");
            await Expect(screen.Page.Locator("a[data-row]")).ToHaveCountAsync(1);
            await Expect(screen.Page.Locator(".rail-item[aria-current=page] .rail-count")).ToHaveTextAsync("1");
            await screen.GoAsync($"/?section=answered&area={area}&case={ids[4]}");
            await Expect(screen.Page.Locator("a[data-row]")).ToHaveCountAsync(10);
            await Expect(screen.Page.Locator(".said")).ToContainTextAsync("called the driver");
            await Expect(screen.Page.Locator(".said")).ToContainTextAsync("You");
        });
        screen.AssertQuiet();
    }

    [Fact]
    public async Task Undo_AfterSaving_BringsTheCaseAndTheWordsBack()
    {
        var area = site.Seed.NextArea();
        var ids = await site.Seed.FlaggedAsync(area, 2);
        await using var screen = await site.OpenAsync(Roles.Dispatcher);
        await screen.RunAsync(async () =>
        {
            await screen.OpenBoardAsync($"/?area={area}");
            await screen.PressAsync("l", "3", "a");
            await screen.Page.Keyboard.TypeAsync("typed once");
            await screen.PressAsync("Enter");
            await Expect(screen.Page.Locator(".panel-head h2")).ToHaveTextAsync(ids[1]);
            await screen.PressAsync("u");
            await Expect(screen.Page.Locator(".panel-head h2")).ToHaveTextAsync(ids[0]);
            await Expect(screen.Page.Locator("[data-note]")).ToHaveValueAsync("typed once");
            await Expect(screen.Page.Locator("[data-key='3']")).ToHaveAttributeAsync("aria-pressed", "true");
            await Expect(screen.Page.Locator(".said")).ToContainTextAsync("taken back");
            await Expect(screen.Row(ids[0])).Not.ToHaveClassAsync(new System.Text.RegularExpressions.Regex("row-gone"));
        });
        screen.AssertQuiet();
    }

    [Fact]
    public async Task Row_OpenedBeforeTheListIsDrawnAnew_KeepsTheFilterOfTheAddress()
    {
        var area = site.Seed.NextArea();
        var ids = await site.Seed.FlaggedAsync(area, 2);
        await using var screen = await site.OpenAsync(Roles.Dispatcher);
        await screen.RunAsync(async () =>
        {
            await screen.OpenBoardAsync($"/?area={area}");
            await screen.PressAsync("Escape");
            // The address is ahead of what the server drew.
            await screen.Page.EvaluateAsync($"history.replaceState(history.state, '', '/?area={area}&service=standard')");
            await screen.PressAsync("j");
            await screen.Page.AtAsync($@"/\?area={area}&service=standard&case={ids[1]}$");
        });
        screen.AssertQuiet();
    }

    [Fact]
    public async Task Undo_AfterReload_WorksFromTheHistory()
    {
        var area = site.Seed.NextArea();
        var ids = await site.Seed.FlaggedAsync(area, 1);
        await using var screen = await site.OpenAsync(Roles.Dispatcher);
        await screen.RunAsync(async () =>
        {
            await screen.OpenBoardAsync($"/?area={area}");
            await screen.PressAsync("o", "Enter");
            await Expect(screen.Page.Locator(".toast")).ToBeVisibleAsync();
            await screen.OpenBoardAsync($"/?section=answered&area={area}&case={ids[0]}");
            await screen.Page.Locator(".said .link-button").ClickAsync();
            await Expect(screen.Page.Locator(".said")).ToContainTextAsync("taken back");
            await screen.OpenBoardAsync($"/?area={area}");
            await Expect(screen.Row(ids[0])).ToBeVisibleAsync();
        });
        screen.AssertQuiet();
    }

    [Fact]
    public async Task ColleagueAnswersMeanwhile_IsShownAndNothingTypedIsLost_BothStand()
    {
        var area = site.Seed.NextArea();
        var ids = await site.Seed.FlaggedAsync(area, 1);
        await using var mine = await site.OpenAsync(Roles.Dispatcher, name: "Anna Alpha");
        await using var theirs = await site.OpenAsync(Roles.Dispatcher, name: "Bert Beta");
        await mine.RunAsync(async () =>
        {
            var address = $"/?area={area}&case={ids[0]}";
            await mine.OpenBoardAsync(address);
            await mine.PressAsync("o", "a");
            await mine.Page.Keyboard.TypeAsync("driver says 20 min");
            await theirs.OpenBoardAsync(address);
            await theirs.PressAsync("l", "2", "Enter");
            await Expect(theirs.Page.Locator(".toast")).ToBeVisibleAsync();
            await Expect(mine.Page.Locator(".panel-news")).ToContainTextAsync("Bert Beta");
            await Expect(mine.Page.Locator("[data-note]")).ToHaveValueAsync("driver says 20 min");
            await Expect(mine.Page.Locator("[data-note]")).ToBeFocusedAsync();
            await mine.PressAsync("Enter");
            await Expect(mine.Page.Locator(".toast")).ToBeVisibleAsync();
            await mine.OpenBoardAsync($"/?section=answered&area={area}&case={ids[0]}");
            await Expect(mine.Page.Locator(".said li:not(.said-not)")).ToHaveCountAsync(2);
        });
        mine.AssertQuiet();
        theirs.AssertQuiet();
    }

    [Fact]
    public async Task Reload_KeepsTheAddressAndTheDraft()
    {
        var area = site.Seed.NextArea();
        var ids = await site.Seed.FlaggedAsync(area, 3);
        await using var screen = await site.OpenAsync(Roles.Dispatcher);
        await screen.RunAsync(async () =>
        {
            await screen.OpenBoardAsync("/");
            await screen.Page.SelectOptionAsync("select[aria-label=Area]", area);
            await screen.Page.AtAsync($@"/\?area={area}$");
            await Expect(screen.Page.Locator("a[data-row]")).ToHaveCountAsync(3);
            await screen.PressAsync("Escape", "j");
            await screen.Page.AtAsync($@"/\?area={area}&case={ids[1]}$");
            await screen.PressAsync("l", "a");
            await screen.Page.Keyboard.TypeAsync("half a sentence");
            await site.Seed.WaitForDraftAsync(ids[1], "half a sentence");
            await screen.Page.ReloadAsync();
            await Expect(screen.Page.Locator(".panel-head h2")).ToHaveTextAsync(ids[1]);
            await Expect(screen.Page.Locator("[data-note]")).ToHaveValueAsync("half a sentence");
            await Expect(screen.Page.Locator("[data-key=l]")).ToHaveAttributeAsync("aria-pressed", "true");
            await screen.Page.GoBackAsync();
            await screen.Page.AtAsync($@"/\?area={area}$");
        });
        screen.AssertQuiet();
    }

    [Fact]
    public async Task UpdatesStream_FocusedRowHoldsStillAndWhatIsNewWaits()
    {
        var area = site.Seed.NextArea();
        var ids = await site.Seed.FlaggedAsync(area, 12);
        await using var screen = await site.OpenAsync(Roles.Dispatcher);
        await screen.RunAsync(async () =>
        {
            await screen.OpenBoardAsync($"/?area={area}");
            await screen.PressAsync("j", "j", "j");
            await Expect(screen.Selected).ToHaveAttributeAsync("data-row", ids[3]);
            await Expect(screen.Page.Locator("[data-board][data-used]")).ToHaveCountAsync(1);
            await screen.Page.EvaluateAsync(
                """
                () => {
                  window.moves = 0; window.shift = 0;
                  const row = document.activeElement, top = row.getBoundingClientRect().top;
                  const look = () => { if (document.activeElement !== row || row.getBoundingClientRect().top !== top) window.moves++; window.looking = requestAnimationFrame(look); };
                  look();
                  new PerformanceObserver(list => { for (const entry of list.getEntries()) window.shift += entry.value; }).observe({ type: "layout-shift" });
                }
                """);
            // Scores that would turn the order upside down, and new cases above them all.
            for (var round = 0; round < 20; round++)
            {
                for (var i = 0; i < ids.Count; i++)
                    await site.Seed.RescoreAsync(ids[i], 0.4 + 0.5 * ((i * 7 + round * 5) % 12) / 12);
                if (round < 4)
                    await site.Seed.AddAsync($"{area}-new-{round}", new NewScene { Area = area, Score = 0.98 });
            }
            await Expect(screen.Page.Locator(".queue-chip")).ToContainTextAsync("4 new");
            Assert.Equal(0, await screen.Page.EvaluateAsync<int>("() => { cancelAnimationFrame(window.looking); return window.moves; }"));
            Assert.Equal(0, await screen.Page.EvaluateAsync<double>("() => window.shift"));
            await Expect(screen.Page.Locator("a[data-row]")).ToHaveCountAsync(12);
            await screen.PressAsync("n");
            await Expect(screen.Page.Locator("a[data-row]")).ToHaveCountAsync(16);
            await Expect(screen.Page.Locator("a[data-row]").Nth(3)).ToHaveAttributeAsync("data-row", ids[3]);
        });
        screen.AssertQuiet();
    }

    [Fact]
    public async Task Unflagged_SaidToBeLate_OpensItsCase()
    {
        var area = site.Seed.NextArea();
        var id = await site.Seed.AddAsync($"{area}-quiet", new NewScene { Area = area, Flagged = false, Score = 0.1, Why = "On its way" });
        await using var screen = await site.OpenAsync(Roles.Dispatcher);
        await screen.RunAsync(async () =>
        {
            await screen.OpenBoardAsync("/");
            await screen.PressAsync("/");
            await screen.Page.Keyboard.TypeAsync(id);
            await Expect(screen.Row(id)).ToBeVisibleAsync();
            await screen.PressAsync("Escape");
            await Expect(screen.Page.Locator(".panel-head h2")).ToHaveTextAsync(id);
            await screen.PressAsync("l");
            await Expect(screen.Page.Locator("[data-key=l]")).ToContainTextAsync("corrects the prediction");
            await screen.PressAsync("Enter");
            await Expect(screen.Page.Locator(".toast")).ToContainTextAsync(id);
            await screen.OpenBoardAsync($"/?section=answered&area={area}");
            await Expect(screen.Row(id)).ToBeVisibleAsync();
        });
        screen.AssertQuiet();
    }

    [Fact]
    public async Task SingleKeys_SwitchedOff_DoNothing()
    {
        var area = site.Seed.NextArea();
        await site.Seed.FlaggedAsync(area, 2);
        await using var screen = await site.OpenAsync(Roles.Dispatcher);
        await screen.RunAsync(async () =>
        {
            await screen.OpenBoardAsync($"/?area={area}");
            await screen.PressAsync("?");
            await Expect(screen.Page.Locator("dialog#keys")).ToBeVisibleAsync();
            await screen.Page.Locator("[data-keys-switch]").UncheckAsync();
            await screen.PressAsync("Escape", "l");
            await screen.Page.Locator("[data-key=o]").ClickAsync();
            await Expect(screen.Page.Locator("[data-key=o]")).ToHaveAttributeAsync("aria-pressed", "true");
            await Expect(screen.Page.Locator("[data-key=l]")).ToHaveAttributeAsync("aria-pressed", "false");
        });
        screen.AssertQuiet();
    }

    [Fact]
    public async Task Phone_CardToSheetToNext_WithoutSidewaysScroll()
    {
        var area = site.Seed.NextArea();
        var ids = await site.Seed.FlaggedAsync(area, 3);
        await using var screen = await site.OpenAsync(Roles.Dispatcher, phone: true);
        await screen.RunAsync(async () =>
        {
            await screen.OpenBoardAsync($"/?area={area}");
            await Expect(screen.Page.Locator(".panel")).ToBeHiddenAsync();
            await screen.AssertNoSidewaysScrollAsync("The list");
            await screen.Row(ids[0]).TapAsync();
            await Expect(screen.Page.Locator(".panel-head h2")).ToBeVisibleAsync();
            await screen.AssertNoSidewaysScrollAsync("The sheet");
            await screen.Page.Locator("[data-key=l]").TapAsync();
            await screen.Page.Locator("[data-key='2']").TapAsync();
            await screen.Page.Locator("[data-save]").TapAsync();
            await Expect(screen.Page.Locator(".panel-head h2")).ToHaveTextAsync(ids[1]);
            var small = await screen.Page.EvaluateAsync<string[]>(
                "() => [...document.querySelectorAll('.board :is(button, a, select, textarea)')].filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 120))");
            Assert.Empty(small);
            await screen.Page.Locator("[data-close]").TapAsync();
            await Expect(screen.Page.Locator(".panel")).ToBeHiddenAsync();
        });
        screen.AssertQuiet();
    }

    [Fact]
    public async Task RoleWithoutJudge_ReadsAndHasNothingToPress()
    {
        var area = site.Seed.NextArea();
        await site.Seed.FlaggedAsync(area, 1);
        await using var screen = await site.OpenAsync(Roles.Manager);
        await screen.RunAsync(async () =>
        {
            await screen.OpenBoardAsync($"/?area={area}");
            await Expect(screen.Page.Locator(".panel-readonly")).ToBeVisibleAsync();
            await Expect(screen.Page.Locator(".answer")).ToHaveCountAsync(0);
        });
        screen.AssertQuiet();
    }
}
