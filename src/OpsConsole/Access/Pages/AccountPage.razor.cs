using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace OpsConsole.Access.Pages;

/// <summary>What a person decides about their own way in: password, second factor, passkeys, open sessions.</summary>
public sealed partial class AccountPage(UserManager<IdentityUser<long>> users, AccessOptions options)
{
    private IdentityUser<long>? _user;

    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;

    protected override async Task OnInitializedAsync() => _user = await users.GetUserAsync(Http.User);
}
