using System.Text.Json;
using OpsConsole.Client;

namespace OpsConsole.Learning;

/// <summary>Reads the body of <c>POST /models/{version}/promote</c> and <c>/retire</c>: a reason, or nothing.</summary>
internal sealed class ReasonBody : BodyReader<ChangeModelRequest>
{
    /// <summary>The longest reason.</summary>
    internal const int Longest = 500;

    protected override IReadOnlyList<string> Fields { get; } = ["reason"];

    protected override bool MayBeLeftOut => true;

    protected override ChangeModelRequest Take(ChangeModelRequest request, string name, JsonElement value)
    {
        var text = Text(name, value)?.Trim();
        if (text is not null && ProblemOf(text) is { } problem)
            Refuse(name, problem);
        return request with { Reason = text };
    }

    /// <summary>What is wrong with a reason; null when nothing is.</summary>
    internal static string? ProblemOf(string reason) => reason.Length is 0 or > Longest || reason.Any(char.IsControl)
        ? $"is empty, too long or has control characters; allowed are 1 to {Longest} characters" : null;
}
