using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace OpsConsole.BrowserTests;

/// <summary>
/// Waits for a page to be somewhere by looking again and again. <c>WaitForURLAsync</c> waits for the page's load event too, and for ever when
/// that comes between its look and its listening.
/// </summary>
internal static class Addresses
{
    private const float Patience = 60_000;

    /// <param name="page">The page.</param>
    /// <param name="address">A regular expression for a part of its address.</param>
    /// <param name="atMost">How long to wait, in milliseconds.</param>
    public static Task AtAsync(this IPage page, string address, float atMost = Patience) =>
        Assertions.Expect(page).ToHaveURLAsync(new Regex(address), new() { Timeout = atMost });

    /// <summary>Waits for a page to have left an address.</summary>
    public static Task LeftAsync(this IPage page, string address) =>
        Assertions.Expect(page).Not.ToHaveURLAsync(new Regex(address), new() { Timeout = Patience });
}
