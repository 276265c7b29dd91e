using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace OpsConsole.Access.Pages;

/// <summary>A person's passkeys; adding and removing go through the doors of <see cref="Passkeys"/>.</summary>
public sealed partial class AccountPasskeys(UserManager<IdentityUser<long>> users)
{
    private IReadOnlyList<UserPasskeyInfo> _passkeys = [];

    /// <summary>Whose.</summary>
    [Parameter, EditorRequired]
    public IdentityUser<long> User { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "passkey")]
    private string? Outcome { get; set; }

    protected override async Task OnInitializedAsync() => _passkeys = [.. (await users.GetPasskeysAsync(User)).OrderBy(p => p.CreatedAt)];
}
