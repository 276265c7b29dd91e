namespace OpsConsole.Access;

/// <summary>What a caller may do. Each name is also an authorisation policy: <c>RequireAuthorization(Scopes.Read)</c>.</summary>
public static class Scopes
{
    /// <summary>Send shipments, events, conditions, contacts.</summary>
    public const string Intake = "intake";

    /// <summary>Read everything that screens show.</summary>
    public const string Read = "read";

    /// <summary>Confirm or correct predictions.</summary>
    public const string Judge = "judge";

    /// <summary>Ask for scores of one's own.</summary>
    public const string Predict = "predict";

    /// <summary>Take labelled data home.</summary>
    public const string Export = "export";

    /// <summary>Train, promote, retire, backtest.</summary>
    public const string Learn = "learn";

    /// <summary>Scrape <c>/metrics</c>.</summary>
    public const string Metrics = "metrics";

    /// <summary>Users, keys, sources, settings, erasure.</summary>
    public const string Admin = "admin";

    /// <summary>Every scope there is.</summary>
    public static IReadOnlyList<string> All { get; } = [Intake, Read, Judge, Predict, Export, Learn, Metrics, Admin];

    /// <summary>The one table of what each role may do (docs/access.md repeats it).</summary>
    private static readonly Dictionary<string, string[]> OfRoles = new(StringComparer.Ordinal)
    {
        [Roles.Dispatcher] = [Read, Judge],
        [Roles.Support] = [Read],
        [Roles.Manager] = [Read],
        [Roles.Analyst] = [Read, Predict, Export, Learn],
        [Roles.Admin] = [.. All],
    };

    /// <summary>What people of a role may do; nothing for a role that isn't one.</summary>
    public static IReadOnlyList<string> Of(string role) => OfRoles.TryGetValue(role, out var scopes) ? scopes : [];
}

/// <summary>The five roles of people.</summary>
public static class Roles
{
    /// <summary>Answers cases.</summary>
    public const string Dispatcher = "Dispatcher";

    /// <summary>Tells callers where their parcel is.</summary>
    public const string Support = "Support";

    /// <summary>Reads whether it is good enough, and pays.</summary>
    public const string Manager = "Manager";

    /// <summary>Exports, trains, promotes.</summary>
    public const string Analyst = "Analyst";

    /// <summary>Everything, and who may do what.</summary>
    public const string Admin = "Admin";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Dispatcher, Support, Manager, Analyst, Admin];
}
