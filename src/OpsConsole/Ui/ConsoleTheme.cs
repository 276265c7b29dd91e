using MudBlazor;

namespace OpsConsole.Ui;

/// <summary>
/// MudBlazor's measures. Its colours come from <c>ops.css</c>, which sets the palette's variables for light and dark by an attribute of the
/// document, so that neither the first paint nor a switch waits for the server.
/// </summary>
internal static class ConsoleTheme
{
    internal static readonly string[] Font = ["Inter", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"];

    internal static MudTheme Theme { get; } = new()
    {
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px" },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = Font, FontSize = ".875rem", LineHeight = "1.45", LetterSpacing = "normal" },
            Button = new ButtonTypography { FontFamily = Font, FontSize = ".875rem", FontWeight = "600", TextTransform = "none", LetterSpacing = "normal" },
        },
    };
}
