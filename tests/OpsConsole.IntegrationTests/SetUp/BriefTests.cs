using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;
using OpsConsole.Operations;

namespace OpsConsole.IntegrationTests.SetUp;

/// <summary>The brief and what the set-up keeps: whole, audited, by whom they may be changed.</summary>
public sealed class BriefTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    private T Get<T>()
        where T : notnull => console.Services.GetRequiredService<T>();

    [Fact]
    public async Task Brief_SavedTwice_HasItsHistoryInTheAudit()
    {
        var briefs = Get<BriefStore>();
        var draft = Brief.Draft(Get<SettingsStore>().Current);
        Assert.Empty(draft.Problems());
        await briefs.SaveAsync(draft, (await briefs.ReadAsync()).Version, Caller.System);
        var (saved, version) = await briefs.ReadAsync();
        Assert.Equal(draft, saved);

        await briefs.SaveAsync(draft with { ModelLine = 61 }, version, Caller.System);

        Assert.Equal(["modelLine"], (await briefs.ChangesAsync())[0].Fields);
        Assert.Equal(8, (await briefs.ChangesAsync())[1].Fields.Count);
        await Assert.ThrowsAsync<SettingsChangedMeanwhileException>(() => briefs.SaveAsync(draft, version, Caller.System));
        await Assert.ThrowsAsync<ArgumentException>(() => briefs.SaveAsync(draft with { Problem = " " }, version, Caller.System));
    }

    [Fact]
    public void Draft_OfTheCosts_NamesThemAndTheChanceFromWhichActingPays()
    {
        // Telling the customer: 0.50 handling and 0.50 itself, saving half of 10.
        var brief = Brief.Draft(new OperationsSettings
        {
            Currency = "GBP",
            CostMissedDelay = 10,
            HandlingMinutes = 3,
            WagePerHour = 10,
            Actions = new Dictionary<OpsConsole.Client.JudgementAction, ActionTerms> { [OpsConsole.Client.JudgementAction.CustomerContacted] = new(0.5, 0.5, 30) },
        });
        Assert.Equal(20, brief.ModelLine);
        Assert.Contains("10.00 GBP", brief.Motivation, StringComparison.Ordinal);
        Assert.Contains("from a chance of 20 %", brief.Assumptions, StringComparison.Ordinal);
        Assert.Contains("assumed, and not measured", brief.Assumptions, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Roles.Admin, true)]
    [InlineData(Roles.Manager, true)]
    [InlineData(Roles.Analyst, false)]
    [InlineData(Roles.Dispatcher, false)]
    [InlineData(Roles.Support, false)]
    public async Task Brief_ChangedByARole_OnlyAdministratorsAndManagers(string role, bool may)
    {
        var circuit = new CircuitCaller(new SignedIn(role));
        Assert.Equal(may, await circuit.IsAsync(Roles.Admin, Roles.Manager));
        if (may)
            Assert.Equal(7, (await circuit.RequireRoleAsync(Roles.Admin, Roles.Manager)).UserId);
        else
            await Assert.ThrowsAsync<UnauthorizedAccessException>(() => circuit.RequireRoleAsync(Roles.Admin, Roles.Manager));
    }

    [Fact]
    public async Task Marks_OfSteps_NewestCounts()
    {
        var setUp = Get<OpsConsole.Operations.SetUp>();
        await setUp.MarkAsync("costs", confirmed: false, Caller.System);
        await setUp.MarkAsync("time-zone", confirmed: true, Caller.System);
        var marks = await setUp.MarkAsync("costs", confirmed: true, Caller.System);
        Assert.Equal((await setUp.ReadAsync()).Confirmed, marks.Confirmed);
        Assert.Equal(["time-zone", "costs"], marks.Confirmed);
        Assert.Empty(marks.Skipped);
    }

    [Fact]
    public async Task Zone_ChosenWhileRunning_IsInForceAndKept()
    {
        await using var fresh = new ConsoleFactory();
        var store = fresh.Services.GetRequiredService<SettingsStore>();
        var (before, version) = store.Read();
        await Assert.ThrowsAsync<ArgumentException>(() => store.ChangeAsync(before with { ZoneName = "Mars/Olympus" }, version));

        await store.ChangeAsync(before with { ZoneName = "Europe/London" }, version);

        Assert.Equal("Europe/London", store.Current.TimeZone.Id);
        var again = new SettingsStore(fresh.Services.GetRequiredService<OperationsSettings>(), Factory(fresh), TimeProvider.System, Log());
        await again.StartAsync(CancellationToken.None);
        Assert.Equal("Europe/London", again.Current.TimeZone.Id);
        await again.StopAsync(CancellationToken.None);
        // What the configuration names wins.
        var configured = new SettingsStore(
            new OperationsSettings { TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin") }, Factory(fresh), TimeProvider.System, Log());
        await configured.StartAsync(CancellationToken.None);
        Assert.Equal("Europe/Berlin", configured.Current.TimeZone.Id);
        await configured.StopAsync(CancellationToken.None);
    }

    private static Microsoft.EntityFrameworkCore.IDbContextFactory<OpsConsole.Store.OpsConsoleDb> Factory(ConsoleFactory fresh) =>
        fresh.Services.GetRequiredService<Microsoft.EntityFrameworkCore.IDbContextFactory<OpsConsole.Store.OpsConsoleDb>>();

    private static Microsoft.Extensions.Logging.ILogger<SettingsStore> Log() => Microsoft.Extensions.Logging.Abstractions.NullLogger<SettingsStore>.Instance;

    private sealed class SignedIn(string role) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, "7"), new(ClaimTypes.Name, "Somebody"), new(ClaimTypes.Role, role), new("source_id", "1"), new("source_name", "console")], "cookie"))));
    }
}
