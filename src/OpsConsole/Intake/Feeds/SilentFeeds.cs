namespace OpsConsole.Intake.Feeds;

/// <summary>A feed that is down.</summary>
/// <param name="SourceId">The source.</param>
/// <param name="Source">Its name.</param>
/// <param name="Simulated">What it registers is invented.</param>
/// <param name="Facility">The facility; empty: all that the source sends.</param>
/// <param name="Since">When something had come last.</param>
/// <param name="BackAt">When something came again, if the rest is still waited for.</param>
public sealed record SilentFeed(int SourceId, string Source, bool Simulated, string Facility, DateTimeOffset Since, DateTimeOffset? BackAt)
{
    /// <summary>"depot-scans", or "Hub North of depot-scans".</summary>
    public string Name => Facility.Length == 0 ? Source : $"{Facility} of {Source}";
}

/// <summary>
/// The feeds that are down at present, as the store has them. A shipment whose next scan is overdue and whose newest scan came by such a feed (or that has none,
/// and was registered by such a source) is not silent by itself: no flag of it opens a case while that lasts.
/// </summary>
public sealed class SilentFeeds
{
    private IReadOnlyList<SilentFeed> _current = [];

    /// <summary>Raised when they changed; must be quick.</summary>
    public event Action? Changed;

    /// <summary>Those that are down, the longest first.</summary>
    public IReadOnlyList<SilentFeed> Current => Volatile.Read(ref _current);

    /// <summary>Whether a source, or one facility of it, is down.</summary>
    public bool IsDown(int sourceId, string? facility)
    {
        foreach (var feed in Current)
        {
            if (feed.SourceId == sourceId && (feed.Facility.Length == 0 || feed.Facility == facility))
                return true;
        }
        return false;
    }

    /// <summary>Since when facts are missing; null: none are.</summary>
    /// <param name="counts">Which feeds count, by whether they are simulated.</param>
    public DateTimeOffset? DownSince(Func<bool, bool> counts) => Current.Where(f => counts(f.Simulated)).Select(f => (DateTimeOffset?)f.Since).Min();

    internal void Show(IReadOnlyList<SilentFeed> feeds)
    {
        if (feeds.SequenceEqual(Current))
            return;
        Volatile.Write(ref _current, feeds);
        Changed?.Invoke();
    }
}
