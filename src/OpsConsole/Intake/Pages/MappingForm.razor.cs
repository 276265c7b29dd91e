using Microsoft.AspNetCore.Components;
using OpsConsole.Access;
using OpsConsole.Intake.Import;
using OpsConsole.Operations;

namespace OpsConsole.Intake.Pages;

/// <summary>Where somebody says what the columns of a file mean.</summary>
public sealed partial class MappingForm
{
    private static readonly IReadOnlyList<string> Zones =
        [.. TimeZoneInfo.GetSystemTimeZones().Where(z => z.HasIanaId && z.Id.Contains('/', StringComparison.Ordinal) && !z.Id.StartsWith("Etc/", StringComparison.Ordinal)).Select(z => z.Id).Append("UTC").Order(StringComparer.Ordinal)];

    private string _name = "";
    private string _from = "";
    private string? _said;
    private string? _saved;

    [Inject]
    private ChangeImport Change { get; set; } = null!;

    [Inject]
    private CircuitCaller Circuit { get; set; } = null!;

    [Inject]
    private SettingsStore Settings { get; set; } = null!;

    [CascadingParameter]
    private ImportView View { get; set; } = null!;

    [CascadingParameter]
    private ImportLook Look { get; set; } = null!;

    /// <summary>Mappings that were kept for its source.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<SavedMapping> Saved { get; set; } = [];

    /// <summary>The file was read another way, or goes to its check.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    private MappingState State { get; set; } = null!;

    private IReadOnlyList<string> Columns => View.Shape.Columns;

    private bool HasWords => View.Import.Kind == ImportKind.Events || State.Fields.Any(f => f.Field.Name == ImportField.EndState && f.ChosenColumn is not null);

    private TimeZoneInfo Zone => Settings.Current.TimeZone;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        // What was said of this file before; else the source's newest mapping that fits it; else what it looks like.
        var kept = Saved.Select(s => (s.Name, Mapping: ImportMapping.Read(s.Mapping))).FirstOrDefault(s => s.Mapping.Fits(View.Shape));
        State = new MappingState(View.Import.Kind, Look, View.Mapping ?? kept.Mapping ?? Look.Suggested);
        (_name, _from) = View.Mapping is null && kept.Name is not null ? (kept.Name, kept.Name) : ("", "");
    }

    private void StartFrom(string name)
    {
        _from = name;
        State.Take(Saved.FirstOrDefault(s => s.Name == name) is { } saved ? ImportMapping.Read(saved.Mapping) : Look.Suggested);
    }

    private async Task ReadAsAsync(string encoding, char separator)
    {
        await Circuit.RequireAsync(Scopes.Learn);
        try
        {
            await Change.ReadAsAsync(View.Import, encoding, separator);
            await OnChanged.InvokeAsync();
        }
        catch (RefusedFileException refused)
        {
            _said = refused.Message;
        }
    }

    private async Task CheckAsync()
    {
        (_said, _saved) = (null, null);
        if (State.Problems().Count > 0)
        {
            _said = "Something is missing yet; see above.";
            return;
        }
        if (!await Change.CheckAsync(View.Import, State.Mapping(), await Circuit.RequireAsync(Scopes.Learn)))
            _said = "The file is already on its way.";
        await OnChanged.InvokeAsync();
    }

    private async Task SaveAsync()
    {
        await Change.SaveMappingAsync(View.Import, _name.Trim(), State.Mapping(), await Circuit.RequireAsync(Scopes.Learn));
        (_said, _saved) = (null, $"Saved as “{_name.Trim()}”. The next file of {View.SourceName} starts from it.");
    }

    private string Examples(string column) => Look.Profile.Of(column) is { Filled: > 0 } profile ? "such as " + string.Join(" · ", profile.Examples.Take(3)) : "";
}
