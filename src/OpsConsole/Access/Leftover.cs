using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>Runs one removal as one unit of the writer, under the lease, with its audit entry; answers how many were removed.</summary>
/// <param name="remove">Removes, and says how many.</param>
public delegate Task<int> WriteRemoval(Func<WriteSession, int> remove);

/// <summary>
/// Something that has done its work and goes some days later (<see cref="TrimLeftovers"/>): nothing is counted from it. Facts, judgements,
/// predictions, outcomes and labels are none, and are kept: figures, exports as of a moment and predictions must come out the same years later.
/// </summary>
/// <param name="code">Its name in the setting, the audit and the metric; never changed.</param>
/// <param name="title">What people call it.</param>
/// <param name="days">How long it is kept unless an administrator says otherwise.</param>
/// <param name="fewest">The fewest days it is kept.</param>
public abstract class Leftover(string code, string title, int days, int fewest)
{
    /// <summary>How many are removed in one portion.</summary>
    public const int AtOnce = 500;

    /// <summary>The most days.</summary>
    public const int Most = 3_650;

    /// <summary>Its name in the setting, the audit and the metric.</summary>
    public string Code { get; } = code;

    /// <summary>What people call it.</summary>
    public string Title { get; } = title;

    /// <summary>How many days it is kept unless an administrator says otherwise.</summary>
    public int Days { get; } = days;

    /// <summary>The fewest days.</summary>
    public int Fewest { get; } = fewest;

    /// <summary>Removes up to <see cref="AtOnce"/> of what is older than a moment; how many there were.</summary>
    internal abstract Task<int> RemoveAsync(DateTimeOffset before, WriteRemoval write, CancellationToken cancellation);
}

/// <summary>Leftovers that are rows of a table.</summary>
/// <param name="code">Its name in the setting, the audit and the metric; never changed.</param>
/// <param name="title">What people call it.</param>
/// <param name="days">How long it is kept unless an administrator says otherwise.</param>
/// <param name="fewest">The fewest days it is kept.</param>
/// <param name="old">Selects the keys of what is older than <c>@p0</c>.</param>
/// <param name="remove">Removes the row of a key, one parameter a column of <paramref name="old"/>, if it is still older than the last parameter.</param>
public sealed class LeftoverRows(string code, string title, int days, int fewest, Statement old, Statement remove) : Leftover(code, title, days, fewest)
{
    /// <summary>What it runs.</summary>
    internal Statement[] Statements => [old, remove];

    /// <inheritdoc/>
    internal override Task<int> RemoveAsync(DateTimeOffset before, WriteRemoval write, CancellationToken cancellation) => write(session =>
    {
        List<object?[]> keys = [];
        using (var rows = session.Query(old, before))
        {
            while (keys.Count < AtOnce && rows.Read())
            {
                var key = new object?[rows.FieldCount + 1];
                rows.GetValues(key!);
                key[^1] = before;
                keys.Add(key);
            }
        }
        return keys.Sum(key => session.Execute(remove, key));
    });
}
