using System.Net;

namespace OpsConsole.IntegrationTests.Access;

/// <summary>The doors of passkeys as somebody without one meets them; that one works is a browser's test.</summary>
public sealed class PasskeyTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    [Theory]
    [InlineData("nothing")]
    [InlineData("{}")]
    [InlineData("""{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AAAA","signature":"AAAA"},"clientExtensionResults":{}}""")]
    public async Task SignIn_WithWhatIsNoPasskey_IsRefused(string credential)
    {
        using var browser = new Browser(console);
        var page = await browser.Client.GetStringAsync(new Uri("/sign-in", UriKind.Relative));
        var token = ConsoleFactory.Between(page, "name=\"__RequestVerificationToken\" value=\"", "\"");

        using var before = await browser.PostAsync(new Uri("/sign-in/passkey", UriKind.Relative), token, null, ("credential", credential));
        using var options = await browser.PostAsync(new Uri("/sign-in/passkey/options", UriKind.Relative), token, null);
        using var after = await browser.PostAsync(new Uri("/sign-in/passkey", UriKind.Relative), token, null, ("credential", credential), ("returnUrl", "//evil.example"));

        Assert.Contains("\"userVerification\":\"required\"", await options.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        foreach (var answer in new[] { before, after })
        {
            Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
            Assert.StartsWith("/sign-in?refused=passkey&returnUrl=%2F", answer.Headers.Location?.OriginalString, StringComparison.Ordinal);
            Assert.DoesNotContain("evil", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        }
        Assert.False(await browser.IsInAsync());
    }

    [Fact]
    public async Task Adding_NeedsThePassword()
    {
        var (_, email) = await Browser.PersonAsync(console);
        using var browser = new Browser(console);
        (await browser.SignInAsync(email)).Dispose();

        using var wrong = await AskAsync(browser, "wrong-wrong-wrong");
        using var right = await AskAsync(browser, Browser.Password);

        Assert.Contains("problem", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("challenge", await right.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> AskAsync(Browser browser, string password)
    {
        var page = await browser.Client.GetStringAsync(new Uri("/account", UriKind.Relative));
        var token = ConsoleFactory.Between(page, "name=\"__RequestVerificationToken\" value=\"", "\"");
        return await browser.PostAsync(new Uri("/account/passkeys/options", UriKind.Relative), token, null, ("password", password));
    }
}
