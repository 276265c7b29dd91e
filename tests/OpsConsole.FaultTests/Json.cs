using System.Net.Http.Json;

namespace OpsConsole.FaultTests;

/// <summary>Bodies of calls.</summary>
internal static class Json
{
    public static HttpContent Of(object body) => JsonContent.Create(body);
}
