using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using OpsConsole.Store;

namespace OpsConsole.Access.Pages;

/// <summary>A person's own password; needs the present one.</summary>
public sealed partial class AccountPassword(UserManager<IdentityUser<long>> users, SignIn signIn, Sessions sessions, Audit audit, OpsConsoleDb db)
{
    private IReadOnlyList<string> _problems = [];
    private bool _done;

    /// <summary>Whose.</summary>
    [Parameter, EditorRequired]
    public IdentityUser<long> User { get; set; } = null!;

    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;

    [SupplyParameterFromForm(FormName = "password")]
    private Passwords Input { get; set; } = null!;

    protected override void OnInitialized() => Input ??= new Passwords();

    private async Task ChangeAsync()
    {
        if (Input is not { Current: { Length: > 0 } current, Next: { Length: > 0 } next })
        {
            _problems = ["Both passwords are needed."];
            return;
        }
        // Guessing here counts like guessing at the door.
        if (!await signIn.ConfirmAsync(User, current))
        {
            _problems = ["The present password isn't that one."];
            return;
        }
        var result = await users.ChangePasswordAsync(User, current, next);
        _problems = [.. result.Errors.Select(e => e.Description)];
        _done = result.Succeeded;
        if (!_done)
            return;
        await sessions.EndAllAsync(User.Id);
        await signIn.RenewAsync(User, "password");
        audit.Add(db, Caller.From(Http.User), "user.ownPassword");
        await db.SaveChangesAsync();
    }

    /// <summary>What the form sends.</summary>
    public sealed class Passwords
    {
        /// <summary>The present one.</summary>
        public string? Current { get; set; }

        /// <summary>The new one.</summary>
        public string? Next { get; set; }
    }
}
