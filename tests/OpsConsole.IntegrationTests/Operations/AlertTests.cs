using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Access;
using OpsConsole.Operations.Alerts;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Operations;

/// <summary>Rules, levels, lengths of time: by a clock that stands still unless it is moved, on the store of the real program.</summary>
public sealed class AlertTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    private static readonly Caller Boss = new(1, null, "Boss", 1, "console", false, false);
    // Not far from now: the program that this store belongs to reads its own rules meanwhile, and clears what nobody reads.
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    private AlertSettings Settings => console.Services.GetRequiredService<AlertSettings>();

    private AlertStore Store() => new(
        console.Services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>(), console.Services.GetRequiredService<GroupedWriter>(),
        console.Services.GetRequiredService<Ids>(), _time, console.Services.GetRequiredService<Audit>(), []);

    private EvaluateAlerts Loop(IAlertRule rule) =>
        new([rule], Settings, Store(), console.Services.GetRequiredService<InstanceName>(), _time, NullLogger<EvaluateAlerts>.Instance);

    private async Task<Alert?> OpenAsync(IAlertRule rule, string subject = "") =>
        (await Store().OpenAsync(default)).SingleOrDefault(a => a.Code == rule.Code && a.Subject == subject);

    private async Task TurnAsync(EvaluateAlerts loop, Figure rule, double value, int seconds = 15)
    {
        rule.Values[""] = value;
        _time.Advance(TimeSpan.FromSeconds(seconds));
        await loop.EvaluateAsync(rule.EachInstance, default);
    }

    [Fact]
    public async Task Alert_PassedForSoLong_IsRaisedOnceAndClearedOnceItIsWellForSoLong()
    {
        var rule = new Figure("sway", new AlertThresholds(100, 60, 50, 30));
        using var loop = Loop(rule);

        foreach (var value in new double[] { 120, 130, 90, 120, 110 })
            await TurnAsync(loop, rule, value);
        Assert.Null(await OpenAsync(rule)); // Sixty seconds in a row were never reached.

        foreach (var value in new double[] { 120, 140, 150 })
            await TurnAsync(loop, rule, value);
        var raised = await OpenAsync(rule);
        Assert.Equal((AlertState.Firing, 150d, "150 of sway"), (raised!.State, raised.Value, raised.Words));

        foreach (var value in new double[] { 40, 70, 45, 40 })
            await TurnAsync(loop, rule, value);
        Assert.Equal(raised.Key, (await OpenAsync(rule))!.Key);
        await TurnAsync(loop, rule, 10);
        Assert.Null(await OpenAsync(rule));
        Assert.Equal(1, console.Count("SELECT COUNT(*) FROM alerts WHERE code = 'sway'"));
    }

    [Fact]
    public async Task Alert_Acknowledged_SaysByWhomOnceAndStillClears()
    {
        var rule = new Figure("seen", AlertThresholds.OneOrMore);
        using var loop = Loop(rule);
        await TurnAsync(loop, rule, 1);
        var raised = (await OpenAsync(rule))!;

        Assert.True(await Store().AcknowledgeAsync(raised, Boss));
        Assert.False(await Store().AcknowledgeAsync(raised, Boss));
        await TurnAsync(loop, rule, 2);
        var seen = (await OpenAsync(rule))!;
        Assert.Equal((AlertState.Acknowledged, "Boss", 2d), (seen.State, seen.AcknowledgedBy, seen.Value));
        Assert.Equal(1, console.Count("SELECT COUNT(*) FROM audit WHERE what = 'alert.acknowledged' AND subject = 'seen'"));

        await TurnAsync(loop, rule, 0);
        Assert.Null(await OpenAsync(rule));
    }

    [Fact]
    public async Task Alert_OfTwoInstancesAtOnce_IsRaisedOnce()
    {
        var rule = new Figure("twice", AlertThresholds.OneOrMore) { Values = { [""] = 1 } };
        using var one = Loop(rule);
        using var other = Loop(rule);
        await Task.WhenAll(one.EvaluateAsync(false, default), other.EvaluateAsync(false, default));
        Assert.Equal(1, console.Count("SELECT COUNT(*) FROM alerts WHERE code = 'twice'"));
    }

    [Fact]
    public async Task Alert_WhoseSubjectIsGone_Clears()
    {
        var rule = new Figure("gone", AlertThresholds.OneOrMore) { Values = { ["feed a"] = 1, ["feed b"] = 1 } };
        using var loop = Loop(rule);
        await loop.EvaluateAsync(false, default);
        rule.Values.Remove("feed a");
        await loop.EvaluateAsync(false, default);
        Assert.Null(await OpenAsync(rule, "feed a"));
        Assert.NotNull(await OpenAsync(rule, "feed b"));
    }

    [Fact]
    public async Task Alert_OfAnInstanceThatDied_ClearsOnceNobodyHasReadItForAWhile()
    {
        var rule = new Figure("died", AlertThresholds.OneOrMore, eachInstance: true) { Values = { ["another machine #9"] = 1 } };
        using var dead = Loop(rule);
        await dead.EvaluateAsync(eachInstance: true, default);
        rule.Values.Clear();

        using var alive = Loop(rule);
        await alive.EvaluateAsync(eachInstance: true, default);
        await alive.EvaluateAsync(eachInstance: false, default);
        Assert.NotNull(await OpenAsync(rule, "another machine #9"));
        _time.Advance(EvaluateAlerts.GoneAfter + TimeSpan.FromSeconds(1));
        await alive.EvaluateAsync(eachInstance: false, default);
        Assert.Null(await OpenAsync(rule, "another machine #9"));
    }

    [Fact]
    public async Task Rule_ThatFails_HoldsUpNoOther()
    {
        var (ill, well) = (new Figure("ill", AlertThresholds.OneOrMore) { Fails = true }, new Figure("well", AlertThresholds.OneOrMore) { Values = { [""] = 1 } });
        using var loop = new EvaluateAlerts([ill, well], Settings, Store(), console.Services.GetRequiredService<InstanceName>(), _time, NullLogger<EvaluateAlerts>.Instance);
        await loop.EvaluateAsync(false, default);
        Assert.NotNull(await OpenAsync(well));
    }

    [Fact]
    public async Task Thresholds_SetByAnAdministrator_AreInForceAuditedAndCanBeTakenBack()
    {
        var rule = new Figure("set", new AlertThresholds(100, 0, 50, 0));
        using var loop = Loop(rule);
        await TurnAsync(loop, rule, 20);
        Assert.Null(await OpenAsync(rule));

        await Settings.ChangeAsync(rule, new AlertThresholds(10, 0, 5, 0), (await Settings.ReadAsync(default)).Version, Boss);
        await TurnAsync(loop, rule, 20);
        Assert.NotNull(await OpenAsync(rule));
        Assert.Equal(1, console.Count("SELECT COUNT(*) FROM audit WHERE what = 'alertThresholds.changed' AND subject = 'set'"));

        await Assert.ThrowsAsync<OpsConsole.Operations.SettingsChangedMeanwhileException>(() => Settings.ChangeAsync(rule, rule.Thresholds, Guid.Empty, Boss));
        await Settings.ChangeAsync(rule, rule.Thresholds, (await Settings.ReadAsync(default)).Version, Boss);
        await TurnAsync(loop, rule, 20);
        Assert.Null(await OpenAsync(rule));
    }

    [Fact]
    public async Task Rules_OfTheProduct_ReadAndSayWhatToDo()
    {
        var rules = console.Services.GetServices<IAlertRule>().ToList();
        Assert.Equal(rules.Count, rules.Select(r => r.Code).Distinct().Count());
        foreach (var rule in rules)
        {
            Assert.NotEmpty(rule.Advice);
            Assert.Null(rule.Thresholds.Problem());
            Assert.All(await rule.ReadAsync(default), reading => Assert.NotEmpty(reading.Words));
        }
    }

    private sealed class Figure(string code, AlertThresholds thresholds, bool eachInstance = false) : IAlertRule
    {
        public Dictionary<string, double> Values { get; } = [];

        public bool Fails { get; init; }

        public string Code => code;

        public bool EachInstance => eachInstance;

        public AlertThresholds Thresholds => thresholds;

        public Task<IReadOnlyList<AlertReading>> ReadAsync(CancellationToken cancellation) => Fails
            ? throw new InvalidOperationException("can't be read")
            : Task.FromResult<IReadOnlyList<AlertReading>>([.. Values.Select(v => new AlertReading(v.Key, v.Value, FormattableString.Invariant($"{v.Value} of {code}")))]);
    }
}
