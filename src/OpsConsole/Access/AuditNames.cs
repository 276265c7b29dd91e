using System.Globalization;

namespace OpsConsole.Access;

/// <summary>Who the audit's ids are, in the words of today: entries hold ids only, so that a person's name is in one place.</summary>
public sealed class AuditNames(Users users, ApiKeys keys)
{
    private Dictionary<string, string> _names = [];

    /// <summary>Reads the names anew.</summary>
    public async Task ReadAsync(CancellationToken cancellation = default)
    {
        var names = (await users.ListAsync(cancellation)).ToDictionary(u => string.Create(CultureInfo.InvariantCulture, $"user:{u.Id}"), u => u.Name);
        foreach (var key in await keys.ListAsync(cancellation))
            names[$"key:{key.Id}"] = $"{key.Name} (key {key.Id})";
        names[$"key:{Sources.Bootstrap}"] = "the Bootstrap key";
        names["system"] = "the program";
        _names = names;
    }

    /// <summary>Who did it; the id itself where nobody of it is known any more.</summary>
    public string Who(AuditEntry entry) => _names.GetValueOrDefault(entry.Who, entry.Who);

    /// <summary>To what it was done; a person by name.</summary>
    public string? Subject(AuditEntry entry) => entry switch
    {
        { Subject: { } id, What: var what } when what.StartsWith("user.", StringComparison.Ordinal) => _names.GetValueOrDefault($"user:{id}", id),
        { Subject: { } id, What: var what } when what.StartsWith("apiKey.", StringComparison.Ordinal) => _names.GetValueOrDefault($"key:{id}", id),
        _ => entry.Subject,
    };
}
