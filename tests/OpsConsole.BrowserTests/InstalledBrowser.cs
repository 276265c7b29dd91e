using System.Diagnostics;

namespace OpsConsole.BrowserTests;

/// <summary>
/// Finds a Chromium or Chrome: one that <c>OPSCONSOLE_TEST_BROWSER</c> names, an installed one, else one that Playwright downloads, else, as root on
/// Debian, one from apt. Where none can be had the tests fail and say what was tried: a skipped browser test proves nothing.
/// </summary>
internal static class InstalledBrowser
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "microsoft-edge"];

    /// <summary>The executable; null: Playwright knows where its own is.</summary>
    internal static async Task<string?> FindAsync()
    {
        if (Environment.GetEnvironmentVariable("OPSCONSOLE_TEST_BROWSER") is { Length: > 0 } named)
            return File.Exists(named) ? named : throw new InvalidOperationException($"OPSCONSOLE_TEST_BROWSER names {named}, which is not there.");
        if (Installed() is { } installed)
            return installed;
        if (Microsoft.Playwright.Program.Main(["install", "chromium"]) == 0)
            return null;
        var apt = await AptAsync();
        return Installed() ?? throw new InvalidOperationException(
            $"There is no Chromium or Chrome on the path ({string.Join(", ", Names)}), Playwright could not download one, and apt: {apt}. Install one, or name it in OPSCONSOLE_TEST_BROWSER.");
    }

    private static string? Installed()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append("/Applications/Google Chrome.app/Contents/MacOS").Append(@"C:\Program Files\Google\Chrome\Application").Append("/usr/lib/chromium");
        return folders.SelectMany(folder => Names.Append("Google Chrome").SelectMany(name => new[] { Path.Combine(folder, name), Path.Combine(folder, name + ".exe") }))
            .FirstOrDefault(File.Exists);
    }

    private static async Task<string> AptAsync()
    {
        if (!File.Exists("/etc/debian_version") || Environment.UserName != "root")
            return "only tried as root on Debian";
        foreach (var arguments in new[] { "update", "install -y --no-install-recommends chromium" })
        {
            using var apt = Process.Start(new ProcessStartInfo("apt-get", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["DEBIAN_FRONTEND"] = "noninteractive" } })!;
            var (output, error) = (apt.StandardOutput.ReadToEndAsync(), apt.StandardError.ReadToEndAsync());
            await Task.WhenAll(output, error, apt.WaitForExitAsync());
            if (apt.ExitCode != 0)
                return $"apt-get {arguments} ended with {apt.ExitCode}: {(await error).Trim()}";
        }
        return "installed";
    }
}
