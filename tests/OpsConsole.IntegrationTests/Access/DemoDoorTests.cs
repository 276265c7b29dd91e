using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;

namespace OpsConsole.IntegrationTests.Access;

public sealed class DemoDoorTests
{
    private static Uri Path(string path) => new(path, UriKind.Relative);

    // The accounts alone: the simulated courier has tests of its own.
    private static void OpenDoors(IServiceCollection services) => services.AddSingleton(new AccessOptions { DemoAccounts = true });

    [Fact]
    public async Task DemoDoors_DemoOn_LetInByOneClick()
    {
        await using var demo = new ConsoleFactory(OpenDoors);
        using var client = demo.CreateClient(new() { AllowAutoRedirect = false });
        var page = await client.GetStringAsync(Path("/sign-in?returnUrl=%2Fquality"));
        using var form = Form(page, "manager@demo.local", "/quality");

        using var entered = await client.PostAsync(Path("/demo/enter"), form);
        using var inside = await client.GetAsync(Path("/api/v1/no-such-thing"));

        Assert.Equal(HttpStatusCode.Found, entered.StatusCode);
        Assert.Equal("/quality", entered.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.NotFound, inside.StatusCode);
        Assert.All(DemoAccount.All, account => Assert.Contains(account.Password, page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Door_TriedTooOften_AsksToWait()
    {
        await using var demo = new ConsoleFactory(null, ("Access:SignInsPerMinute", "3"));
        using var client = demo.CreateClient(new() { AllowAutoRedirect = false });
        List<HttpStatusCode> answers = [];
        for (var i = 0; i < 4; i++)
        {
            using var answer = await ConsoleFactory.SignInAsync(client, "nobody@example.org", "wrong-wrong-wrong");
            answers.Add(answer.StatusCode);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                Assert.Contains("Too many attempts", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], answers);
    }

    [Fact]
    public async Task DemoAccounts_NextStartWithoutDemo_AreShut()
    {
        await using var demo = new ConsoleFactory(OpenDoors);
        Assert.Equal(DemoAccount.All.Count, (await demo.Services.GetRequiredService<Users>().ListAsync()).Count(u => !u.Disabled && u.Email.EndsWith(DemoAccount.Domain, StringComparison.Ordinal)));
        await using var real = new ConsoleFactory(null, ("ConnectionStrings:OpsConsole", $"Data Source={System.IO.Path.Combine(demo.Folder, "opsconsole.db")}"));
        using var client = real.CreateClient(new() { AllowAutoRedirect = false });

        using var answer = await ConsoleFactory.SignInAsync(client, DemoAccount.All[0].Email, DemoAccount.All[0].Password);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.All(await real.Services.GetRequiredService<Users>().ListAsync(), user => Assert.Equal(user.Email.EndsWith(DemoAccount.Domain, StringComparison.Ordinal), user.Disabled));
    }

    private static FormUrlEncodedContent Form(string page, string email, string returnUrl) => new(new Dictionary<string, string>
    {
        ["__RequestVerificationToken"] = ConsoleFactory.Between(page, "name=\"__RequestVerificationToken\" value=\"", "\""),
        ["email"] = email,
        ["returnUrl"] = returnUrl,
    });
}
