using System.Net;

namespace OpsConsole.Client;

/// <summary>The product refused a call, or failed at it.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="problem">What it said; empty when the answer was no problem details.</param>
public sealed class OpsConsoleException(HttpStatusCode status, ProblemAnswer problem) : Exception(Describe(status, problem))
{
    /// <summary>HTTP status.</summary>
    public HttpStatusCode Status => status;

    /// <summary>The problem details.</summary>
    public ProblemAnswer Problem => problem;

    /// <summary>For each field what is wrong and what is allowed; empty when the problem is not about fields.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Errors { get; } =
        problem.Errors ?? new Dictionary<string, IReadOnlyList<string>>();

    private static string Describe(HttpStatusCode status, ProblemAnswer problem)
    {
        var text = $"{(int)status} {problem.Title ?? status.ToString()}";
        if (problem.Detail is { } detail)
            text += $": {detail}";
        foreach (var (field, messages) in problem.Errors ?? new Dictionary<string, IReadOnlyList<string>>())
            text += $" [{field}: {string.Join(' ', messages)}]";
        return problem.TraceId is { } trace ? $"{text} (trace {trace})" : text;
    }
}
