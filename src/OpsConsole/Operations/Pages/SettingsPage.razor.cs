using OpsConsole.Access;

namespace OpsConsole.Operations.Pages;

/// <summary>Costs, actions and rules of the operation.</summary>
public sealed partial class SettingsPage
{
    private readonly SettingsEdit _edit;

    public SettingsPage(SettingsStore store, CircuitCaller circuit, Audit audit) => _edit = new SettingsEdit(store, circuit, audit);

    private SettingsForm Form => _edit.Form;
}
