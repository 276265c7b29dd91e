using System.Globalization;
using System.Text.Json;
using CsvHelper;
using OpsConsole.Operations;

namespace OpsConsole.Labels;

/// <summary>Writes label rows in one format; rows come one at a time, memory stays flat.</summary>
internal abstract class LabelWriter : IAsyncDisposable
{
    /// <summary>Writes a row; its cells in the order of the columns.</summary>
    internal abstract ValueTask WriteAsync(object?[] cells, CancellationToken cancellation);

    /// <summary>Writes what is still held, and the end of the file.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>The writer of a format.</summary>
    internal static async Task<LabelWriter> OpenAsync(LabelFormat format, Stream file, IReadOnlyList<LabelColumn> columns) => format switch
    {
        LabelFormat.Csv => new CsvLabelWriter(file, columns),
        LabelFormat.Jsonl => new JsonlLabelWriter(file, columns),
        _ => await ParquetLabelWriter.OpenAsync(file, columns),
    };
}

/// <summary>RFC 4180 with a header; text that a spreadsheet would run as a formula gets an apostrophe before it.</summary>
internal sealed class CsvLabelWriter : LabelWriter
{
    private readonly CsvWriter _csv;

    internal CsvLabelWriter(Stream file, IReadOnlyList<LabelColumn> columns)
    {
        _csv = CsvWriter.Create(file, CsvWriterOptions.Default, leaveOpen: true);
        foreach (var column in columns)
            _csv.WriteField(SpreadsheetText.Harmless(column.Name));
        _csv.EndRecord();
    }

    internal override ValueTask WriteAsync(object?[] cells, CancellationToken cancellation)
    {
        foreach (var cell in cells)
            _csv.WriteField(Text(cell));
        _csv.EndRecord();
        return ValueTask.CompletedTask;
    }

    private static string Text(object? cell) => cell switch
    {
        null => "",
        string text => SpreadsheetText.Harmless(text),
        bool flag => flag ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        int whole => whole.ToString(CultureInfo.InvariantCulture),
        DateTimeOffset time => LabelTime.Text(time),
        _ => throw new InvalidOperationException($"No column has cells of {cell.GetType()}."),
    };

    public override ValueTask DisposeAsync() => _csv.DisposeAsync();
}

/// <summary>One JSON object a line, every column in each.</summary>
internal sealed class JsonlLabelWriter : LabelWriter
{
    private static readonly byte[] LineEnd = "\n"u8.ToArray();
    private readonly BufferedStream _file;
    private readonly Utf8JsonWriter _json;
    private readonly JsonEncodedText[] _names;

    internal JsonlLabelWriter(Stream file, IReadOnlyList<LabelColumn> columns)
    {
        _file = new BufferedStream(file, 64 * 1024);
        _json = new Utf8JsonWriter(_file);
        _names = [.. columns.Select(c => JsonEncodedText.Encode(c.Name))];
    }

    internal override ValueTask WriteAsync(object?[] cells, CancellationToken cancellation)
    {
        _json.WriteStartObject();
        for (var i = 0; i < cells.Length; i++)
            WriteCell(_names[i], cells[i]);
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        _file.Write(LineEnd);
        return ValueTask.CompletedTask;
    }

    private void WriteCell(JsonEncodedText name, object? cell)
    {
        switch (cell)
        {
            case null: _json.WriteNull(name); break;
            case string text: _json.WriteString(name, text); break;
            case bool flag: _json.WriteBoolean(name, flag); break;
            case double number: _json.WriteNumber(name, number); break;
            case int whole: _json.WriteNumber(name, whole); break;
            case DateTimeOffset time: _json.WriteString(name, LabelTime.Text(time)); break;
            default: throw new InvalidOperationException($"No column has cells of {cell.GetType()}.");
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _json.DisposeAsync();
        await _file.FlushAsync();
    }
}

/// <summary>Moments in text files: UTC to the microsecond, which is what Parquet keeps too.</summary>
internal static class LabelTime
{
    internal static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
