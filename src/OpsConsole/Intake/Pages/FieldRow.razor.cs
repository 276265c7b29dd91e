using System.Globalization;
using Microsoft.AspNetCore.Components;
using OpsConsole.Intake.Import;

namespace OpsConsole.Intake.Pages;

/// <summary>A field of the contract, and where its value comes from.</summary>
public sealed partial class FieldRow
{
    [CascadingParameter]
    private FieldOf Of { get; set; } = null!;

    /// <summary>Something was chosen.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    private FieldChoice Choice => Of.Choice;

    private MappingState State => Of.State;

    private ImportLook Look => Of.Look;

    private (string Name, double Times)[] Units => Choice.Field.Name switch
    {
        "weightKg" => [("kg", 1), ("g", 0.001), ("lb", 0.45359237)],
        "volumeDm3" => [("litres, dm³", 1), ("cm³", 0.001), ("m³", 1000)],
        "distanceKm" => [("km", 1), ("m", 0.001), ("miles", 1.609344)],
        _ => [],
    };

    private void Choose(string column) => Set(() => State.Choose(Choice, column));

    private void Set(Action change)
    {
        change();
        OnChanged.InvokeAsync();
    }

    private static int? Whole(ChangeEventArgs change) =>
        int.TryParse((string?)change.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 64 ? number : null;
}

/// <summary>A field, with what it is chosen from.</summary>
internal sealed record FieldOf(FieldChoice Choice, MappingState State, ImportLook Look);
