using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Store;

namespace OpsConsole.Access.Pages;

/// <summary>Who changed what, and whether somebody changed that.</summary>
public sealed partial class AuditPage(IDbContextFactory<OpsConsoleDb> factory, VerifyAudit verify, AuditChecks checks, AuditNames names, AuditRetention retention, CircuitCaller circuit)
{
    private const int PageSize = 100;
    private const int Short = 90; // Longer details are folded.
    private List<AuditEntry>? _entries;
    private AuditVerdict? _verdict;
    private AuditCheck? _check;
    private bool _checking;
    private int? _days;
    private string? _problem;
    private bool _more;

    protected override async Task OnInitializedAsync()
    {
        await names.ReadAsync();
        _check = await checks.ReadAsync();
        _days = await retention.DaysAsync();
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        var below = _entries is [.., var last] ? last.Key : long.MaxValue;
        await using var db = await factory.CreateDbContextAsync();
        var older = await db.Set<AuditEntry>().AsNoTracking().Where(e => e.Key < below).OrderByDescending(e => e.Key).Take(PageSize).ToListAsync();
        _more = older.Count == PageSize;
        _entries = [.. _entries ?? [], .. older];
    }

    private async Task CheckAsync()
    {
        await circuit.RequireAsync(Scopes.Admin);
        _checking = true;
        try
        {
            // Reads every entry: not on the circuit's own turn.
            _verdict = await Task.Run(() => verify.Look());
        }
        finally
        {
            _checking = false;
        }
    }

    private async Task KeepAsync(string? text)
    {
        var given = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days);
        if ((!given && !string.IsNullOrEmpty(text)) || (given && days is < AuditRetention.Fewest or > AuditRetention.Most))
        {
            _problem = "Days: a whole number from 90 to 36,500, or nothing.";
            return;
        }
        _problem = null;
        _days = given ? days : null;
        await retention.ChangeAsync(_days, await circuit.RequireAsync(Scopes.Admin));
    }

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
