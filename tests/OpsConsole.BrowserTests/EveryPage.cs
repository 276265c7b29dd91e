using System.Reflection;
using Microsoft.AspNetCore.Components;
using Microsoft.Playwright;
using OpsConsole.Access;
using OpsConsole.Ui;

namespace OpsConsole.BrowserTests;

/// <summary>What holds for every page there is, found by its route: a new page is in here by itself.</summary>
[Collection(nameof(ConsoleSite))]
public sealed class EveryPage(ConsoleSite site)
{
    /// <summary>Pages without parameters, for people who are signed in.</summary>
    private static readonly string[] Pages =
        [.. typeof(UiRoom).Assembly.GetTypes()
            .Where(type => type.GetCustomAttribute<Microsoft.AspNetCore.Authorization.AllowAnonymousAttribute>() is null)
            .SelectMany(type => type.GetCustomAttributes<RouteAttribute>(inherit: false)).Select(route => route.Template)
            .Where(template => !template.Contains('{')).Order(StringComparer.Ordinal)];

    private static readonly string[] OpenPages = ["/sign-in", "/sign-in/code", "/sign-in/enrol", "/signed-out", "/access-denied", "/not-found"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Page_LightAndDark_IsAccessibleFitsAndIsQuiet(bool phone)
    {
        var area = site.Seed.NextArea();
        var ids = await site.Seed.FlaggedAsync(area, 8, (i, scene) => (scene.Silent, scene.Hours) = (i == 3, i == 0 ? 1 : 6 + i));
        Assert.Contains("/", Pages);
        await using (var anonymous = await site.OpenAnonymousAsync(phone: phone))
        {
            foreach (var page in OpenPages)
            {
                await LookAsync(anonymous, page, phone);
                // These answer with an error by design, which the browser notes.
                if (page is not "/sign-in")
                    anonymous.Forget();
            }
            anonymous.AssertQuiet();
        }
        await using var screen = await site.OpenAsync(Roles.Admin, phone: phone);
        foreach (var page in Pages.Append($"/?area={area}&case={ids[0]}").Append("/?section=watch").Append("/quality?basis=backtest").Append("/?q=nowhere"))
            await LookAsync(screen, page, phone);
        screen.AssertQuiet();
    }

    private static Task LookAsync(Screen screen, string page, bool phone) => screen.RunAsync(
        async () =>
        {
            await screen.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
            await screen.GoAsync(page);
            var where = $"{page}, {(phone ? 390 : 1440)} px";
            await screen.AssertNoSidewaysScrollAsync(where);
            await screen.AssertAccessibleAsync(where + ", light");
            await screen.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
            await screen.AssertAccessibleAsync(where + ", dark");
        },
        $"page{string.Concat(page.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'))}-{(phone ? 390 : 1440)}");
}
