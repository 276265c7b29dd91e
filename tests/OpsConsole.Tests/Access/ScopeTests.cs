using System.Security.Claims;
using OpsConsole.Access;

namespace OpsConsole.Tests.Access;

public sealed class ScopeTests
{
    private static ClaimsPrincipal Person(params string[] roles) =>
        new(new ClaimsIdentity([.. roles.Select(r => new Claim(ClaimTypes.Role, r)), new Claim(ClaimTypes.NameIdentifier, "7"), new Claim(ClaimTypes.Name, "Dana"),
            new Claim(Caller.SourceIdClaim, "1"), new Claim(Caller.SourceNameClaim, "console")], "test"));

    [Fact]
    public void HasScope_OfARole_IsTheTables()
    {
        Assert.All(Roles.All, role => Assert.All(Scopes.All, scope => Assert.Equal(Scopes.Of(role).Contains(scope), Person(role).HasScope(scope))));
        Assert.Equal(Scopes.All, Scopes.Of(Roles.Admin));
        Assert.DoesNotContain(Scopes.Judge, Scopes.Of(Roles.Analyst));
    }

    [Fact]
    public void HasScope_UnauthenticatedOrUnknownRole_None()
    {
        Assert.False(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, Roles.Admin), new Claim("scope", Scopes.Read)])).HasScope(Scopes.Read));
        Assert.False(Person("Emperor").HasScope(Scopes.Read));
    }

    [Fact]
    public void Caller_OfAPerson_JudgesAsThemselves()
    {
        var caller = Caller.From(Person(Roles.Dispatcher));
        Assert.Equal("user:7", caller.JudgeId("somebody else"));
        Assert.Equal("Dana", caller.Name);
        Assert.Equal("user:7", caller.AuditName);
        Assert.False(caller.IsBootstrap);
    }

    [Fact]
    public void Caller_OfAKey_JudgesAsWhomItNames()
    {
        var caller = Caller.From(new ClaimsPrincipal(new ClaimsIdentity(
            [new Claim(Caller.KeyIdClaim, "abcd1234"), new Claim(Caller.SourceIdClaim, "5"), new Claim(Caller.SourceNameClaim, "north"), new Claim(Caller.SimulatedClaim, "true")], "key")));
        Assert.Equal("key:north:anna", caller.JudgeId("anna"));
        Assert.True(caller.Simulated);
        Assert.Equal(5, caller.SourceId);
        Assert.Null(caller.UserId);
        Assert.Equal("key:abcd1234", caller.AuditName);
    }
}
