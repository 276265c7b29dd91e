using OpsConsole.Client;

namespace OpsConsole.Triage.Pages;

/// <summary>What a person is about to say of one shipment. Belongs to the shipment, not to what is shown of it: nothing that happens meanwhile changes it.</summary>
public sealed class Answer
{
    /// <summary>Late if nobody acts (true), will make it (false); null: not said yet.</summary>
    public bool? Late { get; set; }

    /// <summary>What was done.</summary>
    public JudgementAction? Action { get; set; }

    /// <summary>Code of the reason.</summary>
    public string? Reason { get; set; }

    /// <summary>Free text.</summary>
    public string? Note { get; set; }

    /// <summary>Nothing was said or typed.</summary>
    public bool IsEmpty => Late is null && Action is null && Reason is null && string.IsNullOrEmpty(Note);

    /// <summary>As it is kept.</summary>
    public DraftContent ToDraft() => new(Late, Action, Reason, Note);

    /// <summary>As it was kept.</summary>
    public static Answer From(DraftContent? draft) => draft is null ? new() : new() { Late = draft.Late, Action = draft.Action, Reason = draft.Reason, Note = draft.Note };

    /// <summary>As it is sent.</summary>
    /// <param name="predictionKey">The prediction that was seen when it was said.</param>
    public JudgementRequest ToRequest(long? predictionKey) => new()
    {
        Late = Late,
        Action = Action ?? JudgementAction.None,
        Reason = string.IsNullOrEmpty(Reason) ? null : Reason,
        Note = string.IsNullOrWhiteSpace(Note) ? null : Note.Trim(),
        PredictionId = predictionKey?.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}

/// <summary>An answer that was saved, with what is needed to take it back.</summary>
/// <param name="ShipmentId">The shipment.</param>
/// <param name="ShipmentKey">Its key.</param>
/// <param name="JudgementKey">What it was saved as.</param>
/// <param name="Answer">What was said.</param>
public sealed record SavedAnswer(string ShipmentId, long ShipmentKey, long JudgementKey, Answer Answer);
