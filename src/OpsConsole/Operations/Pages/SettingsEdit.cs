using Microsoft.AspNetCore.Components.Forms;
using OpsConsole.Access;

namespace OpsConsole.Operations.Pages;

/// <summary>The settings while a page edits them: read, checked, saved with their audit entry.</summary>
internal sealed class SettingsEdit
{
    private readonly SettingsStore _store;
    private readonly CircuitCaller _circuit;
    private readonly Audit _audit;

    internal SettingsEdit(SettingsStore store, CircuitCaller circuit, Audit audit)
    {
        (_store, _circuit, _audit) = (store, circuit, audit);
        Reset();
    }

    /// <summary>What was in force when it was read.</summary>
    internal OperationsSettings Settings { get; private set; } = null!;

    /// <summary>What the page shows and changes.</summary>
    internal SettingsForm Form { get; private set; } = null!;

    /// <summary>Of the form.</summary>
    internal EditContext Context { get; private set; } = null!;

    /// <summary>What is wrong with the form, in words.</summary>
    internal IReadOnlyList<string> Problems { get; private set; } = [];

    /// <summary>The newest try was saved.</summary>
    internal bool Saved { get; private set; }

    /// <summary>Reads anew what is in force, and forgets what was edited.</summary>
    internal void Reset()
    {
        (Settings, var version) = _store.Read();
        Form = new SettingsForm(Settings, version);
        Context = new EditContext(Form);
        (Problems, Saved) = ([], false);
    }

    /// <summary>Saves, unless something is wrong: <see cref="Saved"/> and <see cref="Problems"/> tell.</summary>
    internal async Task SaveAsync()
    {
        Saved = false;
        // What isn't a number never reached the form: the field says so.
        Problems = [.. Context.GetValidationMessages()];
        if (Problems.Count > 0)
            return;
        var changed = Form.ToSettings();
        Problems = [.. changed.Problems().Select(p => $"{Words(p.Key)} {p.Value}")];
        if (Problems.Count > 0)
            return;
        var who = await _circuit.RequireAsync(Scopes.Admin);
        try
        {
            await _store.ChangeAsync(changed, Form.Version, db => _audit.Add(db, who, "settings.changed", "operations", SettingsStore.Differences(Settings, changed)));
            Reset();
            Saved = true;
        }
        catch (SettingsChangedMeanwhileException meanwhile)
        {
            Problems = [$"{meanwhile.Message} Undo changes shows what is in force now."];
        }
    }

    /// <summary>"CostMissedDelay" as "Cost missed delay".</summary>
    private static string Words(string name) =>
        string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) && name[i - 1] != ' ' ? " " + char.ToLowerInvariant(c) : c.ToString()));
}
