namespace OpsConsole.Client;

/// <summary>Whether the process runs (<c>/health/live</c>), or calls may be sent to it (<c>/health/ready</c>).</summary>
public sealed record HealthAnswer
{
    /// <summary><c>live</c>, <c>ready</c> or <c>notReady</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Each check by name: <c>ok</c>, or what is wrong.</summary>
    public IReadOnlyDictionary<string, string>? Checks { get; init; }

    /// <summary>What is behind its input, or due by time.</summary>
    public BacklogAnswer? Backlog { get; init; }
}

/// <summary>Shipments that something is still to be done for.</summary>
/// <param name="Unscored">To be scored.</param>
/// <param name="Unsettled">To be settled.</param>
public sealed record BacklogAnswer(long Unscored, long Unsettled);
