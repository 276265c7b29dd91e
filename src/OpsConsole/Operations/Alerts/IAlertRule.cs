namespace OpsConsole.Operations.Alerts;

/// <summary>
/// Something an operator has to know of. Rooms register theirs as singletons (<c>services.AddSingleton&lt;IAlertRule, …&gt;()</c>); the loop reads
/// each of them every 15 seconds, and raises and clears by <see cref="Thresholds"/>, which an administrator may change.
/// </summary>
public interface IAlertRule
{
    /// <summary>Its name, unique among the rules and never changed, such as <c>backlog</c>; at most 64 characters.</summary>
    string Code { get; }

    /// <summary>What people call it, such as <c>Scoring is behind</c>.</summary>
    string Title => Code;

    /// <summary>What its values are counted in, such as <c>shipments</c>.</summary>
    string Unit => "";

    /// <summary>What to do about it, in a sentence.</summary>
    string Advice => "";

    /// <summary>True when each instance reads its own; the others are read by one instance for all.</summary>
    bool EachInstance => false;

    /// <summary>From when on it is raised and cleared, unless an administrator said otherwise.</summary>
    AlertThresholds Thresholds => AlertThresholds.OneOrMore;

    /// <summary>Reads all subjects that there are now, well or not. A subject that is no longer among them counts as well.</summary>
    Task<IReadOnlyList<AlertReading>> ReadAsync(CancellationToken cancellation);
}

/// <summary>What a rule reads of one subject.</summary>
/// <param name="Subject">Which, such as a source's name; empty when the rule has only one. At most 128 characters, no personal data.</param>
/// <param name="Value">What is held against the thresholds.</param>
/// <param name="Words">The reading in words for people, such as <c>1,240 shipments wait to be scored</c>; no personal data, no secrets.</param>
public sealed record AlertReading(string Subject, double Value, string Words);

/// <summary>
/// From when on an alert is raised and cleared. Two levels and two lengths of time, so that a value that sways around one level doesn't ring at every turn.
/// A level to clear at that lies above the one to raise at says that low is bad.
/// </summary>
/// <param name="RaiseAt">This bad, or worse …</param>
/// <param name="RaiseForSeconds">… for so long raises it; 0: at once.</param>
/// <param name="ClearAt">This good, or better …</param>
/// <param name="ClearForSeconds">… for so long clears it; 0: at once.</param>
public sealed record AlertThresholds(double RaiseAt, int RaiseForSeconds, double ClearAt, int ClearForSeconds)
{
    /// <summary>Raised by a value of 1 or more, cleared by one below 1, both at once.</summary>
    public static AlertThresholds OneOrMore { get; } = new(1, 0, 1, 0);

    /// <summary>Low values are the bad ones.</summary>
    public bool LowIsBad => ClearAt > RaiseAt;

    /// <summary>Whether a value speaks for raising.</summary>
    public bool IsBad(double value) => LowIsBad ? value <= RaiseAt : value >= RaiseAt;

    /// <summary>Whether a value speaks for clearing.</summary>
    public bool IsGood(double value) => LowIsBad ? value >= ClearAt : value <= ClearAt && value < RaiseAt;

    /// <summary>What is wrong with them in words; null when nothing is.</summary>
    public string? Problem() =>
        !double.IsFinite(RaiseAt) || !double.IsFinite(ClearAt) || Math.Abs(RaiseAt) > 1e12 || Math.Abs(ClearAt) > 1e12 ? "levels must be numbers"
        : RaiseForSeconds is < 0 or > 86_400 || ClearForSeconds is < 0 or > 86_400 ? "lengths of time must be 0 to 86,400 seconds"
        : null;
}
