using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;

namespace OpsConsole.IntegrationTests.Access;

/// <summary>One person's browser, as far as forms and cookies go.</summary>
internal sealed class Browser(ConsoleFactory console) : IDisposable
{
    internal const string Password = "amber-quill-three-rivers";

    /// <summary>Its client; cookies are kept, redirects shown.</summary>
    internal HttpClient Client { get; } = console.CreateClient(new() { AllowAutoRedirect = false, HandleCookies = true });

    /// <summary>A person of their own for a test; the e-mail.</summary>
    internal static async Task<(long Id, string Email)> PersonAsync(ConsoleFactory console, string role = Roles.Support)
    {
        var email = $"p{Guid.NewGuid():N}@example.org";
        var users = console.Services.GetRequiredService<Users>();
        Assert.Empty(await users.AddAsync(email, "Somebody", Password, [role], Caller.System));
        return ((await users.ListAsync()).Single(u => u.Email == email).Id, email);
    }

    /// <summary>Signs in with the password.</summary>
    internal Task<HttpResponseMessage> SignInAsync(string email, string password = Password) => ConsoleFactory.SignInAsync(Client, email, password);

    /// <summary>Whether the session's cookie still opens something; true: yes.</summary>
    internal async Task<bool> IsInAsync()
    {
        using var answer = await Client.GetAsync(new Uri("/api/v1/no-such-thing", UriKind.Relative));
        return answer.StatusCode == System.Net.HttpStatusCode.NotFound;
    }

    /// <summary>Reads a page and sends its form of that name.</summary>
    internal async Task<HttpResponseMessage> SendAsync(string page, string? form, params (string Name, string Value)[] fields)
    {
        var path = new Uri(page, UriKind.Relative);
        var html = await Client.GetStringAsync(path);
        return await PostAsync(path, ConsoleFactory.Between(html, "name=\"__RequestVerificationToken\" value=\"", "\""), form, fields);
    }

    /// <summary>Sends a form with a token that some page gave.</summary>
    internal async Task<HttpResponseMessage> PostAsync(Uri path, string token, string? form, params (string Name, string Value)[] fields)
    {
        var values = fields.ToDictionary(f => f.Name, f => f.Value);
        values["__RequestVerificationToken"] = token;
        if (form is not null)
            values["_handler"] = form;
        using var content = new FormUrlEncodedContent(values);
        return await Client.PostAsync(path, content);
    }

    public void Dispose() => Client.Dispose();
}
