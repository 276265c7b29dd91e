using System.Reflection;
using Microsoft.AspNetCore.Components;
using OpsConsole.Access;

namespace OpsConsole.Ui;

/// <summary>One of the pages that the bar leads to.</summary>
/// <param name="Href">Its path.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Scope">What a caller needs to see it.</param>
/// <param name="Icon">The path of its icon, on 24 by 24.</param>
internal sealed record Tab(string Href, string Name, string Scope, string Icon)
{
    private static readonly HashSet<string> Routes = new(
        typeof(Tab).Assembly.GetTypes().SelectMany(t => t.GetCustomAttributes<RouteAttribute>(inherit: false)).Select(r => r.Template), StringComparer.OrdinalIgnoreCase);

    /// <summary>The pages there are, in the order of the loop.</summary>
    internal static IReadOnlyList<Tab> All { get; } =
    [
        .. new Tab[]
        {
            new("/", "Board", Scopes.Read, "M4 5h16v4H4zM4 11h16v3H4zM4 16h10v3H4z"),
            new("/quality", "Quality", Scopes.Read, "M4 19V5h2v12h14v2zM8 14l4-5 3 3 4-6 1.6 1.2L15.2 15 12 12l-2.5 3.2z"),
            new("/kpis", "KPIs", Scopes.Read, "M5 12h3v7H5zM10.5 5h3v14h-3zM16 9h3v10h-3z"),
            new("/threshold", "Threshold", Scopes.Read, "M4 6h9V4h2v6h-2V8H4zM17 6h3v2h-3zM4 16h3v-2h2v6H7v-2H4zM11 16h9v2h-9z"),
            new("/labels", "Labels", Scopes.Export, "M3 5h11l7 7-7 7H3zM7 10.5A1.5 1.5 0 1 0 7 13.5 1.5 1.5 0 0 0 7 10.5z"),
            new("/models", "Models", Scopes.Read, "M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 5.3L6.8 8.2 12 11.1l5.2-2.9zM6 10v5.3l5 2.8v-5.3zM18 10l-5 2.8v5.3l5-2.8z"),
            new("/imports", "Import", Scopes.Learn, "M11 3h2v9.2l3.3-3.3 1.4 1.4L12 16l-5.7-5.7 1.4-1.4 3.3 3.3zM4 17h2v2h12v-2h2v4H4z"),
            new("/sources", "Sources", Scopes.Read, "M12 3c4.4 0 8 1.3 8 3v12c0 1.7-3.6 3-8 3s-8-1.3-8-3V6c0-1.7 3.6-3 8-3zm0 2c-3.3 0-5.6.7-6 1 .4.3 2.7 1 6 1s5.6-.7 6-1c-.4-.3-2.7-1-6-1zM6 8.5V12c.6.4 2.8 1 6 1s5.4-.6 6-1V8.5c-1.5.5-3.6.8-6 .8s-4.5-.3-6-.8zm0 6V18c.6.4 2.8 1 6 1s5.4-.6 6-1v-3.5c-1.5.5-3.6.8-6 .8s-4.5-.3-6-.8z"),
            new("/settings", "Settings", Scopes.Admin, "M4 7h9a3 3 0 0 0 6 0h1V5h-1a3 3 0 0 0-6 0H4zM4 17h1a3 3 0 0 0 6 0h9v-2h-9a3 3 0 0 0-6 0H4z"),
        }.Where(tab => Routes.Contains(tab.Href)),
    ];
}
