using System.Globalization;
using OpsConsole.Operations;

namespace OpsConsole.Access.Pages;

/// <summary>How long is kept what has done its work.</summary>
public sealed partial class RetentionPage(LeftoverDays days, IEnumerable<Leftover> leftovers, CircuitCaller circuit)
{
    private readonly Leftover[] _leftovers = [.. leftovers.OrderBy(l => l.Title, StringComparer.Ordinal)];
    private IReadOnlyDictionary<string, int>? _days;
    private Guid _version;
    private string? _problem;
    private string? _done;

    protected override async Task OnInitializedAsync() => (_days, _version) = await days.ReadAsync();

    private int Days(Leftover leftover) => _days!.GetValueOrDefault(leftover.Code, leftover.Days);

    private async Task KeepAsync(Leftover leftover, string? text)
    {
        (_problem, _done) = (null, null);
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var given) || given < leftover.Fewest || given > Leftover.Most)
        {
            _problem = $"{leftover.Title}: {Allowed(leftover)}.";
            return;
        }
        try
        {
            await days.ChangeAsync(leftover, given, _version, await circuit.RequireAsync(Scopes.Admin));
            _done = $"{leftover.Title}: saved, and in force with the next day's round.";
        }
        catch (SettingsChangedMeanwhileException meanwhile)
        {
            _problem = $"{meanwhile.Message} What is in force now is shown.";
        }
        (_days, _version) = await days.ReadAsync();
    }

    private static string Allowed(Leftover leftover) =>
        string.Create(CultureInfo.InvariantCulture, $"a whole number from {leftover.Fewest} to {Leftover.Most:N0}");
}
