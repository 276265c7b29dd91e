namespace OpsConsole.Operations;

/// <summary>
/// Something the program does from the command line instead of serving: <c>dotnet OpsConsole.Web.dll NAME ARGUMENTS</c>. Rooms add theirs as
/// singletons; the host migrates, runs the writer, runs the verb, and exits with its code.
/// </summary>
/// <param name="Name">The first argument, such as <c>erase-customer</c> or <c>--train</c>.</param>
/// <param name="Arguments">The arguments it takes, for the usage line, such as <c>ID</c>; empty: none.</param>
/// <param name="RunAsync">Does it, and gives the exit code: 0 done.</param>
public sealed record Verb(string Name, string Arguments, Func<IServiceProvider, IReadOnlyList<string>, CancellationToken, Task<int>> RunAsync)
{
    /// <summary>False for a verb that only reads: the schema is left alone and no writer runs.</summary>
    public bool Writes { get; init; } = true;

    /// <summary>How many arguments it takes.</summary>
    public int Count => Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
}
