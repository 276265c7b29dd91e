using System.Diagnostics;
using System.Globalization;

namespace OpsConsole.Bench;

/// <summary>A path of the product that is held against a limit, or against what a user would pick instead.</summary>
internal interface IBenchPath
{
    /// <summary>What the filter argument asks for, in lower case.</summary>
    string Name { get; }

    /// <summary>Measures, and gives each result to the bench.</summary>
    Task RunAsync(Bench bench);
}

/// <summary>
/// Runs limit and product in turn, in one process and over several rounds, and takes the median of the rounds' ratios: what disturbs the machine disturbs
/// both. Absolute times are printed; only ratios and bounds are judged.
/// </summary>
/// <param name="quick">Small sizes, and floors at 60 % of the goals: for CI.</param>
internal sealed class Bench(bool quick)
{
    private const double QuickShare = 0.6;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Sample = TimeSpan.FromMilliseconds(100);

    private readonly List<BenchResult> _results = [];

    /// <summary>Whether to take small sizes.</summary>
    public bool Quick => quick;

    /// <summary>Whether anything missed its goal (with <see cref="Quick"/>: its floor), or gave a wrong answer.</summary>
    public bool Failed => _results.Any(result => !result.Passed);

    /// <summary>How many rounds are worth their time.</summary>
    public int Rounds => quick ? 5 : 7;

    /// <summary>Picks a size.</summary>
    public int Size(int full, int small) => quick ? small : full;

    /// <summary>Compares two ways of doing the same work by the time they take.</summary>
    /// <param name="what">What is done.</param>
    /// <param name="limitName">The other way.</param>
    /// <param name="limit">Does the work the other way, once.</param>
    /// <param name="product">Does the work as the product does, once.</param>
    /// <param name="items">How many items the work is, for the time an item takes.</param>
    /// <param name="goal">Limit's time ÷ product's time, at least.</param>
    public async Task CompareTimesAsync(string what, string limitName, Func<Task> limit, Func<Task> product, int items, double goal)
    {
        await WarmAsync(limit);
        await WarmAsync(product);
        var limits = new List<double>();
        var products = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            limits.Add(await TimeAsync(limit));
            products.Add(await TimeAsync(product));
        }

        var ratio = Median(limits.Zip(products, (l, p) => l / p));
        Add(new BenchResult(what, limitName, PerItem(Median(limits), items), PerItem(Median(products), items), Ratio(ratio), Goal(goal), ratio >= Floor(goal)));
    }

    /// <summary>The same for work without awaiting.</summary>
    public Task CompareTimesAsync(string what, string limitName, Action limit, Action product, int items, double goal) =>
        CompareTimesAsync(what, limitName, () => Completed(limit), () => Completed(product), items, goal);

    /// <summary>Compares two rates that the callbacks measure by themselves, such as items a second under load.</summary>
    /// <param name="what">What is done.</param>
    /// <param name="limitName">The other way.</param>
    /// <param name="unit">Of the rates, such as "rows/s".</param>
    /// <param name="limit">Measures the other way.</param>
    /// <param name="product">Measures the product.</param>
    /// <param name="goal">Product's rate ÷ limit's rate, at least.</param>
    /// <param name="quickFloor">With <see cref="Quick"/>: the floor where it isn't 60 % of the goal; say why where it is set.</param>
    public async Task CompareRatesAsync(
        string what, string limitName, string unit, Func<Task<double>> limit, Func<Task<double>> product, double goal, double? quickFloor = null)
    {
        var limits = new List<double>();
        var products = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            limits.Add(await limit());
            products.Add(await product());
        }

        var ratio = Median(products.Zip(limits, (p, l) => p / l));
        var floor = quick && quickFloor is { } own ? own : Floor(goal);
        Add(new BenchResult(what, limitName, Rate(Median(limits), unit), Rate(Median(products), unit), Ratio(ratio), Goal(goal, floor), ratio >= floor));
    }

    /// <summary>Judges one number against an upper bound; with <see cref="Quick"/> the bound is wider by what floors are lower.</summary>
    /// <param name="what">What is measured.</param>
    /// <param name="unit">Of the number.</param>
    /// <param name="value">The number.</param>
    /// <param name="bound">What it may be at most.</param>
    /// <param name="quickBound">With <see cref="Quick"/>: the bound where it isn't that; say why where it is set.</param>
    public void AtMost(string what, string unit, double value, double bound, double? quickBound = null)
    {
        var most = quick ? quickBound ?? bound / QuickShare : bound;
        Add(new BenchResult(what, "", "", Number(value) + " " + unit, "", "<= " + Number(bound) + " " + unit + (quick ? ", here " + Number(most) : ""), value <= most));
    }

    /// <summary>Insists on an answer: a fast wrong one is worth nothing, in quick runs too.</summary>
    public void Check(string what, bool holds, string detail) => Add(new BenchResult(what, "", "", detail, "", "", holds));

    /// <summary>All results as a Markdown table.</summary>
    public string Table() => string.Join(
        '\n',
        _results.Select(result => $"| {result.What} | {result.LimitName} | {result.Limit} | {result.Product} | {result.Ratio} | {result.Goal} | {result.Verdict} |")
            .Prepend("|---|---|---|---|---|---|---|")
            .Prepend("| what | limit | limit's | product's | ratio | goal | |"));

    /// <summary>
    /// Repeats work until the just-in-time compiler is done with it: it counts thirty calls, then compiles a tenth of a second after the last new method,
    /// on a thread that has to find a core. Work that was measured before that is measured in another program.
    /// </summary>
    private static async Task WarmAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        do
        {
            await work();
        }
        while (Stopwatch.GetElapsedTime(start) < WarmUp);
    }

    /// <summary>Seconds the work takes once: the mean over as many turns as make a sample longer than what else a machine does in between.</summary>
    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        var turns = 0;
        do
        {
            await work();
            turns++;
        }
        while (Stopwatch.GetElapsedTime(start) < Sample);

        return Stopwatch.GetElapsedTime(start).TotalSeconds / turns;
    }

    private static Task Completed(Action work)
    {
        work();
        return Task.CompletedTask;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }

    private static string PerItem(double seconds, int items) => (seconds / items) switch
    {
        < 1e-3 => Number(seconds / items * 1e6) + " µs",
        < 1 => Number(seconds / items * 1e3) + " ms",
        _ => Number(seconds / items) + " s",
    };

    private static string Rate(double rate, string unit) => rate.ToString("#,0", CultureInfo.InvariantCulture) + " " + unit;

    private static string Ratio(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture) + "x";

    private static string Number(double value) => value.ToString("G3", CultureInfo.InvariantCulture);

    /// <summary>The goal, and with <see cref="Quick"/> the floor that is judged by, so that a ratio between the two doesn't look like an error.</summary>
    private string Goal(double goal, double? floor = null) => ">= " + Ratio(goal) + (quick ? ", floor " + Ratio(floor ?? Floor(goal)) : "");

    private double Floor(double goal) => quick ? goal * QuickShare : goal;

    private void Add(BenchResult result)
    {
        _results.Add(result);
        Console.WriteLine($"  {result.Verdict}  {result.What}: {result.LimitName} {result.Limit} | product {result.Product} | {result.Ratio} {result.Goal}");
    }

    private sealed record BenchResult(string What, string LimitName, string Limit, string Product, string Ratio, string Goal, bool Passed)
    {
        public string Verdict => Passed ? "PASS" : "FAIL";
    }
}
