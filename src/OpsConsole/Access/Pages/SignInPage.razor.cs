using Microsoft.AspNetCore.Components;

namespace OpsConsole.Access.Pages;

/// <summary>The door: e-mail and password; in the demo, one click.</summary>
public sealed partial class SignInPage(AccessOptions options, SignIn signIn, FirstAdministrator first, NavigationManager navigation)
{
    private bool _refused;
    private bool _nobody;

    private AccessOptions Options => options;

    [SupplyParameterFromForm]
    private Credentials Input { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "returnUrl")]
    private string? ReturnUrl { get; set; }

    [SupplyParameterFromQuery(Name = "refused")]
    private string? Refused { get; set; }

    private string? RefusedWords => Refused switch
    {
        "passkey" => "That passkey isn't one of this console's, or its owner is shut out.",
        "role" => $"{options.Oidc?.Name} knows you, but nothing it says of you is a role in this console. Ask whoever administers it.",
        "shut" => "You are shut out of this console. Ask whoever administers it.",
        "company" => $"The sign-in at {options.Oidc?.Name} didn't come to an end. Try again.",
        _ => null,
    };

    protected override async Task OnInitializedAsync()
    {
        Input ??= new Credentials();
        _nobody = await first.IsOpenAsync();
    }

    private async Task SubmitAsync()
    {
        var step = Input is { Email: { Length: > 0 } email, Password: { Length: > 0 } password }
            ? await signIn.AttemptAsync(email.Trim(), password) : SignInStep.Refused;
        var then = AccessApi.LocalOnly(ReturnUrl);
        _refused = step == SignInStep.Refused;
        switch (step)
        {
            case SignInStep.Entered:
                navigation.NavigateTo(then, forceLoad: true);
                break;
            case SignInStep.SecondFactor:
                navigation.NavigateTo("/sign-in/code?returnUrl=" + Uri.EscapeDataString(then), forceLoad: true);
                break;
            case SignInStep.Enrol:
                navigation.NavigateTo("/sign-in/enrol?returnUrl=" + Uri.EscapeDataString(then), forceLoad: true);
                break;
        }
    }

    /// <summary>What the form sends.</summary>
    public sealed class Credentials
    {
        /// <summary>Of the account.</summary>
        public string? Email { get; set; }

        /// <summary>Never shown again.</summary>
        public string? Password { get; set; }
    }
}
