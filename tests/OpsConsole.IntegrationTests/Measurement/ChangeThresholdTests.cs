using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Measurement.Thresholds;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Measurement;

public sealed class ChangeThresholdTests : IAsyncLifetime
{
    private static readonly Caller Mika = Caller.System with { UserId = 11, Name = "Mika" };
    private static readonly Caller Ada = Caller.System with { UserId = 12, Name = "Ada" };
    private readonly ConsoleFactory _console = new();

    private ChangeThreshold Change => _console.Services.GetRequiredService<ChangeThreshold>();

    private Champions Champions => _console.Services.GetRequiredService<Champions>();

    public Task InitializeAsync()
    {
        _ = _console.Client;
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _console.DisposeAsync();

    private static ThresholdAnswer To(double threshold) => new()
    {
        Currency = "EUR",
        Now = new ThresholdFigures(),
        Then = new ThresholdFigures { Threshold = threshold },
    };

    private async Task<ThresholdProposal> ProposedAsync(double threshold, double? customers = null)
    {
        Assert.Null(await Change.ProposeAsync(To(threshold), customers, " fewer missed in rural areas ", Mika));
        return (await Change.ReadAsync(default))[0];
    }

    [Fact]
    public async Task Apply_BySomebodyElse_ChangesBothThresholdsAndIsAudited()
    {
        var before = Champions.Current;
        var proposal = await ProposedAsync(0.123, customers: 0.456);
        Assert.Equal((before.Threshold, "fewer missed in rural areas", ProposalState.Open), (proposal.Before, proposal.Reason, proposal.State));
        Assert.Contains("Somebody else", await Change.DecideAsync(proposal.Key, ProposalState.Applied, Mika), StringComparison.Ordinal);
        Assert.Equal(before.Threshold, Champions.Current.Threshold);

        Assert.Null(await Change.DecideAsync(proposal.Key, ProposalState.Applied, Ada));
        Assert.Equal((0.123, 0.456, before.Version), (Champions.Current.Threshold, Champions.Current.CustomerThreshold!.Value, Champions.Current.Version));
        var decided = (await Change.ReadAsync(default))[0];
        Assert.Equal((ProposalState.Applied, "Ada"), (decided.State, decided.DecidedByName));
        await using var db = await _console.Services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync();
        var audited = await db.Set<AuditEntry>().Where(e => e.What == "champion.appointed").OrderByDescending(e => e.Key).FirstAsync();
        Assert.Contains("fewer missed", audited.Details, StringComparison.Ordinal);
        // Another champion keeps the customers' threshold.
        await Champions.AppointAsync(Champions.ByVersion(Champions.Random)!.ModelVersionId, 0.5, Ada);
        Assert.Equal(0.456, Champions.Current.CustomerThreshold);
    }

    [Fact]
    public async Task Apply_OnceDecidedOrForAnotherChampion_ChangesNothing()
    {
        var declined = await ProposedAsync(0.2);
        Assert.Contains("who proposed", await Change.DecideAsync(declined.Key, ProposalState.Withdrawn, Ada), StringComparison.Ordinal);
        Assert.Null(await Change.DecideAsync(declined.Key, ProposalState.Declined, Ada));
        Assert.Contains("decided", await Change.DecideAsync(declined.Key, ProposalState.Applied, Ada), StringComparison.Ordinal);

        var stale = await ProposedAsync(0.3);
        await Champions.AppointAsync(Champions.ByVersion(Champions.Random)!.ModelVersionId, 0.5, Ada);
        Assert.Contains("champion", await Change.DecideAsync(stale.Key, ProposalState.Applied, Ada), StringComparison.Ordinal);
        Assert.Equal((0.5, ProposalState.Open), (Champions.Current.Threshold, (await Change.ReadAsync(default))[0].State));
        Assert.Null(await Change.DecideAsync(stale.Key, ProposalState.Withdrawn, Mika));
    }

    [Fact]
    public async Task Apply_OnesOwn_IsAllowedWhereTheSettingsSaySo()
    {
        var settings = _console.Services.GetRequiredService<SettingsStore>();
        var (current, version) = settings.Read();
        await settings.ChangeAsync(current with { ThresholdNeedsReview = false }, version);
        var proposal = await ProposedAsync(0.111);
        Assert.Null(await Change.DecideAsync(proposal.Key, ProposalState.Applied, Mika));
        Assert.Equal(0.111, Champions.Current.Threshold);
    }

    [Theory]
    [InlineData(0, null, "why", "0.001")]
    [InlineData(0.3335, null, "why", "0.001")]
    [InlineData(0.4, 0.3, "why", "not below")]
    [InlineData(0.4, null, "  ", "reason")]
    public async Task Propose_WhatCannotBe_SaysWhatIsAllowed(double threshold, double? customers, string reason, string expected)
    {
        var problem = await Change.ProposeAsync(To(threshold), customers, reason, Mika);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.Empty(await Change.ReadAsync(default));
    }

    [Fact]
    public async Task Propose_WhatIsInForce_IsRefused() =>
        Assert.Contains("in force", await Change.ProposeAsync(To(Champions.Current.Threshold), null, "why", Mika), StringComparison.Ordinal);
}
