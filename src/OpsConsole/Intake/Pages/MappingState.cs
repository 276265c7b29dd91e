using System.Globalization;
using OpsConsole.Intake.Import;

namespace OpsConsole.Intake.Pages;

/// <summary>What somebody fills in for a field: a column, or the same for all rows.</summary>
internal sealed class FieldChoice(ImportField chosenFor)
{
    /// <summary>Stands for "the same for all rows" among the columns.</summary>
    internal const string Same = "\u0001same";

    internal ImportField Field => chosenFor;

    /// <summary>The column; empty: nothing; <see cref="Same"/>.</summary>
    internal string Column { get; set; } = "";

    internal string Constant { get; set; } = "";

    internal string Before { get; set; } = "";

    internal int? Pad { get; set; }

    internal int? First { get; set; }

    internal double? Times { get; set; }

    /// <summary>The column, if one was chosen.</summary>
    internal string? ChosenColumn => Column.Length > 0 && Column != Same ? Column : null;

    internal void Take(FieldSource? source) => (Column, Constant, Before, Pad, First, Times) =
        (source?.Column ?? (string.IsNullOrEmpty(source?.Constant) ? "" : Same), source?.Constant ?? "", source?.Before ?? "", source?.Pad, source?.First, source?.Times);

    internal FieldSource? Source() => ChosenColumn is { } column
        ? new FieldSource { Column = column, Before = Before.Length > 0 ? Before : null, Pad = Pad, First = First, Times = Times }
        : Column == Same && Constant.Trim().Length > 0 ? new FieldSource { Constant = Constant.Trim() } : null;
}

/// <summary>What becomes of a column that fills no field.</summary>
internal sealed class AttributeChoice(string column)
{
    internal string Column { get; } = column;

    internal bool Use { get; set; }

    internal string Name { get; set; } = column;

    internal AttributeKind Kind { get; set; }

    /// <summary>Why it is left out unless somebody says otherwise; null: nothing speaks against it.</summary>
    internal string? Why { get; init; }
}

/// <summary>How a column's times are written, as somebody chose.</summary>
internal sealed class TimeChoice
{
    internal TimeOrder? Order { get; set; }

    internal string Zone { get; set; } = "";
}

/// <summary>What the columns of a file mean, while somebody says so. Knows no page.</summary>
internal sealed class MappingState
{
    private readonly ImportKind _kind;
    private readonly ImportLook _look;

    internal MappingState(ImportKind kind, ImportLook look, ImportMapping start)
    {
        (_kind, _look) = (kind, look);
        Fields = [.. ImportField.Of(kind).Select(f => new FieldChoice(f))];
        Attributes = [.. look.Profile.Shape.Columns.Select(c => new AttributeChoice(c) { Why = look.LeftOut.GetValueOrDefault(c) })];
        Times = look.Profile.Shape.Columns.ToDictionary(c => c, _ => new TimeChoice(), StringComparer.Ordinal);
        Take(start);
    }

    internal IReadOnlyList<FieldChoice> Fields { get; }

    internal IReadOnlyList<AttributeChoice> Attributes { get; }

    internal IReadOnlyDictionary<string, TimeChoice> Times { get; }

    internal Dictionary<string, string> Types { get; } = new(StringComparer.Ordinal);

    internal string Zone { get; set; } = "";

    internal bool DecimalComma { get; set; }

    internal bool CleanIds { get; set; }

    internal string IdPrefix { get; set; } = "";

    /// <summary>Columns that fill no field.</summary>
    internal IEnumerable<AttributeChoice> Free
    {
        get
        {
            var used = Fields.SelectMany(f => new[] { f.ChosenColumn, f.ChosenColumn is null ? null : f.Before }).ToHashSet();
            return Attributes.Where(a => !used.Contains(a.Column));
        }
    }

    /// <summary>Columns whose times are read.</summary>
    internal IEnumerable<ColumnProfile> TimeColumns => Mapping().TimeColumns(_kind).Select(_look.Profile.Of);

