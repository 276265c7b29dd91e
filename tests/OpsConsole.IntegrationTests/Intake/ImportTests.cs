using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;
using OpsConsole.Intake.Import;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Intake;

/// <summary>History from a file: sent by HTTP, mapped, checked, brought in, and there as labels.</summary>
public sealed class ImportTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private ImportQueries Queries => console.Services.GetRequiredService<ImportQueries>();

    private ChangeImport Change => console.Services.GetRequiredService<ChangeImport>();

    private static Caller Analyst => new(7, null, "Ada", 1, "console", false, false);

    [Fact]
    public async Task File_SentMappedCheckedAndBroughtIn_TeachesLabels()
    {
        var csv = German("GF", 400);
        var key = await SendAsync(Encoding.Latin1.GetBytes(csv), "Lieferungen März.csv");
        var view = (await Queries.FindAsync(key))!;
        Assert.Equal(("windows-1252", ';'), (view.Shape.Encoding, view.Shape.Separator));
        var look = await Queries.LookAsync(view);
        var mapping = look.Suggested with { Zone = "Europe/Berlin" };
        Assert.Empty(mapping.Problems(ImportKind.Deliveries, look.Profile));

        Assert.True(await Change.CheckAsync(view.Import, mapping, Analyst));
        var report = (await EndedAsync(key, ImportState.Checked)).Report!;
        Assert.Equal(new ItemCounts(Accepted: 400), report.Shipments);
        Assert.Equal((400, 100), (report.Delivered, report.Late));
        Assert.Equal(0, console.Count("SELECT COUNT(*) FROM shipments WHERE shipment_id LIKE 'GF%'"));
        Assert.Contains(report.Leaks, l => l is { Column: "Verspätung (Tage)", Severe: true, Used: false });

        Assert.True(await Change.ImportAsync(view.Import, Analyst));
        var done = await EndedAsync(key, ImportState.Done);
        Assert.Equal(new ItemCounts(Accepted: 400), done.Progress.Shipments);
        Assert.Equal(400, console.Count("SELECT COUNT(*) FROM shipments WHERE shipment_id LIKE 'GF%' AND history = 1"));
        Assert.False(done.HasFile);
        var shipment = await console.Client.GetStringAsync(new Uri("/api/v1/shipments/GF-0", UriKind.Relative));
        Assert.Contains("\"promisedBy\":\"2026-01-05T22:59:59+00:00\"", shipment, StringComparison.Ordinal);

        Assert.Equal(3, console.Count($"SELECT COUNT(*) FROM audit WHERE what IN ('import.uploaded', 'import.checkStarted', 'import.started') AND subject = '{key}'"));
    }

    [Fact]
    public async Task File_BroughtInTwice_ChangesNothing()
    {
        var csv = Encoding.UTF8.GetBytes(Plain("TW", 50));
        Assert.Equal(new ItemCounts(Accepted: 50), (await BringInAsync(csv)).Progress.Shipments);
        var again = await BringInAsync(Packed(csv));
        Assert.Equal((new ItemCounts(Duplicates: 50), new ItemCounts(Duplicates: 50)), (again.Progress.Shipments, again.Progress.Events));
    }

    [Fact]
    public async Task Rows_ThatCantBeTaken_AreListedWithTheirReasons()
    {
        var csv = Plain("BAD", 3)
            + "BAD-3,2026-01-02 08:00:00,2026-01-01 18:00:00,2026-01-01 12:00:00,N1,S1,5\n"      // promised before it was booked
            + "BAD-4,2026-01-01 08:00:00,not a time,2026-01-01 12:00:00,N1,S1,5\n"
            + "BAD 5,2026-01-01 08:00:00,2026-01-01 18:00:00,,N1,S1,5\n"                          // a space in the id
            + "=CMD(),2026-01-01 08:00:00,2026-01-01 18:00:00,,N1,S1,5\n"
            + "BAD-7,2026-01-01 08:00:00\n";
        var done = await BringInAsync(Encoding.UTF8.GetBytes(csv), mapping => mapping with { CleanIds = false });
        Assert.Equal(new ItemCounts(Accepted: 3, Rejected: 5), done.Progress.Shipments);
        Assert.Contains(done.Report!.Reasons, r => r.Field == "promisedBy" && r.What.Contains("not after bookedAt", StringComparison.Ordinal) && r.Count == 1);
        Assert.Contains(done.Report.Reasons, r => r.Field == "promisedBy" && r.Cells.Contains("not a time"));
        Assert.Contains(done.Report.Reasons, r => r.Item == "row" && r.What.Contains("2 cells", StringComparison.Ordinal));
        using var client = await console.SignInAsync(Roles.Analyst);
        var refused = await client.GetStringAsync(new Uri($"/imports/{done.Import.Key}/rejected", UriKind.Relative));
        Assert.Equal(6, refused.TrimEnd().Split('\n').Length);
        Assert.Contains("'=CMD()", refused, StringComparison.Ordinal);
        Assert.DoesNotContain(",=CMD()", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliveries_WhoseEndIsAWord_EndAsItSays()
    {
        var csv = new StringBuilder("id,booked,promised,delivered,from,to,status,status since\n");
        string[] words = ["delivered", "returned", "cancelled", "in transit"];
        for (var i = 0; i < 40; i++)
        {
            var delivered = i % 4 == 0 ? "2026-01-01 17:00:00" : "";
            csv.Append(Inv($"ES-{i},2026-01-01 08:00:00,2026-01-01 18:00:00,{delivered},N1,S1,{words[i % 4]},2026-01-01 16:{i:00}:00\n"));
        }
        csv.Append("ES-40,2026-01-01 08:00:00,2026-01-01 18:00:00,,N1,S1,returned,\n");
        var done = await BringInAsync(Encoding.UTF8.GetBytes(csv.ToString()));
        Assert.Equal((new ItemCounts(Accepted: 41), new ItemCounts(Accepted: 30, Rejected: 1)), (done.Progress.Shipments, done.Progress.Events));
        Assert.Equal((10, 11), (done.Report!.Delivered, done.Report.NoEnd));
        Assert.Contains(done.Report.Reasons, r => r.What.Contains("nothing says when", StringComparison.Ordinal) && r.Cells.Contains("returned"));
        foreach (var (id, state) in new[] { ("ES-0", "delivered"), ("ES-1", "returned"), ("ES-2", "cancelled"), ("ES-3", "open") })
            Assert.Contains($"\"state\":\"{state}\"", await console.Client.GetStringAsync(new Uri($"/api/v1/shipments/{id}", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_InAFileOfTheirOwn_EndDeliveriesOfAnother()
    {
        await BringInAsync(Encoding.UTF8.GetBytes(Plain("EV", 20, delivered: false)));
        var csv = new StringBuilder("shipment_id\tevent\tat\n");
        for (var i = 0; i < 20; i++)
            csv.Append(Inv($"EV-{i}\tZUGESTELLT\t{new DateTime(2026, 1, 1 + i % 20, 17, 0, 0):yyyy-MM-dd HH:mm:ss}\nEV-{i}\tgewogen\t2026-01-01 10:00:00\n"));
        var done = await BringInAsync(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(csv.ToString())).ToArray(), kind: ImportKind.Events);
        Assert.Equal("utf-16", done.Shape.Encoding);
        Assert.Equal(new ItemCounts(Accepted: 20), done.Progress.Events);
        Assert.Equal(20, done.Report!.LeftOutRows);
        var shipment = await console.Client.GetStringAsync(new Uri("/api/v1/shipments/EV-3", UriKind.Relative));
        Assert.Contains("\"state\":\"delivered\"", shipment, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task File_ThatIsHostile_IsRefusedInWordsAndNotKept(string name, string words)
    {
        using var client = await console.SignInAsync(Roles.Analyst);
        using var answer = await PostAsync(client, HostileBytes(name), "file.csv", await TokenAsync(client));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(words, text, StringComparison.Ordinal);
        var folder = Path.Combine(console.Folder, "imports");
        Assert.All(Directory.GetDirectories(folder), kept => Assert.Equal(1, console.Count($"SELECT COUNT(*) FROM imports WHERE \"key\" = {Path.GetFileName(kept)}")));
    }

    [Fact]
    public async Task Upload_WithoutThePagesToken_IsRefused()
    {
        using var client = await console.SignInAsync(Roles.Analyst);
        using var answer = await PostAsync(client, Encoding.UTF8.GetBytes(Plain("NT", 2)), "file.csv", null);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Import_ThatWasStopped_KeepsWhatItStoredAndGoesOnHarmlessly()
    {
        var key = await SendAsync(Encoding.UTF8.GetBytes(Plain("ST", 60_000)), "long.csv");
        var view = (await Queries.FindAsync(key))!;
        Assert.True(await Change.CheckAsync(view.Import, (await Queries.LookAsync(view)).Suggested with { Zone = "UTC" }, Analyst));
        await EndedAsync(key, ImportState.Checked);
        Assert.True(await Change.ImportAsync(view.Import, Analyst));
        await UntilAsync(key, v => v.Progress.Rows > 0);
        Assert.True(await Change.CancelAsync(view.Import, Analyst));
        var stopped = await EndedAsync(key, ImportState.Cancelled);
        var stored = console.Count("SELECT COUNT(*) FROM shipments WHERE shipment_id LIKE 'ST-%'");
        Assert.InRange(stored, stopped.Progress.Shipments.Accepted, 59_999);

        Assert.True(await Change.ImportAsync(view.Import, Analyst));
        var done = await EndedAsync(key, ImportState.Done);
        Assert.Equal(60_000, done.Progress.Shipments.Accepted + done.Progress.Shipments.Duplicates);
        Assert.Equal(60_000, console.Count("SELECT COUNT(*) FROM shipments WHERE shipment_id LIKE 'ST-%'"));
    }

    [Fact]
    public async Task Import_WhoseProgramDiedOnTheWay_GoesOnWhereItWas()
    {
        var key = await SendAsync(Encoding.UTF8.GetBytes(Plain("RS", 2_500)), "resumed.csv");
        var view = (await Queries.FindAsync(key))!;
        Assert.True(await Change.CheckAsync(view.Import, (await Queries.LookAsync(view)).Suggested with { Zone = "UTC" }, Analyst));
        await EndedAsync(key, ImportState.Checked);
        // As a process leaves it that was killed after its first batch, a while ago.
        var progress = new ImportProgress(1_000, 0.4, new ItemCounts(Accepted: 1_000), new ItemCounts(Accepted: 1_000), 0, 900).Write();
        await using (var db = await console.Services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync())
        {
            await db.Set<DeliveryImport>().Where(i => i.Key == key).ExecuteUpdateAsync(set => set
                .SetProperty(i => i.State, ImportState.Importing).SetProperty(i => i.Progress, progress).SetProperty(i => i.HeardAt, DateTimeOffset.UnixEpoch));
        }
        console.Services.GetRequiredService<ImportsChanged>().Raise();
        var done = await EndedAsync(key, ImportState.Done);
        Assert.Equal((2_500, new ItemCounts(Accepted: 2_500)), (done.Progress.Rows, done.Progress.Shipments));
        // What was told of as stored isn't read again.
        Assert.Equal(1_500, console.Count("SELECT COUNT(*) FROM shipments WHERE shipment_id LIKE 'RS-%'"));
    }

    [DataFact]
    public async Task RealDeliveries_ByTheirOwnColumns_AreWhatTheReplaySends()
    {
        var lines = ReadPacked(Path.Combine(DataFactAttribute.Folder!, "shipments.csv.gz")).Take(1_201).ToArray();
        var done = await BringInAsync(Encoding.UTF8.GetBytes(string.Join('\n', lines)), mapping => mapping with { Zone = "America/Sao_Paulo" });
        Assert.Equal((new ItemCounts(Accepted: 1_200), new ItemCounts(Accepted: 3_600 - done.Report!.Times.Sum(t => 1_200 - t.Count))), (done.Progress.Shipments, done.Progress.Events));
        var late = lines[0].Split(',').ToList().IndexOf("late");
        Assert.Equal(lines.Skip(1).Count(l => l.Split(',')[late] == "1"), done.Report.Late);
        Assert.Equal(["delay_minutes", "late"], done.Report.Leaks.Where(l => l.Severe).Select(l => l.Column).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(done.Mapping!.Attributes, a => a.Column is "late" or "delay_minutes" or "split");
        // Purchased 2016-09-15 12:16:38 in São Paulo, then three hours behind.
        var first = lines[1].Split(',')[lines[0].Split(',').ToList().IndexOf("shipment_id")];
        Assert.Contains("\"bookedAt\":\"2016-09-15T15:16:38+00:00\"", await console.Client.GetStringAsync(new Uri($"/api/v1/shipments/{first}", UriKind.Relative)), StringComparison.Ordinal);
    }

    private static IEnumerable<string> ReadPacked(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    [Fact]
    public async Task Mapping_Saved_IsThereForTheSourcesNextFile()
    {
        var view = (await Queries.FindAsync(await SendAsync(Encoding.UTF8.GetBytes(Plain("SV", 5)), "one.csv")))!;
        var mapping = (await Queries.LookAsync(view)).Suggested with { Zone = "Europe/Paris", IdPrefix = "p-" };
        Assert.True(await Change.SaveMappingAsync(view.Import, "weekly", mapping, Analyst));
        Assert.True(await Change.SaveMappingAsync(view.Import, "weekly", mapping with { IdPrefix = "q-" }, Analyst));
        var saved = Assert.Single(await Queries.MappingsAsync(view.Import.SourceId, ImportKind.Deliveries), m => m.Name == "weekly");
        Assert.Equal(("Europe/Paris", "q-"), (ImportMapping.Read(saved.Mapping).Zone, ImportMapping.Read(saved.Mapping).IdPrefix));
    }

    public static TheoryData<string, string> Hostile => new()
    {
        { "ten thousand columns", "10,000 columns" },
        { "unclosed quote", "never closed" },
        { "long line", "longer than 1 MiB" },
        { "zeros", "zeros" },
        { "workbook", "workbook" },
        { "empty", "empty" },
        { "header only", "no rows" },
        { "one column", "Only one column" },
        { "damaged gzip", "damaged" },
    };

    private static byte[] HostileBytes(string name) => name switch
    {
        "ten thousand columns" => Encoding.UTF8.GetBytes(string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"c{i}")) + "\n1\n"),
        "unclosed quote" => Encoding.UTF8.GetBytes("id,b\n1,\"x\n2,y\n3,z\n"),
        "long line" => Encoding.UTF8.GetBytes("id,b\n1," + new string('x', 8 << 20)),
        "zeros" => [.. "id,b\n1,"u8, 0, 0, .. "\n2,x\n"u8],
        "workbook" => [.. "PK"u8, 3, 4, .. new byte[100]],
        "empty" => [],
        "header only" => "id,b,c\n"u8.ToArray(),
        "one column" => "id\n1\n2\n"u8.ToArray(),
        _ => [.. Packed(Encoding.UTF8.GetBytes(Plain("GZ", 2_000)))[..400]],
    };

    private async Task<ImportView> BringInAsync(byte[] file, Func<ImportMapping, ImportMapping>? change = null, ImportKind kind = ImportKind.Deliveries)
    {
        var key = await SendAsync(file, "file.csv", kind);
        var view = (await Queries.FindAsync(key))!;
        var look = await Queries.LookAsync(view);
        var mapping = look.Suggested with { Zone = "UTC" };
        mapping = change?.Invoke(mapping) ?? mapping;
        Assert.Empty(mapping.Problems(kind, look.Profile));
        Assert.True(await Change.CheckAsync(view.Import, mapping, Analyst));
        await EndedAsync(key, ImportState.Checked);
        Assert.True(await Change.ImportAsync(view.Import, Analyst));
        return await EndedAsync(key, ImportState.Done);
    }

    private async Task<long> SendAsync(byte[] file, string name, ImportKind kind = ImportKind.Deliveries)
    {
        using var client = await console.SignInAsync(Roles.Analyst);
        using var answer = await PostAsync(client, file, name, await TokenAsync(client), kind);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return long.Parse(text["/imports/".Length..], System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task<HttpResponseMessage> PostAsync(HttpClient client, byte[] file, string name, string? token, ImportKind kind = ImportKind.Deliveries)
    {
        var source = console.Services.GetRequiredService<Sources>().ConsoleId;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/imports/upload?name={Uri.EscapeDataString(name)}&kind={kind}&source={source}", UriKind.Relative));
        request.Content = new ByteArrayContent(file);
        request.Content.Headers.ContentType = new("application/octet-stream");
        if (token is not null)
            request.Headers.Add("RequestVerificationToken", token);
        return await client.SendAsync(request);
    }

    private static async Task<string> TokenAsync(HttpClient client) =>
        ConsoleFactory.Between(await client.GetStringAsync(new Uri("/account", UriKind.Relative)), "name=\"__RequestVerificationToken\" value=\"", "\"");

    private Task<ImportView> EndedAsync(long key, ImportState state) => UntilAsync(
        key, v => v.Import.State is ImportState.Checked or ImportState.Done or ImportState.Cancelled or ImportState.Failed or ImportState.Mapping, state);

    private async Task<ImportView> UntilAsync(long key, Func<ImportView, bool> reached, ImportState? state = null)
    {
        using var raised = console.Services.GetRequiredService<ImportsChanged>().Listen();
        var until = DateTime.UnixEpoch.AddMilliseconds(Environment.TickCount64) + Patience;
        while (true)
        {
            var view = (await Queries.FindAsync(key))!;
            if (reached(view))
            {
                Assert.True(state is null || view.Import.State == state, $"{view.Import.State}: {view.Import.Note}");
                return view;
            }
            Assert.True(DateTime.UnixEpoch.AddMilliseconds(Environment.TickCount64) < until, $"still {view.Import.State}");
            await raised.WaitAsync(TimeSpan.FromMilliseconds(200));
        }
    }

    private static string Plain(string prefix, int rows, bool delivered = true)
    {
        var csv = new StringBuilder("shipment_id,booked_at,promised_at,delivered_at,origin,destination,weight_kg\n");
        for (var i = 0; i < rows; i++)
        {
            var day = new DateTime(2026, 1, 1).AddDays(i % 20);
            csv.Append(Inv($"{prefix}-{i},{day.AddHours(8):yyyy-MM-dd HH:mm:ss},{day.AddHours(18):yyyy-MM-dd HH:mm:ss},{(delivered ? Inv($"{day.AddHours(i % 4 == 0 ? 19 : 15):yyyy-MM-dd HH:mm:ss}") : "")},N{i % 5},S{i % 7},{1 + i % 9}\n"));
        }
        return csv.ToString();
    }

    private static string German(string prefix, int rows)
    {
        var csv = new StringBuilder("Sendungsnummer;Bestelldatum;Zugesagt bis;Zugestellt am;PLZ von;PLZ nach;Gewicht kg;Versandart;Verspätung (Tage);Straße;Größe\r\n");
        for (var i = 0; i < rows; i++)
        {
            var day = new DateTime(2026, 1, 3).AddDays(i % 26);
            csv.Append(Inv($"{prefix}-{i};{day:dd.MM.yyyy} 08:{i % 60:00};{day.AddDays(2):dd.MM.yyyy};{day.AddDays(i % 4 == 0 ? 3 : 2):dd.MM.yyyy} 1{i % 10}:30;0{1000 + i % 9};8{1000 + i % 9};{1 + i % 20},5;Standard;{(i % 4 == 0 ? 1 : 0)};\"Müllerstraße {i}\";{(i % 3 == 0 ? "groß" : "klein")}\r\n"));
        }
        return csv.ToString();
    }

    private static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private static string Inv(FormattableString text) => text.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A test that needs the public deliveries, which are not part of the repository; skipped, with that reason, where they aren't found.</summary>
internal sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute() => Skip = Folder is null ? "The Olist deliveries are not here: neither at ../shared/data/olist nor where OPSCONSOLE_DATA says." : null;

    /// <summary>Where they are.</summary>
    internal static string? Folder { get; } = Find();

    private static string? Find()
    {
        List<string> folders = [];
        if (Environment.GetEnvironmentVariable("OPSCONSOLE_DATA") is { Length: > 0 } said)
            folders.AddRange([said, Path.Combine(said, "olist")]);
        for (var up = new DirectoryInfo(AppContext.BaseDirectory); up is not null; up = up.Parent)
        {
            if (File.Exists(Path.Combine(up.FullName, "OpsConsole.sln")))
                folders.Add(Path.Combine(up.FullName, "..", "shared", "data", "olist"));
        }
        return folders.Find(folder => File.Exists(Path.Combine(folder, "shipments.csv.gz")));
    }
}
