using Microsoft.AspNetCore.Components;

namespace OpsConsole.Access.Pages;

/// <summary>The second step of the door: the code of an app, or one of the codes that stand in for it.</summary>
public sealed partial class SignInCodePage(SignIn signIn, PendingSignIn pending, NavigationManager navigation)
{
    private bool _known;
    private bool _refused;

    [SupplyParameterFromForm]
    private Answer Input { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "returnUrl")]
    private string? ReturnUrl { get; set; }

    [SupplyParameterFromQuery(Name = "recovery")]
    private bool Recovery { get; set; }

    private string Other =>
        $"/sign-in/code?returnUrl={Uri.EscapeDataString(AccessApi.LocalOnly(ReturnUrl))}{(Recovery ? "" : "&recovery=true")}";

    protected override async Task OnInitializedAsync()
    {
        Input ??= new Answer();
        _known = await pending.PersonAsync() is not null;
    }

    private async Task SubmitAsync()
    {
        _refused = !await signIn.AttemptCodeAsync(Input.Code ?? "", Recovery);
        if (!_refused)
            navigation.NavigateTo(AccessApi.LocalOnly(ReturnUrl), forceLoad: true);
    }

    /// <summary>What the form sends.</summary>
    public sealed class Answer
    {
        /// <summary>What the person typed.</summary>
        public string? Code { get; set; }
    }
}
