using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Client;
using OpsConsole.IntegrationTests.Store;
using OpsConsole.Operations;

namespace OpsConsole.IntegrationTests.Operations;

public sealed class SettingsStoreTests
{
    private static readonly OperationsSettings Configured = new() { TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/London"), DefaultLeadMinutes = 120 };

    private static Task<TestStore> StartAsync() => TestStore.StartAsync(configure: services =>
    {
        services.AddSingleton(Configured);
        services.AddSingleton<SettingsStore>();
    });

    [Fact]
    public async Task Settings_Changed_AreReadBackByAnotherInstance()
    {
        await using var store = await StartAsync();
        var settings = store.Services.GetRequiredService<SettingsStore>();
        var changed = settings.Current with
        {
            GraceMinutes = 20,
            CostMissedDelay = 33.5,
            TouchingActions = [JudgementAction.Rerouted],
            Actions = new Dictionary<JudgementAction, ActionTerms> { [JudgementAction.Rerouted] = new(7, 0.25, 300) },
        };

        await settings.ChangeAsync(changed, settings.Read().Version);
        var other = ActivatorUtilities.CreateInstance<SettingsStore>(store.Services);
        await other.StartAsync(CancellationToken.None);
        await other.StopAsync(CancellationToken.None);

        Assert.Equal(20, other.Current.GraceMinutes);
        Assert.Equal(33.5, other.Current.CostMissedDelay);
        Assert.Equal([JudgementAction.Rerouted], other.Current.TouchingActions);
        Assert.Equal(new ActionTerms(7, 0.25, 300), other.Current.Terms(JudgementAction.Rerouted));
        Assert.Equal("Europe/London", other.Current.TimeZone.Id);
        Assert.Equal(120, other.Current.DefaultLeadMinutes);
    }

    [Fact]
    public async Task Settings_ChangedFromAnOldVersion_AreRefused()
    {
        await using var store = await StartAsync();
        var settings = store.Services.GetRequiredService<SettingsStore>();
        var (old, version) = settings.Read();
        await settings.ChangeAsync(old with { GraceMinutes = 5 }, version);

        await Assert.ThrowsAsync<SettingsChangedMeanwhileException>(() => settings.ChangeAsync(old with { GraceMinutes = 10 }, version));

        Assert.Equal(5, settings.Current.GraceMinutes);
    }

    [Fact]
    public async Task Settings_OutOfRange_AreRefusedAndStoreNothing()
    {
        await using var store = await StartAsync();
        var settings = store.Services.GetRequiredService<SettingsStore>();

        var refused = await Assert.ThrowsAsync<ArgumentException>(
            () => settings.ChangeAsync(settings.Current with { HoldOutShare = 0.9, CostMissedDelay = double.NaN }, settings.Read().Version));

        Assert.Contains("HoldOutShare must be 0 to 0.5", refused.Message, StringComparison.Ordinal);
        Assert.Contains("CostMissedDelay", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, store.Count("SELECT COUNT(*) FROM settings"));
    }

    [Fact]
    public async Task Settings_Changed_TellsWhoListens()
    {
        await using var store = await StartAsync();
        var settings = store.Services.GetRequiredService<SettingsStore>();
        var told = 0;
        settings.Changed += () => told++;

        await settings.ChangeAsync(settings.Current with { GraceMinutes = 1 }, settings.Read().Version);

        Assert.Equal(1, told);
    }
}
