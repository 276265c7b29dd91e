using System.Globalization;
using System.Text;

namespace OpsConsole.Intake.Import;

/// <summary>What a column's name says, in words: <c>deliveredAt</c>, <c>delivered_at</c> and <c>Delivered At</c> are the same two.</summary>
internal static class ColumnWords
{
    // Words that say that it is a time, or nothing.
    private static readonly HashSet<string> Filling = new(
        ["at", "on", "date", "time", "datetime", "timestamp", "ts", "utc", "datum", "zeit", "uhrzeit", "am", "um", "zeitpunkt", "data", "hora", "dt", "the", "local", "code", "nr", "no", "limit", "prefix"],
        StringComparer.Ordinal);

    private static readonly string[] Outcome =
    [
        "late", "lateness", "delay", "delayed", "overdue", "actual", "delivered", "delivery time", "days taken", "transit days", "transit time", "lead time", "outcome", "result", "status", "signed",
        "signature", "pod", "proof", "received", "recipient", "completed", "completion", "finished", "closed", "returned", "refund", "refunded", "complaint", "claim", "claims", "review", "rating", "feedback", "score", "attempts",
        "on time", "ontime", "sla met", "breach", "breached", "penalty", "compensation", "verspaetung", "verspaetet", "zugestellt", "ist", "tatsaechlich", "unterschrift", "reklamation", "erstattung", "empfangen",
        "puenktlich", "laufzeit", "atraso", "atrasado", "entregue", "retard", "livre",
    ];

    private static readonly string[] Planned = ["by", "until", "limit", "planned", "scheduled", "cutoff", "cut off", "latest", "soll", "plan", "spaetestens", "frist", "bis"];

    private static readonly string[] Personal =
    [
        "name", "customer", "email", "mail", "phone", "mobile", "street", "address", "strasse", "adresse", "telefon", "kunde", "empfaenger", "vorname", "nachname", "contact", "ip", "birthday", "iban",
        "remark", "remarks", "comment", "comments", "note", "notes", "bemerkung", "notiz", "kommentar", "observacao",
    ];

    private static readonly string[] Places = ["city", "town", "state", "region", "country", "area", "zip", "postcode", "plz", "ort", "stadt", "land", "cidade", "uf", "type", "segment", "group"];

    /// <summary>The words of a name, without marks over letters, in lower case.</summary>
    internal static List<string> Split(string name)
    {
        var plain = name.Replace("ß", "ss", StringComparison.Ordinal).Replace("ä", "ae", StringComparison.OrdinalIgnoreCase)
            .Replace("ö", "oe", StringComparison.OrdinalIgnoreCase).Replace("ü", "ue", StringComparison.OrdinalIgnoreCase).Normalize(NormalizationForm.FormD);
        List<string> words = [];
        var word = new StringBuilder();
        void End()
        {
            if (word.Length > 0)
                words.Add(word.ToString());
            word.Clear();
        }
        for (var i = 0; i < plain.Length; i++)
        {
            var c = plain[i];
            if (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark)
                continue;
            if (!char.IsLetterOrDigit(c))
                End();
            else if (char.IsUpper(c) && i > 0 && char.IsLower(plain[i - 1]))
                End();
            if (char.IsLetterOrDigit(c))
                word.Append(char.ToLowerInvariant(c));
        }
        End();
        return words;
    }

    /// <summary>How well a column's name fits one of a field's names, 0 to 1.</summary>
    internal static double Fit(string column, ImportField field)
    {
        var words = Split(column);
        var kernel = Kernel(words);
        var best = 0.0;
        for (var i = 0; i < field.Names.Length; i++)
        {
            var asked = Split(field.Names[i]);
            var rank = 0.004 * i;
            if (words.SequenceEqual(asked))
                best = Math.Max(best, 1 - rank);
            else if (kernel.SequenceEqual(Kernel(asked)))
                best = Math.Max(best, 0.9 - rank);
            else if (string.Concat(words) == string.Concat(asked))
                best = Math.Max(best, 0.95 - rank);
            else if (asked is [{ Length: >= 6 } start] && kernel is [var only] && only.StartsWith(start, StringComparison.Ordinal))
                best = Math.Max(best, 0.8 - rank); // Words that are written together, as in German.
            else if ((asked.Count > 1 || asked[0].Length > 3) && asked.TrueForAll(words.Contains))
                best = Math.Max(best, 0.5 + 0.3 * asked.Count / words.Count - rank);
        }
        return best;
    }

    /// <summary>The name says that it is known only afterwards.</summary>
    internal static bool SaysOutcome(string column) => Says(column, Outcome);

    /// <summary>The name says that it was planned beforehand.</summary>
    internal static bool SaysPlanned(string column) => Says(column, Planned);

    /// <summary>The name says that it is about a person, or a text that may be.</summary>
    internal static bool SaysPerson(string column) => Says(column, Personal) && !Says(column, Places);

    private static bool Says(string column, string[] any)
    {
        var words = Split(column);
        var joined = $" {string.Join(' ', words)} ";
        return Array.Exists(any, text => joined.Contains($" {text} ", StringComparison.Ordinal));
    }

    private static List<string> Kernel(List<string> words)
    {
        List<string> kernel = [.. words.Where(w => !Filling.Contains(w))];
        return kernel.Count > 0 ? kernel : words;
    }
}
