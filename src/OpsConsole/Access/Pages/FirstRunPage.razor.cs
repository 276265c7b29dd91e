using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace OpsConsole.Access.Pages;

/// <summary>The door that is there once: whoever has the code of the log becomes the first administrator. Not found from then on.</summary>
public sealed partial class FirstRunPage(FirstAdministrator first, SignIn signIn, UserManager<IdentityUser<long>> users, NavigationManager navigation)
{
    private IReadOnlyList<string> _problems = [];
    private bool _open;

    [SupplyParameterFromForm]
    private Administrator Input { get; set; } = null!;

    protected override async Task OnInitializedAsync()
    {
        Input ??= new Administrator();
        _open = await first.IsOpenAsync();
        if (!_open)
            navigation.NotFound();
    }

    private async Task CreateAsync()
    {
        if (Input is not { Code: { Length: > 0 } code, Email: { Length: > 0 } email, Name: { Length: > 0 } name, Password: { Length: > 0 } password })
        {
            _problems = ["The code, your e-mail, your name and a password are needed."];
            return;
        }
        _problems = await first.CreateAsync(code, email.Trim(), name.Trim(), password);
        if (_problems.Count > 0 || await users.FindByEmailAsync(email.Trim()) is not { } user)
            return;
        await signIn.EnterAsync(user, "first run");
        navigation.NavigateTo("/set-up", forceLoad: true);
    }

    /// <summary>What the form sends.</summary>
    public sealed class Administrator
    {
        /// <summary>Of the log.</summary>
        public string? Code { get; set; }

        /// <summary>Of the account.</summary>
        public string? Email { get; set; }

        /// <summary>What colleagues will call them.</summary>
        public string? Name { get; set; }

        /// <summary>Never shown again.</summary>
        public string? Password { get; set; }
    }
}
