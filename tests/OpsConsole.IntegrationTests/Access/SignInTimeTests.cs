using System.Diagnostics;

namespace OpsConsole.IntegrationTests.Access;

/// <summary>How long a sign-in takes says nothing of who there is.</summary>
[Collection(nameof(Timed))]
public sealed class SignInTimeTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    [Fact]
    public async Task SignIn_UnknownWrongAndShut_TakeTheSameTime()
    {
        var (_, shut) = await Browser.PersonAsync(console);
        var (_, known) = await Browser.PersonAsync(console);
        using var client = console.CreateClient(new() { AllowAutoRedirect = false });
        for (var attempt = 0; attempt < 5; attempt++)
            (await ConsoleFactory.SignInAsync(client, shut, "wrong-wrong-wrong")).Dispose();
        var apart = double.MaxValue;

        // On a busy machine one batch may differ by chance; what an address gives away would differ in every one.
        for (var batch = 0; batch < 4 && apart >= 100; batch++)
        {
            var medians = await MediansAsync(client, known, ["nobody@example.org", known, shut]);
            Assert.All(medians, median => Assert.InRange(median, 690, 10_000));
            apart = medians.Max() - medians.Min();
        }

        Assert.True(apart < 100, $"The medians of unknown, wrong and shut are {apart:0} ms apart.");
    }

    private async Task<IReadOnlyList<double>> MediansAsync(HttpClient client, string known, IReadOnlyList<string> emails)
    {
        var times = emails.Select(_ => new List<double>()).ToList();
        for (var round = 0; round < 9; round++)
        {
            // A right one in between leaves the known account open.
            if (round % 4 == 3 || round == 0)
            {
                using var right = new Browser(console);
                (await right.SignInAsync(known)).Dispose();
            }
            for (var i = 0; i < emails.Count; i++)
            {
                var began = Stopwatch.GetTimestamp();
                (await ConsoleFactory.SignInAsync(client, emails[i], "wrong-wrong-wrong")).Dispose();
                times[i].Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }
        return [.. times.Select(taken => taken.Order().ElementAt(taken.Count / 2))];
    }
}
