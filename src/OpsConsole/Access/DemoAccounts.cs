namespace OpsConsole.Access;

/// <summary>One of the demo's accounts; its password is no secret, so none exists where the demo is off.</summary>
public sealed record DemoAccount(string Role, string Name, string Email, string Password, string What)
{
    /// <summary>The domain that only the demo's accounts have.</summary>
    public const string Domain = "@demo.local";

    /// <summary>All of them, as the sign-in page shows them in demo mode.</summary>
    public static IReadOnlyList<DemoAccount> All { get; } =
    [
        new(Roles.Dispatcher, "Dana Dispatcher", "dispatcher" + Domain, "night-van-seven-maps", "answers flagged parcels on the live board"),
        new(Roles.Manager, "Mika Manager", "manager" + Domain, "late-tea-steady-graph", "reads whether the model is good enough, and pays"),
        new(Roles.Analyst, "Ana Analyst", "analyst" + Domain, "forest-row-quiet-label", "exports labels, trains, promotes"),
        new(Roles.Support, "Sam Support", "support" + Domain, "kind-phone-blue-parcel", "says where a parcel is"),
        new(Roles.Admin, "Ada Admin", "admin" + Domain, "brass-key-open-window", "costs, people, keys, sources"),
    ];
}
