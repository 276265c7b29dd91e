using System.Globalization;
using OpsConsole.Access;

namespace OpsConsole.Operations.Pages;

/// <summary>The brief: everybody reads it, administrators and managers change it.</summary>
public sealed partial class BriefPage(BriefStore briefs, SettingsStore store, Users users, CircuitCaller circuit)
{
    private IReadOnlyDictionary<string, string> _names = new Dictionary<string, string>();
    private IReadOnlyList<BriefChange> _changes = [];
    private IReadOnlyList<string> _problems = [];
    private BriefDraft? _form;
    private Brief? _brief;
    private Guid _version;
    private bool _loaded;
    private bool _mayEdit;

    protected override async Task OnInitializedAsync()
    {
        _mayEdit = await circuit.IsAsync(Roles.Admin, Roles.Manager);
        _names = (await users.ListAsync()).ToDictionary(u => string.Create(CultureInfo.InvariantCulture, $"user:{u.Id}"), u => u.Name);
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        (_brief, _version) = await briefs.ReadAsync();
        _changes = await briefs.ChangesAsync();
        _loaded = true;
    }

    private void Edit() => (_form, _problems) = (new BriefDraft(_brief ?? Brief.Draft(store.Current)), []);

    private void Leave() => _form = null;

    private async Task SaveAsync()
    {
        var brief = _form!.ToBrief();
        _problems = brief.Problems();
        if (_problems.Count > 0)
            return;
        var who = await circuit.RequireRoleAsync(Roles.Admin, Roles.Manager);
        try
        {
            await briefs.SaveAsync(brief, _version, who);
        }
        catch (SettingsChangedMeanwhileException)
        {
            _problems = ["Somebody else changed the brief meanwhile. Leave it, and look at what stands there now."];
            return;
        }
        _form = null;
        await ReadAsync();
    }

    private string Who(string who) => _names.GetValueOrDefault(who, who);

    private static string Text(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    private static string FieldWords(string field) => field switch
    {
        "modelMetric" => "the model's figure",
        "modelLine" => "the model's line",
        "businessMetric" => "the business figure",
        "businessLine" => "the business line",
        _ => "the " + field,
    };
}
