using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using OpsConsole.Client;
using OpsConsole.Labels;
using OpsConsole.Prediction;
using Parquet;

namespace OpsConsole.Tests.Labels;

public sealed class LabelFileTests
{
    private static readonly FeatureDefinition[] Features =
    [
        new("hoursLeft", FeatureKind.Number, "Hours left."), new("attr.note", FeatureKind.Category, "A note."),
    ];

    private static LabelRow Row(string id, double? hours, string? note, bool? late) => new()
    {
        ShipmentId = id,
        DecidedAt = new DateTimeOffset(2026, 3, 1, 10, 0, 0, 123, 456, TimeSpan.Zero),
        LeadMinutes = 240,
        Served = late is null ? null : new ServedAtDecision("rule-1", 0.1 + 0.2, 0.5, false, -12.5),
        Judged = new JudgedSummary(late, late is null ? 0 : 1, late is null ? null : 1, note, late is null ? null : JudgementAction.CustomerContacted),
        OutcomeLate = late,
        OutcomeDelayMinutes = late is null ? null : -1e-7,
        OutcomeAt = late is null ? null : DateTimeOffset.UnixEpoch,
        Label = late is null ? new Label(null, LabelExclusion.Pending, false) : new Label(late, null, true),
        HeldOut = false,
        Simulated = true,
        Day = new DateOnly(2026, 3, 1),
        PromisedFirst = new DateTimeOffset(2026, 3, 1, 14, 0, 0, TimeSpan.Zero),
        PromisedBy = new DateTimeOffset(2026, 3, 1, 14, 0, 0, TimeSpan.Zero),
        Content = new NewShipment
        {
            ShipmentId = id,
            BookedAt = DateTimeOffset.UnixEpoch,
            PromisedBy = DateTimeOffset.UnixEpoch,
            Origin = new Area { AreaCode = "N1" },
            Destination = new Area { AreaCode = "S\"4, x", AreaType = AreaType.Rural },
            Service = "nextDay",
        },
        Features = [new(hours, null), new(null, note)],
    };

    private static async Task<byte[]> WriteAsync(LabelFormat format, IReadOnlyList<LabelColumn> columns, IEnumerable<LabelRow> rows)
    {
        using var file = new MemoryStream();
        await using (var writer = await LabelWriter.OpenAsync(format, file, columns))
        {
            foreach (var row in rows)
                await writer.WriteAsync([.. columns.Select(c => c.Cell(row))], CancellationToken.None);
        }
        return file.ToArray();
    }

    [Fact]
    public async Task Formats_SameRows_AgreeCellByCell()
    {
        var columns = LabelColumns.All(Features);
        // More than one row group.
        var rows = Enumerable.Range(0, 10_050).Select(i => Row($"S-{i}", i % 3 == 0 ? null : i / 7.0, i % 5 == 0 ? null : "line\nbreak; ü", i % 4 == 0 ? null : i % 2 == 0)).ToList();
        var csv = ReadCsv(await WriteAsync(LabelFormat.Csv, columns, rows));
        var json = ReadJsonl(await WriteAsync(LabelFormat.Jsonl, columns, rows));
        var parquet = await ReadParquetAsync(await WriteAsync(LabelFormat.Parquet, columns, rows), columns);
        Assert.Equal(columns.Select(c => c.Name), csv[0]);
        Assert.Equal(rows.Count + 1, csv.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            Assert.Equal(csv[i + 1], json[i]);
            Assert.Equal(csv[i + 1], parquet[i]);
        }
    }

    [Theory]
    [InlineData("=cmd|'/c calc'!A1")]
    [InlineData("+1")]
    [InlineData("-2+3")]
    [InlineData("@SUM(A1)")]
    [InlineData("\tx")]
    [InlineData("\rx")]
    [InlineData("＝1")]
    public async Task Csv_TextThatASpreadsheetWouldRun_IsMadeHarmless(string text)
    {
        var columns = LabelColumns.All(Features);
        var cells = ReadCsv(await WriteAsync(LabelFormat.Csv, columns, [Row("S-1", -3, text, true)]));
        Assert.Equal("'" + text, cells[1][^1]);
        // A negative number stays one.
        Assert.Equal("-3", cells[1][^2]);
    }

