using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using OpsConsole.Store;

namespace OpsConsole.Access.Pages;

/// <summary>A person's app beside the password: set up, turned off, its recovery codes made anew. Each needs the password.</summary>
public sealed partial class AccountSecondFactor(
    UserManager<IdentityUser<long>> users, SignIn signIn, SecondFactors factors, Sessions sessions, AccessOptions options, Audit audit, OpsConsoleDb db)
{
    private const string WrongPassword = "The password isn't that one, or the account is shut for a while after too many attempts.";

    private Enrolment? _enrolment;
    private IReadOnlyList<string>? _codes;
    private string? _problem;
    private string? _done;
    private bool _needed;
    private int _left;

    /// <summary>Whose.</summary>
    [Parameter, EditorRequired]
    public IdentityUser<long> User { get; set; } = null!;

    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;

    // Both forms send the same, and no other form on the page does.
    [SupplyParameterFromForm]
    private FactorForm Input { get; set; } = null!;

    protected override Task OnInitializedAsync()
    {
        Input ??= new FactorForm();
        return ReadAsync();
    }

    private async Task TurnOnAsync()
    {
        if (!await signIn.ConfirmAsync(User, Input.Password ?? ""))
        {
            _problem = WrongPassword;
            return;
        }
        _codes = await factors.ConfirmAsync(User.Id, Input.Code ?? "");
        if (_codes is null)
        {
            _problem = "That isn't the code that the app should show now. Is the phone's clock right?";
            return;
        }
        await FollowAsync(on: true, "user.secondFactorOn");
        _done = "On from now on. Your other sessions are over.";
        await ReadAsync();
    }

    private async Task ChangeAsync()
    {
        if (!await signIn.ConfirmAsync(User, Input.Password ?? ""))
        {
            _problem = WrongPassword;
            return;
        }
        if (Input.Act == "off" && !_needed)
        {
            await factors.RemoveAsync(User.Id);
            await FollowAsync(on: false, "user.secondFactorOff");
            _done = "Off. The password alone lets you in.";
        }
        else if (Input.Act == "codes")
        {
            _codes = await factors.NewRecoveryCodesAsync(User.Id);
            await AuditAsync("user.recoveryCodes");
            _done = "The codes you had before are worthless now.";
        }
        await ReadAsync();
    }

    // What got in without the factor, or with it, starts anew.
    private async Task FollowAsync(bool on, string what)
    {
        await users.SetTwoFactorEnabledAsync(User, on);
        await sessions.EndAllAsync(User.Id);
        await signIn.RenewAsync(User, on ? "password, code" : "password");
        await AuditAsync(what);
    }

    private async Task AuditAsync(string what)
    {
        audit.Add(db, Caller.From(Http.User), what);
        await db.SaveChangesAsync();
    }

    private async Task ReadAsync()
    {
        _enrolment = await factors.BeginAsync(User.Id, User.Email ?? "");
        _left = _enrolment is null ? await factors.RecoveryCodesLeftAsync(User.Id) : 0;
        _needed = (await users.GetRolesAsync(User)).Intersect(options.SecondFactorRoles).Any();
    }

    /// <summary>What the forms send.</summary>
    public sealed class FactorForm
    {
        /// <summary>The app's code.</summary>
        public string? Code { get; set; }

        /// <summary>The person's password.</summary>
        public string? Password { get; set; }

        /// <summary>Which button.</summary>
        public string? Act { get; set; }
    }
}
