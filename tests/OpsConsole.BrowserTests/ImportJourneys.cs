using System.Globalization;
using System.Text;
using OpsConsole.Access;
using static Microsoft.Playwright.Assertions;

namespace OpsConsole.BrowserTests;

/// <summary>A newcomer brings a file of their own in, with nothing but the page.</summary>
[Collection(nameof(ConsoleSite))]
public sealed class ImportJourneys(ConsoleSite site)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Newcomer_WithAMessyFile_BringsItIn(bool phone)
    {
        var prefix = phone ? "JP" : "JW";
        using var file = new TemporaryFile(Messy(prefix, 300));
        await using var screen = await site.OpenAsync(Roles.Analyst, phone: phone);
        var page = screen.Page;
        await screen.RunAsync(
            async () =>
            {
                await screen.GoAsync("/imports");
                await page.Locator("input[name=file]").SetInputFilesAsync(file.Path);
                await page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Send the file" }).ClickAsync();
                var check = page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Check the whole file" });
                await check.WaitForAsync();
                await LookAsync(screen, "mapping");
                // Nothing is guessed: the zone has to be said.
                await check.ClickAsync();
                await Expect(page.GetByRole(Microsoft.Playwright.AriaRole.Alert)).ToContainTextAsync("missing");
                await page.GetByLabel("Time zone of the file").FillAsync("Europe/Berlin");
                await page.GetByLabel("Time zone of the file").PressAsync("Tab");
                await Expect(page.Locator(".imports-foot .form-problem ul")).ToHaveCountAsync(0);
                await check.ClickAsync();
                var bring = page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Bring it in", Exact = true });
                await bring.WaitForAsync();
                await LookAsync(screen, "report");
                await Expect(page.Locator("#report-leaks + p + ul")).ToContainTextAsync("Verzug");
                await Expect(page.Locator(".imports-receipt")).ToContainTextAsync("300");
                await bring.ClickAsync();
                await Expect(page.Locator("#import-result")).ToHaveTextAsync("What came in");
                await LookAsync(screen, "result");
                await Expect(page.Locator("#import-result ~ .table-wrap")).ToContainTextAsync("300");
                await page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "All files" }).ClickAsync();
                await Expect(page.Locator(".imports-list").First).ToContainTextAsync(Path.GetFileName(file.Path));
            },
            $"import-{(phone ? 390 : 1440)}");
        screen.AssertQuiet();
    }

    private static async Task LookAsync(Screen screen, string what)
    {
        foreach (var scheme in new[] { Microsoft.Playwright.ColorScheme.Light, Microsoft.Playwright.ColorScheme.Dark })
        {
            await screen.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await screen.AssertAccessibleAsync($"{what}, {scheme}");
        }
        await screen.AssertNoSidewaysScrollAsync(what);
    }

    private static byte[] Messy(string prefix, int rows)
    {
        var csv = new StringBuilder("Auftragsnr.;Erfasst am;Liefertermin (Soll);Zugestellt;PLZ Absender;PLZ Empfänger;Gewicht;Größe;Verzug in Std.;Empfänger Name\r\n");
        for (var i = 0; i < rows; i++)
        {
            var day = new DateTime(2026, 1, 3).AddDays(i % 50);
            var late = i % 5 == 0;
            csv.Append(string.Create(
                CultureInfo.InvariantCulture,
                $"{prefix}/{i};{day:dd.MM.yyyy} 08:{i % 60:00};{day.AddDays(2):dd.MM.yyyy};{day.AddDays(late ? 3 : 2):dd.MM.yyyy} 14:30;0{1000 + i % 9};8{1000 + i % 9};{1 + i % 20},5;{(i % 3 == 0 ? "groß" : "klein")};{(late ? "14,5" : "")};\"Müller, {i}\"\r\n"));
        }
        return Encoding.Latin1.GetBytes(csv.ToString());
    }

    private sealed class TemporaryFile : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("opsconsole-journey-");

        internal TemporaryFile(byte[] bytes)
        {
            Path = System.IO.Path.Combine(_folder.FullName, "Lieferungen März.csv");
            File.WriteAllBytes(Path, bytes);
        }

        internal string Path { get; }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
