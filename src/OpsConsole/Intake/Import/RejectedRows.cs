using System.Globalization;
using CsvHelper;
using OpsConsole.Operations;

namespace OpsConsole.Intake.Import;

/// <summary>
/// Rows that were refused, as a file: the line, what is wrong, then the row as it came; cells that a spreadsheet would run are made harmless.
/// </summary>
internal sealed class RejectedRows : IDisposable
{
    private readonly FileStream _file;
    private readonly CsvWriter _csv;
    private readonly int _columns;

    /// <param name="path">Where to.</param>
    /// <param name="columns">The file's columns.</param>
    /// <param name="length">How much of an earlier pass's file still counts; 0: none.</param>
    internal RejectedRows(string path, IReadOnlyList<string> columns, long length)
    {
        _columns = columns.Count;
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read | FileShare.Delete);
        _file.SetLength(Math.Min(length, _file.Length));
        _file.Position = _file.Length;
        _csv = CsvWriter.Create(_file, CsvWriterOptions.Default with { WriteByteOrderMark = _file.Length == 0 }, leaveOpen: true);
        if (_file.Length > 0)
            return;
        _csv.WriteField("line");
        _csv.WriteField("what is wrong");
        foreach (var column in columns)
            _csv.WriteField(SpreadsheetText.Harmless(column));
        _csv.EndRecord();
    }

    /// <summary>Adds a row.</summary>
    internal void Add(long line, string what, IReadOnlyList<string> cells)
    {
        _csv.WriteField(line.ToString(CultureInfo.InvariantCulture));
        _csv.WriteField(SpreadsheetText.Harmless(what));
        for (var i = 0; i < _columns; i++)
            _csv.WriteField(SpreadsheetText.Harmless(i < cells.Count ? cells[i] : ""));
        _csv.EndRecord();
    }

    /// <summary>Writes what is still held; the length of the file then.</summary>
    internal long Flush()
    {
        _csv.Flush();
        _file.Flush();
        return _file.Length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _csv.Dispose();
        _file.Dispose();
    }
}
