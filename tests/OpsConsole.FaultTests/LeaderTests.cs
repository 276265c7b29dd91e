using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace OpsConsole.FaultTests;

/// <summary>The instance that does the work for all is killed while it does (quality.md F16): another takes over, and nothing is done twice.</summary>
[Collection(Faults.Name)]
public sealed partial class LeaderTests(PublishedProgram program, ITestOutputHelper output)
{
    private const int LeaseSeconds = 3;

    [Fact]
    public async Task LeaderKilled_ManyTimes_AnotherTakesOverAndNothingIsDoneTwice()
    {
        var rounds = Faults.Rounds(8);
        using var both = new Instances(program, new Dictionary<string, string>
        {
            ["Operations__LeaseSeconds"] = LeaseSeconds.ToString(CultureInfo.InvariantCulture),
        });
        await both.StartAsync();
        List<string> said = [];
        List<double> takeOvers = [];
        for (var round = 0; round < rounds; round++)
        {
            await Until.TrueAsync(() => IsLed(both.A, both) || IsLed(both.B, both), both.A);
            var aLeads = IsLed(both.A, both);
            var (leader, other) = aLeads ? (both.A, both.B) : (both.B, both.A);
            // Runs fail at once for want of history, so that the leader is always at one.
            using (await leader.Client.PostAsync(new Uri("/api/v1/models/train", UriKind.Relative), Json.Of(new { trainer = "logistic", decisionLeadMinutes = 240 })))
                await leader.KillAsync();
            said.AddRange(leader.Lines);
            leader.Dispose();
            var killed = Stopwatch.GetTimestamp();
            await Until.TrueAsync(() => IsLed(other, both), other);
            takeOvers.Add(Stopwatch.GetElapsedTime(killed).TotalSeconds);
            var next = both.Start();
            await next.ReadyAsync(TimeSpan.FromSeconds(60));
            (both.A, both.B) = (other, next);
        }
        await Until.TrueAsync(() => both.Number("SELECT COUNT(*) FROM runs WHERE state IN (0, 1)") == 0, both.A);
        said.AddRange([.. both.A.Lines, .. both.B.Lines]);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{rounds} leaders killed, lease of {LeaseSeconds} s: taken over after {takeOvers.Average():0.0} s on the average, at most {takeOvers.Max():0.0} s"));

        Assert.InRange(takeOvers.Max(), 0, (LeaseSeconds * 4 / 3) + 4);
        // A token is one leader's: nobody ever led by another's.
        var tokens = said.SelectMany(line => Led().Matches(line)).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(tokens.Count, tokens.Distinct().Count());
        Assert.InRange(tokens.Count, rounds, int.MaxValue);
        // A run ends once: told of by one instance, or said to be interrupted by the next.
        var ended = said.SelectMany(line => Ended().Matches(line)).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(ended.Count, ended.Distinct().Count());
        var interrupted = Ledger.Column(both.Database, "SELECT \"key\" FROM runs WHERE error LIKE 'interrupted%'");
        Assert.Empty(ended.Intersect(interrupted));
        Ledger.CheckWhole(both.Database);
    }

    private static bool IsLed(RunningProgram instance, Instances both)
    {
        var tokens = instance.Lines.SelectMany(line => Led().Matches(line)).Select(match => match.Groups[1].Value).ToList();
        return tokens.Count > 0 && tokens[^1] == both.Number("SELECT token FROM leases WHERE name = 'training'").ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"""Message"":""This instance does the work training \(token (\d+)\)""")]
    private static partial Regex Led();

    [GeneratedRegex(@"""Message"":""Run (\d+) (?:made|failed)")]
    private static partial Regex Ended();
}
