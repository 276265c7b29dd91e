namespace OpsConsole.Access.Pages;

/// <summary>Who may sign in.</summary>
public sealed partial class PeoplePage(Users users, AccessOptions options, CircuitCaller circuit)
{
    private IReadOnlyList<ConsoleUser>? _people;
    private IReadOnlyList<string> _problems = [];
    private string? _done;
    private NewPerson _new = new();
    private long? _changing;
    private string? _password;

    protected override async Task OnInitializedAsync() => _people = await users.ListAsync();

    private Task AddAsync() => DoAsync(
        who => users.AddAsync(_new.Email.Trim(), _new.Name.Trim(), _new.Password, [_new.Role], who),
        $"{_new.Name} may sign in now.",
        () => _new = new());

    private Task SetRoleAsync(ConsoleUser person, string? role) =>
        role is null ? Task.CompletedTask : DoAsync(who => users.SetRolesAsync(person.Id, [role], who), $"{person.Name} is {role} now.");

    private Task ToggleAsync(ConsoleUser person) => DoAsync(
        who => users.SetDisabledAsync(person.Id, !person.Disabled, who), person.Disabled ? $"{person.Name} may sign in again." : $"{person.Name} is shut out.");

    private Task SetPasswordAsync(ConsoleUser person) => DoAsync(
        who => users.SetPasswordAsync(person.Id, _password ?? "", who), $"{person.Name} has another password.", () => (_changing, _password) = (null, null));

    private Task EndSessionsAsync(ConsoleUser person) => DoAsync(who => users.EndSessionsAsync(person.Id, who), $"{person.Name} is signed in nowhere now.");

    private Task ResetFactorsAsync(ConsoleUser person) => DoAsync(
        who => users.ResetFactorsAsync(person.Id, who), $"{person.Name} has no second factor and no passkeys now; the password alone lets them in.");

    private string Address(ConsoleUser person) =>
        person.Email.EndsWith(CompanySignIn.Domain, StringComparison.Ordinal) ? $"signs in with {options.Oidc?.Name ?? "the company"}" : person.Email;

    private static string Factors(ConsoleUser person) => string.Join(", ", new[]
    {
        person.SecondFactor ? "app" : "",
        person.Passkeys switch { 0 => "", 1 => "1 passkey", var count => $"{count} passkeys" },
    }.Where(part => part.Length > 0));

    private async Task DoAsync(Func<Caller, Task<IReadOnlyList<string>>> act, string done, Action? afterwards = null)
    {
        _problems = await act(await circuit.RequireAsync(Scopes.Admin));
        _done = _problems.Count == 0 ? done : null;
        if (_problems.Count == 0)
            afterwards?.Invoke();
        _people = await users.ListAsync();
    }

    private sealed class NewPerson
    {
        public string Name { get; set; } = "";

        public string Email { get; set; } = "";

        public string Password { get; set; } = "";

        public string Role { get; set; } = Roles.Dispatcher;
    }
}
