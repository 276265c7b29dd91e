using Microsoft.AspNetCore.Components;
using OpsConsole.Operations.Pages;

namespace OpsConsole.Intake.Pages;

/// <summary>Which of the settings a step shows.</summary>
public enum SettingsFields
{
    /// <summary>The time zone.</summary>
    Zone,

    /// <summary>Currency and costs.</summary>
    Money,
}

/// <summary>A step of the set-up that edits settings.</summary>
public sealed partial class SettingsStep
{
    /// <summary>Which fields.</summary>
    [Parameter]
    public SettingsFields Fields { get; set; }

    /// <summary>What the button says.</summary>
    [Parameter, EditorRequired]
    public string Button { get; set; } = "";

    /// <summary>Told when they were saved.</summary>
    [Parameter]
    public EventCallback OnDone { get; set; }

    [CascadingParameter]
    private SettingsEdit Edit { get; set; } = null!;

    private async Task SaveAsync()
    {
        await Edit.SaveAsync();
        if (Edit.Saved)
            await OnDone.InvokeAsync();
    }
}