    /// <summary>Starts anew from a mapping; what it says of columns that aren't there is passed over.</summary>
    internal void Take(ImportMapping mapping)
    {
        bool Here(string? column) => column is null || _look.Profile.Shape.Columns.Contains(column);
        foreach (var choice in Fields)
            choice.Take(mapping.Fields.GetValueOrDefault(choice.Field.Name) is { } source && Here(source.Column) && Here(source.Before) ? source : null);
        foreach (var choice in Attributes)
        {
            var attribute = mapping.Attributes.FirstOrDefault(a => a.Column == choice.Column);
            (choice.Use, choice.Name, choice.Kind) =
                (attribute is not null, attribute?.Name ?? choice.Column, attribute?.Kind ?? SuggestMapping.KindOf(_look.Profile.Of(choice.Column), mapping.DecimalComma));
        }
        foreach (var (column, choice) in Times)
        {
            var times = mapping.Times.GetValueOrDefault(column);
            (choice.Order, choice.Zone) = (times?.Order, times?.Zone ?? "");
        }
        (Zone, DecimalComma, CleanIds, IdPrefix) = (mapping.Zone ?? "", mapping.DecimalComma, mapping.CleanIds, mapping.IdPrefix ?? "");
        TakeTypes(mapping.Types);
    }

    /// <summary>A field gets another column; a file of events gets other words.</summary>
    internal void Choose(FieldChoice field, string column)
    {
        (field.Column, field.Before, field.Pad, field.First, field.Times) = (column, "", null, null, null);
        if (_kind == ImportKind.Events && field.Field.Name == "type" && field.ChosenColumn is { } words)
            TakeTypes(SuggestMapping.Types(_look.Profile.Of(words)));
        else if (field.Field.Name == ImportField.EndState)
            TakeTypes(field.ChosenColumn is { } ends ? SuggestMapping.EndTypes(_look.Profile.Of(ends)) : new Dictionary<string, string>());
    }

    /// <summary>What was chosen.</summary>
    internal ImportMapping Mapping()
    {
        var free = Free.ToList();
        return new ImportMapping
        {
            Fields = Fields.Select(f => (f.Field.Name, Source: f.Source())).Where(f => f.Source is not null).ToDictionary(f => f.Name, f => f.Source!),
            Attributes = _kind == ImportKind.Events ? [] : [.. free.Where(a => a.Use).Select(a => new AttributeSource(a.Column, a.Name.Trim(), a.Kind))],
            Times = Times.Where(t => t.Value.Order is not null || t.Value.Zone.Length > 0)
                .ToDictionary(t => t.Key, t => new ColumnTimes(t.Value.Order, t.Value.Zone.Trim() is { Length: > 0 } zone ? zone : null)),
            Zone = Zone.Trim() is { Length: > 0 } all ? all : null,
            DecimalComma = DecimalComma,
            CleanIds = CleanIds,
            IdPrefix = IdPrefix.Trim() is { Length: > 0 } prefix ? prefix : null,
            Types = new Dictionary<string, string>(Types),
        };
    }

    /// <summary>What keeps the file from being checked; empty when nothing does.</summary>
    internal IReadOnlyList<(string Place, string What)> Problems() => Mapping().Problems(_kind, _look.Profile);

    /// <summary>What a cell of a time column means, in words; empty when it can't be said yet.</summary>
    internal string Meaning(ColumnProfile column)
    {
        if (column.Examples.Count == 0 || Times[column.Name].Order is not { } order || !CivilTime.TryRead(column.Examples[0], order, out var time))
            return "";
        var text = time.Local.ToString(time.HasClock ? "d MMMM yyyy, HH:mm:ss" : "d MMMM yyyy", CultureInfo.InvariantCulture);
        var zone = Times[column.Name].Zone is { Length: > 0 } own ? own : Zone;
        return time.Offset is { } offset
            ? string.Create(CultureInfo.InvariantCulture, $"{text}, offset {(offset < TimeSpan.Zero ? "−" : "+")}{offset:hh\\:mm}")
            : zone.Length > 0 ? $"{text}, {zone}" : text;
    }

    private void TakeTypes(IReadOnlyDictionary<string, string> types)
    {
        Types.Clear();
        foreach (var (word, type) in types)
            Types[word] = type;
    }
}
