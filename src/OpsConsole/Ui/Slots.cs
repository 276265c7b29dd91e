namespace OpsConsole.Ui;

/// <summary>Places in the frame that a page may fill with a <c>SectionContent</c>.</summary>
public static class Slots
{
    /// <summary>In the top bar: how old what is shown is.</summary>
    public const string DataAge = "data-age";
}