    [Fact]
    public void Columns_Always_StandInTheOrderOfTheContract() => Assert.Equal(
        "shipment_id, decided_at, lead_minutes, model_version, score, threshold, flagged, expected_delay_minutes, judged_late, judgement_count, judgement_agreement, "
        + "judged_reason, action, outcome_late, outcome_delay_minutes, outcome_at, label_late, label_excluded_reason, touched, held_out, blind, audit_probability, cluster_id, "
        + "simulated, promised_first, promised_by, origin_area, destination_area, area_type, service, carrier, f_hoursLeft, f_attr.note",
        string.Join(", ", LabelColumns.All(Features).Select(c => c.Name)));

    [Theory]
    [InlineData("lead:240", true)]
    [InlineData("lead:241", false)]
    [InlineData("lead:", false)]
    [InlineData("lead:-30", false)]
    [InlineData("point:collected", true)]
    [InlineData("point:Collected", false)]
    [InlineData("point:", false)]
    [InlineData("firstFlag", true)]
    [InlineData("all", true)]
    [InlineData("", false)]
    public void Decision_ByItsName_IsReadOrNot(string text, bool known)
    {
        Assert.Equal(known, Decision.Parse(text) is not null);
        if (known)
            Assert.Equal(text, Decision.Parse(text)!.Value.ToString());
    }

    private static List<string[]> ReadCsv(byte[] file)
    {
        using var reader = CsvReader.Create(file, new CsvReaderOptions { HasHeader = false, Separator = ',' });
        List<string[]> rows = [];
        while (reader.Read())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetString(i) ?? "")]);
        return rows;
    }

    private static List<string[]> ReadJsonl(byte[] file) =>
        [.. Encoding.UTF8.GetString(file).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
            JsonDocument.Parse(line).RootElement.EnumerateObject().Select(cell => cell.Value.ValueKind switch
            {
                JsonValueKind.Null => "",
                JsonValueKind.String => cell.Value.GetString()!,
                JsonValueKind.Number => cell.Value.GetDouble().ToString("R", CultureInfo.InvariantCulture),
                _ => cell.Value.GetBoolean() ? "true" : "false",
            }).ToArray())];

    private static async Task<List<string[]>> ReadParquetAsync(byte[] file, IReadOnlyList<LabelColumn> columns)
    {
        await using var reader = await ParquetReader.CreateAsync(new MemoryStream(file));
        List<string[]> rows = [];
        for (var g = 0; g < reader.RowGroupCount; g++)
        {
            using var group = reader.OpenRowGroupReader(g);
            var first = rows.Count;
            for (var i = 0; i < group.RowCount; i++)
                rows.Add(new string[columns.Count]);
            for (var c = 0; c < columns.Count; c++)
            {
                var field = reader.Schema.DataFields[c];
                var cells = new string[group.RowCount];
                switch (columns[c].Type)
                {
                    case ColumnType.Text:
                        var texts = new string?[group.RowCount];
                        await group.ReadAsync(field, texts.AsMemory()!);
                        cells = [.. texts.Select(t => t ?? "")];
                        break;
                    case ColumnType.Number:
                        cells = await CellsAsync<double>(group, field, n => n.ToString("R", CultureInfo.InvariantCulture));
                        break;
                    case ColumnType.Whole:
                        cells = await CellsAsync<int>(group, field, n => n.ToString(CultureInfo.InvariantCulture));
                        break;
                    case ColumnType.Flag:
                        cells = await CellsAsync<bool>(group, field, f => f ? "true" : "false");
                        break;
                    default:
                        cells = await CellsAsync<DateTime>(group, field, t => t.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
                        break;
                }
                for (var i = 0; i < cells.Length; i++)
                    rows[first + i][c] = cells[i];
            }
        }
        return rows;
    }

    private static async Task<string[]> CellsAsync<T>(ParquetRowGroupReader group, Parquet.Schema.DataField field, Func<T, string> text)
        where T : struct
    {
        var cells = new T?[group.RowCount];
        await group.ReadAsync<T>(field, cells.AsMemory());
        return [.. cells.Select(c => c is { } value ? text(value) : "")];
    }
}
