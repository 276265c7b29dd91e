namespace OpsConsole.Client;

/// <summary>How a client calls.</summary>
public sealed record OpsConsoleClientOptions
{
    /// <summary>The API key, sent as <c>X-Api-Key</c>.</summary>
    public required string ApiKey { get; init; }

    /// <summary>How often a call is sent again after 429 or 503; default 5.</summary>
    public int MaxRetries { get; init; } = 5;

    /// <summary>Bytes of one NDJSON call at most; a longer stream becomes several calls. The product takes up to 64 MiB; default 8 MiB.</summary>
    public int NdjsonCallBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Lines of one NDJSON call at most; default 50,000.</summary>
    public int NdjsonCallLines { get; init; } = 50_000;
}
