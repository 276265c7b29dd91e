using System.Diagnostics;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.IntegrationTests.Learning;
using OpsConsole.IntegrationTests.Store;
using OpsConsole.Operations.Backups;
using OpsConsole.Prediction;
using OpsConsole.Store;
using static OpsConsole.IntegrationTests.Intake.Sent;

namespace OpsConsole.IntegrationTests.Operations;

/// <summary>The drill (F22): a backup while facts flow in, restored to an empty folder, started, and looked at.</summary>
public sealed class BackupTests : IAsyncLifetime
{
    private readonly ConsoleFactory _console = new(services => services.AddSingleton(new OpsConsole.Learning.LearningOptions { InProcess = true }));
    private readonly string _folder = Directory.CreateTempSubdirectory("opsconsole-backup-").FullName;

    private string BackupFile => Path.Combine(_folder, "made", "ops.backup");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _console.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private MakeBackup Make => _console.Services.GetRequiredService<MakeBackup>();

    private static StoreOptions At(string folder) => new() { ConnectionString = $"Data Source={Path.Combine(folder, "opsconsole.db")}", DataDirectory = folder };

    private string Empty(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

    [Fact]
    public async Task Backup_WhileFactsFlowIn_RestoredToAnEmptyFolder_HoldsWhatWasAcknowledgedBefore()
    {
        if (TestDatabase.OnSqlServer)
            return; // That server backs its database up itself.
        var version = await TrainAsync();
        List<string> acknowledged = [];
        using var stop = new CancellationTokenSource();
        var flood = FloodAsync(acknowledged, stop.Token);
        string[] before;
        while ((before = Taken(acknowledged)).Length < 40)
            await Task.Yield();
        await _console.Services.GetRequiredService<SealAudit>().SealAsync(_ => { }, default);
        await Make.RunAsync(BackupFile, default);
        await stop.CancelAsync();
        await flood;

        var target = Empty("restored");
        await new RestoreBackup(At(target), TimeProvider.System).RunAsync(BackupFile, overwrite: false, default);
        await using var again = new ConsoleFactory(null, ("ConnectionStrings:OpsConsole", At(target).ConnectionString), ("DataDirectory", target));
        using var ready = await again.Anonymous.GetAsync(new Uri("/health/ready", UriKind.Relative));
        Assert.True(ready.IsSuccessStatusCode, await ready.Content.ReadAsStringAsync());

        foreach (var id in before)
        {
            using var answer = await again.Client.GetAsync(new Uri($"/api/v1/shipments/{id}", UriKind.Relative));
            Assert.True(answer.IsSuccessStatusCode, $"{id} was acknowledged before the backup and is not in it");
            Assert.Equal($"{id}@example.org", ReadCustomer(again, id)!.Address); // By the keys of the backup.
        }
        // The model serves: its file is there and is read.
        await again.Services.GetRequiredService<Champions>().AppointAsync(Number(again, version), 0.3, Caller.System);
        Assert.Equal(version, again.Services.GetRequiredService<Champions>().Snapshot().Champion.Version);
        // Neither the backup nor the restore looks like somebody had cut the audit.
        var audit = again.Services.GetRequiredService<VerifyAudit>().Look();
        Assert.True(audit.Sealed > 0 && audit.Problems.Count == 0, string.Join('\n', audit.Problems));
        Assert.Equal(0, again.Count("SELECT COUNT(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"));
    }

    private static int Number(ConsoleFactory console, string version) => (int)console.Count($"SELECT id FROM model_versions WHERE version = '{version}'");

    private async Task<string> TrainAsync()
    {
        await LearntWorld.PostHistoryAsync(_console.Client, 300);
        var run = await LearntWorld.StartAsync(_console, """{ "trainer": "logistic", "decisionPoint": "collected" }""");
        var done = await LearntWorld.UntilAsync(_console, run, state => state is not ("queued" or "running"));
        return done.GetProperty("modelVersion").GetString()!;
    }

    private static JsonObject Person(string customerId, string address = "ada@example.org") => new()
    {
        ["customerId"] = customerId,
        ["channel"] = "email",
        ["address"] = address,
    };

    private async Task FloodAsync(List<string> acknowledged, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var ids = Enumerable.Range(0, 20).Select(_ => Id()).ToList();
            var items = ids.Select(id => Shipment(id).With("customer", Person(Id("KUNDE"), $"{id}@example.org"))).ToArray();
            using var content = JsonContent.Create(new JsonArray([.. items]));
            using var answer = await _console.Client.PostAsync(new Uri("/api/v1/shipments", UriKind.Relative), content, CancellationToken.None);
            Assert.Equal(20, (await answer.Content.ReadFromJsonAsync<JsonElement>(CancellationToken.None)).GetProperty("accepted").GetInt32());
            lock (acknowledged)
                acknowledged.AddRange(ids);
        }
    }

    private static string[] Taken(List<string> acknowledged)
    {
        lock (acknowledged)
            return [.. acknowledged];
    }

    private static OpsConsole.Client.Customer? ReadCustomer(ConsoleFactory console, string id)
    {
        using var connection = console.Services.GetRequiredService<StoreConnections>().OpenReader();
        return console.Services.GetRequiredService<SealedCustomers>().Read(connection, console.Count($"SELECT \"key\" FROM shipments WHERE shipment_id = '{id}'"));
    }

