using Microsoft.AspNetCore.Identity;

namespace OpsConsole.Access;

/// <summary>
/// A password is good by its length (12 to 128) and by not being a common one, however it is decorated with digits; what kinds of
/// characters it has is nobody's business (NIST SP 800-63B, ASVS 5.0 6.2).
/// </summary>
internal sealed class PasswordRules : IPasswordValidator<IdentityUser<long>>
{
    private const int MinimumLength = 12;
    internal const int MaximumLength = 128;
    private const int LeastDifferentCharacters = 5;

    private static readonly HashSet<string> CommonStems = new(StringComparer.Ordinal)
    {
        "", "abc", "abcabc", "abcd", "abcdefgh", "abcdefghijkl", "admin", "administrator", "asdf", "asdfgh", "asdfghjkl", "baseball", "changeme",
        "company", "computer", "courier", "default", "dragon", "football", "guest", "hello", "helloworld", "iloveyou", "iloveyouso", "letmein",
        "letmeinplease", "login", "master", "monkey", "mypassword", "opsconsole", "pass", "passpass", "passphrase", "passw", "password",
        "passwordpassword", "princess", "qazwsx", "qazwsxedc", "qwer", "qwert", "qwerty", "qwertyqwerty", "qwertyuiop", "qwertyuiopas", "root",
        "secret", "starwars", "summer", "sunshine", "superman", "supersecret", "test", "testing", "thisisapassword", "trustno", "user", "welcome",
        "welcomewelcome", "whatever", "winter", "zxcvbn", "zxcvbnm",
    };

    /// <summary>The 30,000 most common ones; where they come from stands at the head of the file.</summary>
    private static readonly Lazy<HashSet<string>> Common = new(() =>
    {
        using var file = new StreamReader(typeof(PasswordRules).Assembly.GetManifestResourceStream("OpsConsole.Access.common-passwords.txt")!);
        return [.. file.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')];
    });

    internal static int CommonCount => Common.Value.Count;

    public Task<IdentityResult> ValidateAsync(UserManager<IdentityUser<long>> manager, IdentityUser<long> user, string? password)
    {
        var problem = Problem(password ?? "", user.Email ?? "");
        return Task.FromResult(problem is null ? IdentityResult.Success : IdentityResult.Failed(new IdentityError { Code = "password", Description = problem }));
    }

    /// <summary>What is wrong with a password, and what is allowed; null when it is good.</summary>
    internal static string? Problem(string password, string email)
    {
        if (password.Length is < MinimumLength or > MaximumLength)
            return $"A password has {MinimumLength} to {MaximumLength} characters.";
        if (password.Distinct().Count() < LeastDifferentCharacters)
            return $"That password repeats itself; use at least {LeastDifferentCharacters} different characters.";
        if (IsCommon(password))
            return "That is one of the most common passwords, decorated or not; take a few words that have nothing to do with each other.";
        var name = email.Split('@')[0];
        if (name.Length >= 4 && password.Contains(name, StringComparison.OrdinalIgnoreCase))
            return "A password doesn't contain the e-mail address.";
        return null;
    }

    // Almost no common password is long enough as it is; people make them so by decorating them or by writing them twice.
    private static bool IsCommon(string password)
    {
        var plain = password.ToLowerInvariant();
        var stem = Stem(password);
        return new[] { plain, Once(plain), stem, Once(stem) }.Any(form => CommonStems.Contains(form) || Common.Value.Contains(form));
    }

    /// <summary>What a text repeats, or all of it.</summary>
    private static string Once(string text)
    {
        for (var length = 1; length <= text.Length / 2; length++)
        {
            if (text.Length % length == 0 && text[length..] == text[..^length])
                return text[..length];
        }
        return text;
    }

    /// <summary>The letters of a password, look-alikes of letters turned back, digits and signs around them dropped.</summary>
    private static string Stem(string password)
    {
        var trimmed = password.Trim().ToLowerInvariant().Trim("0123456789!?.,;:-_#*+&%$§=()[]{}<>/\\|~ '\"".ToCharArray());
        var letters = trimmed.Select(c => c switch
        {
            '0' => 'o',
            '1' => 'l',
            '3' => 'e',
            '4' or '@' => 'a',
            '5' or '$' => 's',
            '7' => 't',
            _ => c,
        });
        return new string([.. letters.Where(char.IsLetter)]);
    }
}
