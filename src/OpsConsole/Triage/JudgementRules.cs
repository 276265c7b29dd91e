using System.Globalization;
using OpsConsole.Access;
using OpsConsole.Client;

namespace OpsConsole.Triage;

/// <summary>What may stand in a judgement, before anything is looked up.</summary>
internal static class JudgementRules
{
    internal const int LongestNote = 2000;
    internal const int LongestJudge = 128;

    /// <summary>The judgement as far as it is known without the store; or what is wrong, by field.</summary>
    internal static (Judgement? Judgement, IReadOnlyDictionary<string, string[]> Errors) Read(JudgementRequest request, Caller caller)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (request.Late is null)
            errors["late"] = ["is missing; allowed are true (late if nobody acts) and false"];
        if (request.Reason is { } reason && !Reasons.Has(reason))
            errors["reason"] = [$"is no reason; allowed are {string.Join(", ", Reasons.All.Select(r => r.Code))}"];
        if (request.Action is { } action && !Enum.IsDefined(action))
            errors["action"] = [ActionsAllowed];
        var note = request.Note?.ReplaceLineEndings("\n").Trim();
        if (note?.Length > LongestNote || note?.Any(c => char.IsControl(c) && c != '\n') == true)
            errors["note"] = [string.Create(CultureInfo.InvariantCulture, $"is too long or has control characters; allowed are up to {LongestNote} characters")];
        if (request.Judge is { } judge)
        {
            if (caller.UserId is not null)
                errors["judge"] = ["is only for keys; a person judges as themselves"];
            else if (judge.Length is 0 or > LongestJudge || judge.Any(char.IsControl) || string.IsNullOrWhiteSpace(judge))
                errors["judge"] = [string.Create(CultureInfo.InvariantCulture, $"is not an id; allowed are 1 to {LongestJudge} characters, none of them control characters")];
        }
        long? prediction = null;
        if (request.PredictionId is { } text)
        {
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var key))
                prediction = key;
            else
                errors["predictionId"] = ["is no stored prediction of this shipment"];
        }
        return errors.Count > 0 ? (null, errors) : (new Judgement
        {
            JudgeId = caller.JudgeId(request.Judge),
            JudgeName = request.Judge ?? caller.Name,
            Late = request.Late!.Value,
            Reason = request.Reason,
            Action = request.Action ?? JudgementAction.None,
            Note = string.IsNullOrEmpty(note) ? null : note,
            PredictionKey = prediction,
        }, errors);
    }

    internal const string ActionsAllowed = "is no action; allowed are none, customerContacted, rerouted, reprioritised, promiseChanged, other";
}