    [Fact]
    public async Task Backup_FromTheCommandLine_IsRestoredThereToo()
    {
        if (TestDatabase.OnSqlServer)
            return;
        await _console.Client.SendAsync("shipments", Shipment(Id()));
        Assert.Equal((0, 1), (await RunAsync(_console.Folder, "--backup", BackupFile), Directory.GetFiles(Path.GetDirectoryName(BackupFile)!).Length));
        Assert.Equal(1, await RunAsync(_console.Folder, "--backup", BackupFile)); // Never over another.

        var target = Empty("target");
        Assert.Equal(0, await RunAsync(target, "--restore", BackupFile));
        Assert.Equal(1, await RunAsync(target, "--restore", BackupFile)); // Something is there now.
        Assert.Equal(0, await RunAsync(target, "--restore", BackupFile, "--overwrite"));
        Assert.True(File.Exists(Path.Combine(Assert.Single(Directory.GetDirectories(target, "before-restore-*")), "opsconsole.db")));
        Assert.Equal(1, await RunAsync(_console.Folder, "--restore", BackupFile, "--overwrite")); // This program runs on it.
        Assert.Equal(2, await RunAsync(target, "--restore"));
        Assert.NotNull(_console.Services.GetRequiredService<BackupNotes>().Newest());
    }

    private static async Task<int> RunAsync(string data, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "OpsConsole.Web.dll"), .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["ConnectionStrings__OpsConsole"] = At(data).ConnectionString;
        start.Environment["DataDirectory"] = data;
        using var child = Process.Start(start)!;
        var (said, wrong) = (child.StandardOutput.ReadToEndAsync(), child.StandardError.ReadToEndAsync());
        await child.WaitForExitAsync();
        Assert.NotEmpty(await said + await wrong);
        return child.ExitCode;
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("bit")]
    [InlineData("empty")]
    [InlineData("no zip")]
    [InlineData("no manifest")]
    [InlineData("led out")]
    [InlineData("longer")]
    public async Task Restore_OfWhatIsDamaged_ChangesNothing(string how)
    {
        if (TestDatabase.OnSqlServer)
            return;
        await _console.Client.SendAsync("shipments", Shipment(Id()).With("customer", Person(Id("KUNDE"))));
        await Make.RunAsync(BackupFile, default);
        Damage(how);
        var target = Empty("untouched");

        await Assert.ThrowsAsync<BackupException>(() => new RestoreBackup(At(target), TimeProvider.System).RunAsync(BackupFile, overwrite: true, default));
        Assert.Empty(Directory.EnumerateFileSystemEntries(target));
        Assert.Empty(Directory.GetFiles(_folder, "*.txt", SearchOption.AllDirectories));
    }

    private void Damage(string how)
    {
        var bytes = File.ReadAllBytes(BackupFile);
        switch (how)
        {
            case "cut":
                File.WriteAllBytes(BackupFile, bytes[..(bytes.Length / 2)]);
                break;
            case "bit":
                bytes[WithinTheLargest(bytes)] ^= 8;
                File.WriteAllBytes(BackupFile, bytes);
                break;
            case "empty":
                File.WriteAllBytes(BackupFile, []);
                break;
            case "no zip":
                File.WriteAllText(BackupFile, new string('x', 5000));
                break;
            default:
                Repack(how);
                break;
        }
    }

    /// <summary>The middle of the largest file's content; elsewhere a bit may be one that nobody reads, such as of a header's time.</summary>
    private static int WithinTheLargest(byte[] archive)
    {
        List<int> headers = [];
        for (var at = 0; at + 3 < archive.Length; at++)
        {
            // A file's own header, and the directory at the end.
            if (archive[at] == 'P' && archive[at + 1] == 'K' && (archive[at + 2], archive[at + 3]) is (3, 4) or (1, 2))
                headers.Add(at);
        }
        var (from, to) = headers.Zip(headers.Skip(1)).MaxBy(gap => gap.Second - gap.First);
        return (from + to) / 2;
    }

    private void Repack(string how)
    {
        using var archive = ZipFile.Open(BackupFile, ZipArchiveMode.Update);
        var entry = archive.GetEntry(BackupManifest.Name)!;
        BackupManifest manifest;
        using (var stream = entry.Open())
            manifest = BackupManifest.Read(stream);
        entry.Delete();
        if (how == "no manifest")
            return;
        var first = manifest.Entries[0];
        var changed = how == "longer"
            ? first with { Bytes = first.Bytes - 1 }
            : first with { Path = BackupManifest.Data + "keys/../../../led-out.txt" };
        using var written = archive.CreateEntry(BackupManifest.Name).Open();
        written.Write((manifest with { Entries = [changed, .. manifest.Entries.Skip(1)] }).Write());
    }

    [Fact]
    public async Task Backup_OfKeys_IsReadableByNobodyElse()
    {
        if (OperatingSystem.IsWindows() || TestDatabase.OnSqlServer)
            return;
        await Make.RunAsync(BackupFile, default);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(BackupFile));
    }
}
