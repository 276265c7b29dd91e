using OpsConsole.Access;

namespace OpsConsole.Web.Demo;

/// <summary>The source that all simulated facts belong to, and the key they are sent with: a new one each start, kept nowhere.</summary>
internal sealed class DemoSource(Sources sources, ApiKeys keys)
{
    internal const string Name = "simulated courier";

    private const string KeyName = "the demo's own";

    /// <summary>The source's key in the store, and the text of a fresh API key of it. Those of earlier starts are revoked.</summary>
    internal async Task<(int SourceId, string Key)> OpenAsync(CancellationToken cancellation)
    {
        var source = await sources.EnsureAsync(Name, simulated: true, Caller.System, cancellation);
        foreach (var old in (await keys.ListAsync(cancellation)).Where(k => k.SourceId == source.Id && k.Name == KeyName && k.RevokedAt is null))
            await keys.RevokeAsync(old.Id, Caller.System, cancellation);
        var (_, text) = await keys.IssueAsync(KeyName, source.Id, [Scopes.Intake, Scopes.Read, Scopes.Judge], null, Caller.System, cancellation);
        return (source.Id, text);
    }
}
