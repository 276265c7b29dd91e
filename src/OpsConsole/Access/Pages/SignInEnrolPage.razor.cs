using Microsoft.AspNetCore.Components;

namespace OpsConsole.Access.Pages;

/// <summary>Where a role needs a second factor: who has none sets it up before getting in.</summary>
public sealed partial class SignInEnrolPage(SignIn signIn, PendingSignIn pending, SecondFactors factors)
{
    private Enrolment? _enrolment;
    private IReadOnlyList<string>? _codes;
    private bool _refused;

    [SupplyParameterFromForm]
    private SignInCodePage.Answer Input { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "returnUrl")]
    private string? ReturnUrl { get; set; }

    protected override async Task OnInitializedAsync()
    {
        Input ??= new SignInCodePage.Answer();
        if (await pending.PersonAsync() is { } user)
            _enrolment = await factors.BeginAsync(user.Id, user.Email ?? "");
    }

    private async Task SubmitAsync()
    {
        _codes = await signIn.EnrolAsync(Input.Code ?? "");
        _refused = _codes is null;
    }
}
