using System.Globalization;
using OpsConsole.Access;
using OpsConsole.Operations;
using OpsConsole.Operations.Alerts;

namespace OpsConsole.Intake.Feeds;

/// <summary>A feed has fallen silent beyond its rhythm.</summary>
internal sealed class SilentFeedRule(SilentFeeds silent, Sources sources, LoopClock clock) : IAlertRule
{
    public string Code => "feedSilent";

    public string Title => "A feed is down";

    public string Unit => "minutes";

    public string Advice => "Ask whoever runs the sending system whether it still sends; the source's page under Sources shows when it did last, and what it was refused.";

    public async Task<IReadOnlyList<AlertReading>> ReadAsync(CancellationToken cancellation)
    {
        var now = clock.Now;
        var down = silent.Current.ToDictionary(f => f.Name, f => f);
        var well = (await sources.ListAsync(cancellation)).Select(s => s.Name).Where(name => !down.ContainsKey(name));
        return
        [
            .. down.Values.Select(f => new AlertReading(
                f.Name, Math.Max(1, Math.Floor((now - f.Since).TotalMinutes)),
                string.Create(CultureInfo.InvariantCulture, $"Nothing since {f.Since.UtcDateTime:yyyy-MM-dd HH:mm} UTC"))),
            .. well.Select(name => new AlertReading(name, 0, "Sends as usual, or has no rhythm yet")),
        ];
    }
}
