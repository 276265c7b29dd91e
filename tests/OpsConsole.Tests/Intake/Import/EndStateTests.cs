using System.Text;
using OpsConsole.Intake.Import;
using OpsConsole.Intake.Pages;

namespace OpsConsole.Tests.Imports;

/// <summary>Deliveries whose end is told by a word in a column, as couriers export them.</summary>
public sealed class EndStateTests
{
    private const string Header = "Sendungsnr.;Auftrag erfasst;Zugesagt bis;Zugestellt am;Status;Status seit;Von PLZ;Nach PLZ\n";
    private const string Promise = "01.03.2026 08:00;02.03.2026 18:00";

    [Fact]
    public void Columns_OfAWordAndItsMoment_AreSuggestedWithWhatTheWordsMean()
    {
        using var csv = new Csv(Header + string.Concat(Words("zugestellt", "Retoure", "storniert", "in Zustellung", "nicht zugestellt")));
        var mapping = SuggestMapping.Of(ImportKind.Deliveries, csv.Profile(), out var leftOut);
        Assert.Equal(("Status", "Status seit"), (mapping.Fields[ImportField.EndState].Column, mapping.Fields[ImportField.EndedAt].Column));
        Assert.Equal(
            [("Retoure", "returned"), ("in Zustellung", ""), ("nicht zugestellt", ""), ("storniert", "cancelled"), ("zugestellt", "delivered")],
            mapping.Types.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => (t.Key, t.Value)));
        Assert.DoesNotContain(leftOut, l => l.Column.StartsWith("Status", StringComparison.Ordinal));
        Assert.Empty((mapping with { Zone = "UTC" }).Problems(ImportKind.Deliveries, csv.Profile()));
        Assert.Contains((mapping with { Types = new Dictionary<string, string>() }).Problems(ImportKind.Deliveries, csv.Profile()), p => p.Place == ImportField.EndState);
    }

    [Fact]
    public void Column_WithoutAWordThatIsAnEnd_IsNoEndState()
    {
        using var csv = new Csv(Header + string.Concat(Words("open", "planned")));
        Assert.DoesNotContain(SuggestMapping.Of(ImportKind.Deliveries, csv.Profile(), out _).Fields.Keys, f => f is ImportField.EndState or ImportField.EndedAt);
    }

    [Theory]
    // What stands under delivered, state, since → the events; a moment is told by its hour.
    [InlineData("02.03.2026 12:00;zugestellt;02.03.2026 13:00", "delivered 12")]
    [InlineData(";zugestellt;02.03.2026 13:00", "delivered 13")]
    [InlineData(";retour;02.03.2026 13:00", "returned 13")]
    [InlineData("02.03.2026 12:00;retour;02.03.2026 13:00", "delivered 12,returned 13")]
    [InlineData("02.03.2026 12:00;storniert;", "cancelled 12")]
    [InlineData(";unterwegs;02.03.2026 13:00", "")]
    [InlineData("02.03.2026 12:00;unterwegs;", "delivered 12")]
    [InlineData(";retour;", "! says returned, and nothing says when; allowed is such a word beside a moment")]
    [InlineData(";verschollen;02.03.2026 13:00", "! is a word of which nobody said what it means; allowed are those that stand in the mapping")]
    public void Row_EndsAsItsWordSays_AtTheMomentThatIsThere(string cells, string events)
    {
        using var csv = new Csv(Header + $"P-1;{Promise};{cells};N1;S1\n");
        using var file = csv.Open();
        using var maker = new RowMaker(ImportKind.Deliveries, Mapping(), file.Shape);
        Assert.True(file.Next());
        maker.Begin(file);
        var told = maker.EventPlaces.Select(place => Told(maker.Event(place))).Append(Told(maker.EndEvent())).Where(t => t.Length > 0)
            .Concat(maker.Errors.Select(e => "! " + e.What));
        Assert.Equal(events, string.Join(',', told));
        Assert.Equal(events.Length > 0 && !events.StartsWith('!'), maker.Ended);
        Assert.Equal(events.Contains("delivered", StringComparison.Ordinal), maker.Delivered is not null);
        // Whatever is wrong with its end, the shipment is taken.
        Assert.False(maker.Shipment().IsEmpty);
    }

    [Fact]
    public void State_WhenAColumnOfEndsIsChosen_TakesItsWords()
    {
        using var csv = new Csv(Header.Replace("Status;", "Ende;", StringComparison.Ordinal) + string.Concat(Words("zugestellt", "storniert")));
        var look = new ImportLook(csv.Profile(), SuggestMapping.Of(ImportKind.Deliveries, csv.Profile(), out _), new Dictionary<string, string>());
        var state = new MappingState(ImportKind.Deliveries, look, look.Suggested);
        Assert.Empty(state.Types);
        var field = state.Fields.Single(f => f.Field.Name == ImportField.EndState);
        state.Choose(field, "Ende");
        Assert.Equal("cancelled", state.Types["storniert"]);
        state.Choose(field, "");
        Assert.Empty(state.Types);
    }

    private static ImportMapping Mapping()
    {
        using var csv = new Csv(Header + string.Concat(Words("zugestellt", "retour", "storniert", "unterwegs")));
        return SuggestMapping.Of(ImportKind.Deliveries, csv.Profile(), out _) with { Zone = "UTC" };
    }

    private static IEnumerable<string> Words(params string[] words) =>
        Enumerable.Range(0, 40).Select(i => $"P-{i};{Promise};02.03.2026 12:{10 + i};{words[i % words.Length]};02.03.2026 13:{10 + i};N1;S1\n");

    private static string Told(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty)
            return "";
        using var read = System.Text.Json.JsonDocument.Parse(Encoding.UTF8.GetString(json));
        return $"{read.RootElement.GetProperty("type").GetString()} {read.RootElement.GetProperty("occurredAt").GetDateTimeOffset().Hour}";
    }
}
