using System.Globalization;

namespace OpsConsole.Simulator;

/// <summary>The command line is wrong; says what, and ends the program with 2.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>A command line of one place and <c>--name value</c> pairs.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _options = new(StringComparer.Ordinal);
    private readonly HashSet<string> _flags = new(StringComparer.Ordinal);

    /// <param name="arguments">The command line after the command.</param>
    /// <param name="options">Options that take a value.</param>
    /// <param name="flags">Options that take none.</param>
    internal Arguments(IReadOnlyList<string> arguments, IReadOnlyCollection<string> options, IReadOnlyCollection<string> flags)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (!argument.StartsWith("--", StringComparison.Ordinal) && Place is null)
                Place = argument;
            else if (flags.Contains(argument))
                _flags.Add(argument);
            else if (!options.Contains(argument))
                throw new UsageException($"{argument} is not known; allowed: {string.Join(", ", options.Concat(flags))}");
            else if (i + 1 >= arguments.Count)
                throw new UsageException($"{argument} needs a value");
            else
                _options[argument] = arguments[++i];
        }
    }

    internal string? Place { get; }

    internal bool Has(string flag) => _flags.Contains(flag);

    internal string? Text(string name) => _options.GetValueOrDefault(name);

    internal string Required(string name) => Text(name) ?? throw new UsageException($"{name} is missing");

    internal double? Number(string name, double low, double high) => Text(name) is not { } text
        ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= low && value <= high
            ? value
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{name}: {text} is not a number from {low} to {high}"));

    internal DateTimeOffset? Time(string name) => Text(name) is not { } text
        ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value)
            ? value
            : throw new UsageException($"{name}: {text} is not a time such as 2026-11-02T00:00:00Z");
}
