using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Access;
using OpsConsole.Intake.Import;
using OpsConsole.IntegrationTests.Triage;
using OpsConsole.Operations;
using OpsConsole.Operations.Alerts.Delivery;
using OpsConsole.Store;
using OpsConsole.Triage;

namespace OpsConsole.IntegrationTests.Access;

/// <summary>What has done its work goes when it is old, with an entry that says how much; what figures are made of stays.</summary>
public sealed class LeftoverTests : IAsyncLifetime
{
    private static readonly Caller Admin = new(1, null, "ann", 1, "console", false, false);
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly ConsoleFactory _console;

    // Only what is tried goes by this clock.
    public LeftoverTests() => _console = new ConsoleFactory(services => services
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<TrimLeftovers>(provider, _time)));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _console.DisposeAsync();

    [Fact]
    public async Task Draft_OlderThanItIsKept_GoesAndTheFactsStay()
    {
        var parcel = await new TriageSeed(_console.Services).RegisterAsync();
        var drafts = _console.Services.GetRequiredService<Drafts>();
        await drafts.KeepAsync(7, parcel.Key, new DraftContent(true, null, null, "the gate is shut"));
        var facts = Facts;

        _time.Advance(TimeSpan.FromDays(29));
        Assert.Equal(0, (await TrimAsync())["drafts"]);
        Assert.NotNull(await drafts.ReadAsync(7, parcel.Key));

        _time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(1, (await TrimAsync())["drafts"]);
        Assert.Null(await drafts.ReadAsync(7, parcel.Key));
        Assert.Equal(1, Entries("drafts", """%"removed":1%"""));
        Assert.Equal(facts, Facts);
        Assert.Equal(0, (await TrimAsync())["drafts"]);
    }

    [Fact]
    public async Task Draft_KeptLongerByAnAdministrator_Stays()
    {
        var parcel = await new TriageSeed(_console.Services).RegisterAsync();
        var drafts = _console.Services.GetRequiredService<Drafts>();
        await drafts.KeepAsync(7, parcel.Key, new DraftContent(true, null, null, null));
        var days = _console.Services.GetRequiredService<LeftoverDays>();
        await days.ChangeAsync(Kind("drafts"), 100, Guid.Empty, Admin);
        await Assert.ThrowsAsync<SettingsChangedMeanwhileException>(() => days.ChangeAsync(Kind("drafts"), 1, Guid.Empty, Admin));
        _time.Advance(TimeSpan.FromDays(99));
        Assert.Equal(0, (await TrimAsync())["drafts"]);
        Assert.Equal(1, _console.Count("SELECT COUNT(*) FROM audit WHERE what = 'retention.changed' AND subject = 'drafts'"));
    }

    [Fact]
    public async Task Messages_TakenOrGivenUp_GoInPortionsAndWaitingOnesStay()
    {
        await using var db = await _console.Services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync();
        var now = _time.GetUtcNow();
        for (var i = 0; i < 1_203; i++)
        {
            db.Add(new AlertDelivery
            {
                Key = i + 1,
                AlertKey = 1,
                Channel = "email",
                Target = "ops@example.org",
                State = i < 3 ? DeliveryState.Waiting : i < 6 ? DeliveryState.Dead : DeliveryState.Sent,
                CreatedAt = now,
                NextAt = i < 3 ? now.AddYears(1) : now,
                SentAt = i < 6 ? null : now,
            });
        }
        await db.SaveChangesAsync();
        _time.Advance(TimeSpan.FromDays(31));
        Assert.Equal(1_200, (await TrimAsync())["alertDeliveries"]);
        Assert.Equal(3, _console.Count("SELECT COUNT(*) FROM alert_deliveries"));
        Assert.Equal(2, Entries("alertDeliveries", """%"removed":500%"""));
        Assert.Equal(1, Entries("alertDeliveries", """%"removed":200%"""));
    }

    [Fact]
    public async Task Sessions_LongOver_GoAndOthersStay()
    {
        await _console.SignInAsync(Roles.Admin);
        _time.Advance(TimeSpan.FromDays(6));
        Assert.Equal(0, (await TrimAsync())["sessions"]);
        _time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(1, (await TrimAsync())["sessions"]);
        Assert.Equal(0, _console.Count("SELECT COUNT(*) FROM sessions"));
    }

    [Fact]
    public async Task Rejections_NotSeenForLong_GoAndTheDaysCountStays()
    {
        using var body = new StringContent("""{"items":[{"shipmentId":"LEFT-1"}]}""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await _console.Client.PostAsync(new Uri("/api/v1/shipments", UriKind.Relative), body);
        await _console.Services.GetRequiredService<OpsConsole.Intake.Feeds.FeedBook>().FlushAsync();
        var reasons = _console.Count("SELECT COUNT(*) FROM source_rejections");
        var rejected = _console.Count("SELECT SUM(rejected) FROM source_days");
        Assert.True(reasons > 0 && rejected > 0, $"{answer.StatusCode}: {reasons} reasons, {rejected} rejected");
        _time.Advance(TimeSpan.FromDays(91));
        Assert.Equal(reasons, (await TrimAsync())["rejections"]);
        Assert.Equal(0, _console.Count("SELECT COUNT(*) FROM source_rejections"));
        Assert.Equal(rejected, _console.Count("SELECT SUM(rejected) FROM source_days"));
    }

    [Fact]
    public async Task FilesOfHistory_LongIn_LoseTheirRefusedRowsAndForgottenOnesAllAndTheirRowsStay()
    {
        await using var db = await _console.Services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync();
        var folder = _console.Services.GetRequiredService<ImportFolder>();
        var now = _time.GetUtcNow();
        foreach (var (key, state) in new[] { (1L, ImportState.Done), (2L, ImportState.Mapping), (3L, ImportState.Importing) })
        {
            db.Add(new DeliveryImport { Key = key, State = state, FileName = "f.csv", SourceId = 1, Shape = "{}", CreatedBy = "user:1", CreatedAt = now, FinishedAt = key == 1 ? now : null });
            Directory.CreateDirectory(folder.Of(key));
            await File.WriteAllTextAsync(folder.RejectedOf(key), "who,where");
        }
        await db.SaveChangesAsync();
        _time.Advance(TimeSpan.FromDays(8));
        await TrimAsync();
        Assert.Equal((true, false, true), (Directory.Exists(folder.Of(1)), Directory.Exists(folder.Of(2)), Directory.Exists(folder.Of(3))));
        _time.Advance(TimeSpan.FromDays(23));
        await TrimAsync();
        Assert.Equal((false, true), (Directory.Exists(folder.Of(1)), Directory.Exists(folder.Of(3))));
        Assert.Equal(3, _console.Count("SELECT COUNT(*) FROM imports"));
        Assert.Equal(1, Entries("importRefusedRows", """%"removed":1%"""));
        Assert.Equal(1, Entries("importUnfinished", """%"removed":1%"""));
    }

    [Fact]
    public async Task Days_OutOfBounds_AreRefused()
    {
        var days = _console.Services.GetRequiredService<LeftoverDays>();
        foreach (var leftover in _console.Services.GetServices<Leftover>())
        {
            Assert.InRange(leftover.Days, leftover.Fewest, Leftover.Most);
            foreach (var wrong in new[] { leftover.Fewest - 1, Leftover.Most + 1 })
                await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => days.ChangeAsync(leftover, wrong, Guid.Empty, Admin));
        }
    }

    private string Facts => string.Join(' ', new[] { "shipments", "events", "predictions", "judgements", "tallies", "cases" }
        .Select(table => _console.Count($"SELECT COUNT(*) FROM {table}")));

    private Leftover Kind(string code) => _console.Services.GetServices<Leftover>().Single(l => l.Code == code);

    private long Entries(string kind, string details) =>
        _console.Count($"SELECT COUNT(*) FROM audit WHERE what = 'leftovers.removed' AND subject = '{kind}' AND details LIKE '{details}'");

    private Task<IReadOnlyDictionary<string, long>> TrimAsync() =>
        _console.Services.GetRequiredService<TrimLeftovers>().TrimAsync(_ => { }, CancellationToken.None);
}
