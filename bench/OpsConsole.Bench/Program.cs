using System.Diagnostics;
using OpsConsole.Bench;

// dotnet run -c Release --project bench/OpsConsole.Bench -- [--quick] [name…]
IBenchPath[] paths =
[
    new IntakeBench(),
    new ScoringBench(),
    new ExplainingBench(),
    new AreasBench(),
    new CurvesBench(),
    new FanOutBench(),
];

var quick = args.Contains("--quick");
string[] names = [.. args.Where(arg => !arg.StartsWith('-')).Select(arg => arg.ToLowerInvariant())];
IBenchPath[] chosen = [.. paths.Where(path => names.Length == 0 || names.Any(name => path.Name.Contains(name, StringComparison.Ordinal)))];
if (chosen.Length == 0 || args.Any(arg => arg.StartsWith('-') && arg != "--quick"))
{
    Console.Error.WriteLine($"Usage: [--quick] [name…]; names: {string.Join(", ", paths.Select(path => path.Name))}");
    return 2;
}

#if DEBUG
Console.WriteLine("Built without optimisation (take -c Release): figures mean nothing.");
#endif
var bench = new Bench(quick);
foreach (var path in chosen)
{
    var start = Stopwatch.GetTimestamp();
    Console.WriteLine($"{path.Name}{(quick ? ", quick: floors at 60 % of the goals" : "")}");
    await path.RunAsync(bench);
    Console.WriteLine($"  ({Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s)");
}

Console.WriteLine();
Console.WriteLine(bench.Table());
return bench.Failed ? 1 : 0;
