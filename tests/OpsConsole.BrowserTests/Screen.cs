using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace OpsConsole.BrowserTests;

/// <summary>One person's browser with one page. What the page complains of is kept: <see cref="DisposeAsync"/> fails the test for it.</summary>
internal sealed class Screen : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly IBrowserContext _context;
    private bool _checked;

    internal Screen(IBrowserContext context, IPage page, Uri address)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" || message.Text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase))
                _complaints.Enqueue($"console: {message.Text}");
        };
        page.PageError += (_, error) => _complaints.Enqueue($"script: {error}");
        page.Request += (_, request) =>
        {
            if (Uri.TryCreate(request.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" or "ws" or "wss" && url.Authority != address.Authority && url.Authority != Elsewhere)
                _complaints.Enqueue($"requested from another host: {request.Url}");
        };
    }

    /// <summary>The page.</summary>
    internal IPage Page { get; }

    /// <summary>A host besides the console's own that the page may go to, with its port.</summary>
    internal string? Elsewhere { get; set; }

    /// <summary>The row of a shipment.</summary>
    internal ILocator Row(string shipmentId) => Page.Locator($"a[data-row='{shipmentId}']");

    /// <summary>The row that is selected.</summary>
    internal ILocator Selected => Page.Locator("a[data-row][aria-current=true]");

    /// <summary>Opens a page of the console and waits until its circuit shows it.</summary>
    internal async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await Page.Locator(".shell, .plain").First.WaitForAsync();
        await Page.WaitForFunctionAsync("() => !document.querySelector('.state-loading')");
    }

    /// <summary>Opens the board and waits until the panel shows the selected shipment.</summary>
    internal async Task OpenBoardAsync(string path = "/")
    {
        await GoAsync(path);
        await Page.Locator("[data-board]").WaitForAsync();
        await Page.Locator(".panel-head h2").WaitForAsync(new() { State = WaitForSelectorState.Attached });
    }

    /// <summary>Presses keys, one after another.</summary>
    internal async Task PressAsync(params string[] keys)
    {
        foreach (var key in keys)
            await Page.Keyboard.PressAsync(key);
    }

    /// <summary>No serious or critical violation of WCAG 2.2 A and AA.</summary>
    internal async Task AssertAccessibleAsync(string where)
    {
        var result = await Page.RunAxe(new AxeRunOptions
        {
            RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
        });
        var violations = result.Violations.Where(v => v.Impact is "serious" or "critical").ToList();
        Assert.True(violations.Count == 0, $"{where}:\n" + string.Join('\n', violations.Select(v =>
            $"{v.Impact} {v.Id}: {v.Help}\n" + string.Join('\n', v.Nodes.Take(5).Select(n => $"    {n.Html}\n    {string.Join("; ", n.Any.Concat(n.All).Select(c => c.Message))}")))));
    }

    /// <summary>The page is not wider than its window.</summary>
    internal async Task AssertNoSidewaysScrollAsync(string where)
    {
        var beyond = await Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(beyond <= 0, $"{where} is {beyond} px wider than its window.");
    }

    /// <summary>Runs a test's body; a picture is kept when it fails.</summary>
    internal async Task RunAsync(Func<Task> body, [CallerMemberName] string test = "")
    {
        try
        {
            await body();
        }
        catch
        {
            await PictureAsync(test);
            throw;
        }
    }

    /// <summary>Keeps a picture in the test's folder of artifacts.</summary>
    internal async Task PictureAsync(string name, string? folder = null)
    {
        folder ??= Path.Combine(AppContext.BaseDirectory, "artifacts");
        Directory.CreateDirectory(folder);
        await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png") });
    }

    /// <summary>A page that answers with an error by design (not found, refused) makes the browser complain of just that.</summary>
    internal void Forget() => _complaints.Clear();

    /// <summary>What the page complained of so far: errors, what the content security policy refused, requests to other hosts.</summary>
    internal void AssertQuiet()
    {
        _checked = true;
        Assert.Empty(_complaints);
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        if (!_checked)
            AssertQuiet();
    }
}
