using System.Net;
using OpsConsole.Client;

namespace OpsConsole.Simulator.Network;

/// <summary>How simulated colleagues work.</summary>
public sealed record DispatcherOptions
{
    /// <summary>Seed of what they decide.</summary>
    public int Seed { get; init; } = 20_260;

    /// <summary>The share of cases that they answer at all.</summary>
    public double Share { get; init; } = 0.7;

    /// <summary>How often they are right about what would happen, as a team: one of the three is better, one is worse.</summary>
    public double Skill { get; init; } = 0.78;

    /// <summary>How many they answer at one time, at the most.</summary>
    public int AtATime { get; init; } = 50;
}

/// <summary>
/// Colleagues who don't exist, and say so in their ids. They read the queue, answer some of its cases after some minutes, are sometimes wrong, and act;
/// what they do has its effect in the network. The same case gets the same answer every time.
/// </summary>
/// <param name="client">The console they answer in, with a key of scopes read and judge.</param>
/// <param name="network">Where their actions have their effect.</param>
/// <param name="options">How they work.</param>
public sealed class SimulatedDispatcher(OpsConsoleClient client, CourierNetwork network, DispatcherOptions options)
{
    private const long AnswerDice = 300;
    private const long DelayDice = 301;
    private const long NameDice = 302;
    private static readonly (string Name, double Better)[] People = [("sim-ines", 0.12), ("sim-tomasz", 0.01), ("sim-ruth", -0.13)];
    private static readonly string[] WhyLate = ["traffic", "weather", "hubDelay", "vehicle", "capacity", "missedScan"];
    private static readonly string[] WhyNot = ["missedScan", "carrier", "other"];

    private readonly HashSet<string> _leftAlone = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _seen = new(StringComparer.Ordinal);

    /// <summary>No answer comes sooner after a case was first seen: it has to be read.</summary>
    public static TimeSpan Soonest { get; } = TimeSpan.FromMinutes(3);

    /// <summary>No answer to a case that gets one is due later.</summary>
    public static TimeSpan Latest { get; } = TimeSpan.FromMinutes(20);

    /// <summary>Reads the open cases, and answers some of those that it has known for long enough.</summary>
    /// <returns>How many were answered.</returns>
    public async Task<int> AnswerAsync(DateTimeOffset now, CancellationToken cancellation = default)
    {
        var open = await ReadAsync(cancellation);
        Forget(open);
        return await AnswerAsync(Due(open, now).Where(due => due.At <= now).OrderBy(due => due.Item.PromisedBy), _ => now, cancellation);
    }

    /// <summary>Reads the open cases once, and answers some in the minutes that follow, each when it is due.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="moveTo">Moves the console's time on to the moment of the next answer.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>How many were answered.</returns>
    public async Task<int> AnswerFromAsync(DateTimeOffset now, Action<DateTimeOffset> moveTo, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(moveTo);
        var open = await ReadAsync(cancellation);
        Forget(open);
        var moment = now;
        return await AnswerAsync(
            Due(open, now).OrderBy(due => due.At),
            due =>
            {
                if (due > moment)
                    moveTo(moment = due);
                return moment;
            },
            cancellation);
    }

    private async Task<List<CaseAnswer>> ReadAsync(CancellationToken cancellation)
    {
        List<CaseAnswer> open = [];
        string? cursor = null;
        do
        {
            var page = await client.GetCasesAsync(new CasesQuery { State = CaseState.Open, Limit = 1_000, Cursor = cursor }, cancellation);
            open.AddRange(page.Items);
            cursor = page.Cursor;
        }
        while (cursor is not null);
        return open;
    }

    private void Forget(List<CaseAnswer> open)
    {
        var ids = open.Select(item => item.ShipmentId).ToHashSet(StringComparer.Ordinal);
        foreach (var id in _seen.Keys.Where(id => !ids.Contains(id)).ToList())
            _seen.Remove(id);
    }

    /// <summary>The cases that get an answer, each with the moment it is due: some minutes after it was first seen.</summary>
    private List<(CaseAnswer Item, DateTimeOffset At)> Due(List<CaseAnswer> open, DateTimeOffset now)
    {
        List<(CaseAnswer, DateTimeOffset)> due = [];
        foreach (var item in open.OrderBy(item => item.ShipmentId, StringComparer.Ordinal))
        {
            if (item.State != CaseState.Open || _leftAlone.Contains(item.ShipmentId) || network.PromiseOf(item.ShipmentId) is null)
                continue;
            _seen.TryAdd(item.ShipmentId, now);
            var delay = Dice.Of(options.Seed, DelayDice, Dice.Number(item.ShipmentId)).Between(Soonest.TotalSeconds, Latest.TotalSeconds);
            due.Add((item, _seen[item.ShipmentId].AddSeconds(Math.Round(delay))));
        }
        return due;
    }

    private async Task<int> AnswerAsync(
        IEnumerable<(CaseAnswer Item, DateTimeOffset At)> due, Func<DateTimeOffset, DateTimeOffset> at, CancellationToken cancellation)
    {
        var answered = 0;
        foreach (var (item, dueAt) in due)
        {
            if (answered >= options.AtATime)
                break;
            if (item.PromisedBy <= dueAt)
                continue;
            var dice = Dice.Of(options.Seed, AnswerDice, Dice.Number(item.ShipmentId));
            if (!dice.Chance(options.Share))
                _leftAlone.Add(item.ShipmentId);
            else if (at(dueAt) is var now && item.PromisedBy > now && await AnswerAsync(item, dice, now, cancellation))
                answered++;
        }
        return answered;
    }

    private async Task<bool> AnswerAsync(CaseAnswer item, Dice dice, DateTimeOffset now, CancellationToken cancellation)
    {
        var truth = network.WillBeLate(item.ShipmentId) ?? true;
        var (name, better) = People[Dice.Of(options.Seed, NameDice, Dice.Number(item.ShipmentId)).Below(People.Length)];
        var late = dice.Chance(options.Skill + better) ? truth : !truth;
        var action = late ? ActionFor(item.PromisedBy - now, dice) : JudgementAction.None;
        var judgement = new JudgementRequest
        {
            Late = late,
            Action = action,
            Reason = late ? WhyLate[dice.Below(WhyLate.Length)] : WhyNot[dice.Below(WhyNot.Length)],
            Note = dice.Chance(0.15) ? "Simulated: called the hub." : null,
            PredictionId = item.PredictionId,
            Judge = name,
        };
        try
        {
            await client.JudgeAsync(item.ShipmentId, judgement, cancellation);
        }
        catch (OpsConsoleException refused) when (refused.Status is HttpStatusCode.Conflict or HttpStatusCode.NotFound)
        {
            // It changed under their eyes: they look again next time.
            return false;
        }
        network.Act(item.ShipmentId, action, now);
        return true;
    }

    private static JudgementAction ActionFor(TimeSpan left, Dice dice)
    {
        if (dice.Chance(0.2))
            return JudgementAction.None;
        if (left > TimeSpan.FromHours(4))
            return JudgementAction.Rerouted;
        return left > TimeSpan.FromHours(2) ? JudgementAction.Reprioritised : JudgementAction.CustomerContacted;
    }
}
