using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OpsConsole.Access;

/// <summary>Refuses every call, of people and programs, from where nobody may call: after known proxies have said whose it is, before anything else.</summary>
internal sealed partial class NetworkGuard(RequestDelegate next, NetworkLists lists, ILogger<NetworkGuard> log)
{
    public Task InvokeAsync(HttpContext http)
    {
        if (lists.Current.Admit(http.Connection.RemoteIpAddress))
            return next(http);
        LogRefused(log, http.Connection.RemoteIpAddress?.ToString() ?? "nowhere");
        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    [LoggerMessage(EventId = 2023, Level = LogLevel.Information, Message = "A call from {Address} was refused by the lists of networks")]
    private static partial void LogRefused(ILogger logger, string address);
}
