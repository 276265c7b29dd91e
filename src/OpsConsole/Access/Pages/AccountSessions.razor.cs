using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using OpsConsole.Store;

namespace OpsConsole.Access.Pages;

/// <summary>Where a person is signed in, and the end of all but here.</summary>
public sealed partial class AccountSessions(SignIn signIn, Sessions sessions, Audit audit, OpsConsoleDb db)
{
    private IReadOnlyList<Session> _sessions = [];
    private string? _own;
    private string? _problem;
    private string? _done;

    /// <summary>Whose.</summary>
    [Parameter, EditorRequired]
    public IdentityUser<long> User { get; set; } = null!;

    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;

    [SupplyParameterFromForm(FormName = "sessions")]
    private SessionsForm Input { get; set; } = null!;

    protected override async Task OnInitializedAsync()
    {
        Input ??= new SessionsForm();
        _own = Http.User.FindFirstValue(Sessions.Claim);
        _sessions = await sessions.ListAsync(User.Id);
    }

    private async Task EndOthersAsync()
    {
        if (User.PasswordHash is not null && !await signIn.ConfirmAsync(User, Input.Confirmation ?? ""))
        {
            _problem = "The password isn't that one, or the account is shut for a while after too many attempts.";
            return;
        }
        var count = await sessions.EndAllAsync(User.Id, except: _own);
        audit.Add(db, Caller.From(Http.User), "user.ownSessionsEnded", details: new { count });
        await db.SaveChangesAsync();
        _done = "You are signed in only here now.";
        _sessions = await sessions.ListAsync(User.Id);
    }

    /// <summary>What the form sends.</summary>
    public sealed class SessionsForm
    {
        /// <summary>The person's password.</summary>
        public string? Confirmation { get; set; }
    }
}
