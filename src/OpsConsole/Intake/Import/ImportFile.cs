using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using CsvHelper;

namespace OpsConsole.Intake.Import;

/// <summary>A file that can't be taken, or not further; says why, to whoever sent it.</summary>
public sealed class RefusedFileException(string message) : Exception(message);

/// <summary>How a file is written.</summary>
/// <param name="Encoding"><c>utf-8</c>, <c>utf-16</c>, <c>utf-16BE</c> or <c>windows-1252</c>.</param>
/// <param name="Separator">What stands between cells.</param>
/// <param name="Columns">The names of its columns, each once.</param>
public sealed record FileShape(string Encoding, char Separator, IReadOnlyList<string> Columns);

/// <summary>
/// A file of rows, read one at a time: plain or gzip, in its encoding, with its separator. What is hostile in it (a record without end, thousands
/// of columns, a packed file that unpacks to far more) ends the reading with words, before it costs memory.
/// </summary>
internal sealed class ImportFile : IDisposable
{
    /// <summary>The most columns a file may have.</summary>
    internal const int MostColumns = 500;

    private const int LongestRecord = 1 << 20;
    private const int LongestName = 100;

    private readonly FileStream _file;
    private readonly Stream _plain;
    private readonly CsvReader _csv;
    private readonly Func<bool> _read;

    private ImportFile(string path, FileShape? known, string encoding, char? separator, ImportOptions options)
    {
        (_file, _plain) = OpenPlain(path, options);
        _csv = CsvReader.Create(_plain, new CsvReaderOptions
        {
            Separator = known?.Separator ?? separator,
            Encoding = EncodingOf(encoding),
            MaxRecordSize = LongestRecord,
            TrackLineNumbers = true,
            OnMalformedRecord = malformed =>
            {
                if (malformed.Reason == CsvMalformedReason.UnterminatedQuote)
                    throw new RefusedFileException(Text($"The quote opened in line {malformed.LineNumber:N0} is never closed, so everything after it would be one cell. Close it, or take the quotes away."));
            },
        });
        _read = _csv.Read;
        Shape = known ?? new FileShape(encoding, Separator(), ReadColumns());
        if (known is not null)
            Guarded(() => _csv.ReadHeader());
    }

    /// <summary>How it is written.</summary>
    internal FileShape Shape { get; }

    /// <summary>How much of the file has been read, 0 to 1.</summary>
    internal double Share => _file.Length == 0 ? 1 : (double)_file.Position / _file.Length;

    /// <summary>The line in which the row begins.</summary>
    internal long Line => _csv.LineNumber;

    /// <summary>The number of cells of the row.</summary>
    internal int Cells => _csv.FieldCount;

    /// <summary>Opens a file whose shape is known.</summary>
    /// <exception cref="RefusedFileException">It can't be read.</exception>
    internal static ImportFile Open(string path, FileShape shape, ImportOptions options) => new(path, shape, shape.Encoding, null, options);

    /// <summary>Opens a file in an encoding, and finds out the rest.</summary>
    /// <exception cref="RefusedFileException">It can't be read.</exception>
    internal static ImportFile Open(string path, string encoding, char? separator, ImportOptions options) => new(path, null, encoding, separator, options);

    /// <summary>The bytes of a file, unpacked, which end with an error where they'd become too many.</summary>
    internal static (FileStream File, Stream Plain) OpenPlain(string path, ImportOptions options)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.SequentialScan);
        Span<byte> magic = stackalloc byte[2];
        var packed = file.Length > 18 && file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1F, 0x8B];
        if (!packed)
        {
            file.Position = 0;
            return (file, file);
        }
        Span<byte> size = stackalloc byte[4];
        file.Position = file.Length - size.Length;
        file.ReadExactly(size);
        file.Position = 0;
        return (file, new UnpackedStream(new GZipStream(file, CompressionMode.Decompress), BinaryPrimitives.ReadUInt32LittleEndian(size), options.LargestUnpacked, path));
    }

    /// <summary>Moves to the next row; false at the end.</summary>
    /// <exception cref="RefusedFileException">The file can't be read further.</exception>
    internal bool Next() => Guarded(_read);

    /// <summary>A cell of the row, without spaces around it; empty when there is none.</summary>
    internal string Cell(int column) => column < _csv.FieldCount ? _csv.GetString(column).Trim() : "";

    /// <summary>Every cell of the row, as many as there are columns, each cut to a length.</summary>
    internal string[] Row(int longest = int.MaxValue)
    {
        var cells = new string[Shape.Columns.Count];
        for (var i = 0; i < cells.Length; i++)
            cells[i] = Cell(i) is var cell && cell.Length > longest ? string.Concat(cell.AsSpan(0, longest - 1), "…") : cell;
        return cells;
    }

    /// <summary>What is wrong with the number of cells; null when nothing is. Empty ones at the end don't count.</summary>
    internal string? Mismatch()
    {
        var count = _csv.FieldCount;
        while (count > Shape.Columns.Count && _csv.IsEmpty(count - 1))
            count--;
        return count == Shape.Columns.Count ? null
            : Text($"has {count:N0} cells where the header has {Shape.Columns.Count:N0}; allowed is one a column (is a separator inside a text without quotes?)");
    }

    private char Separator() => Guarded(() => _csv.Separator);

    private List<string> ReadColumns()
    {
        Guarded(() => _csv.ReadHeader());
        if (_csv.Headers.Count > MostColumns)
            throw new RefusedFileException(Text($"The file has {_csv.Headers.Count:N0} columns; allowed are up to {MostColumns}. Leave out what isn't about the delivery."));
        List<string> columns = [];
        foreach (var (name, at) in _csv.Headers.Select((name, at) => (Clean(name), at)))
        {
            var given = name.Length == 0 ? Text($"column {at + 1}") : name;
            var unique = given;
            for (var copy = 2; columns.Contains(unique); copy++)
                unique = Text($"{given} ({copy})");
            columns.Add(unique);
        }
        if (columns.Count < 2)
            throw new RefusedFileException("Only one column was found. Cells are separated by a comma, a semicolon, a tab or |, and the first row has the columns' names.");
        return columns;
    }

    private static string Clean(string name)
    {
        var clean = string.Concat(name.Where(c => !char.IsControl(c) && !char.IsSurrogate(c))).Trim().Trim('\uFEFF');
        return clean.Length <= LongestName ? clean : clean[..LongestName];
    }

    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CsvFormatException failure)
        {
            throw new RefusedFileException(Text($"Row {failure.RecordNumber:N0} is longer than 1 MiB without an end. A quote that is never closed does that, or line ends that are missing."));
        }
        catch (InvalidDataException)
        {
            throw new RefusedFileException("The packed file is damaged: it can't be unpacked to its end.");
        }
    }

    private static void Guarded(Action read) => Guarded(() =>
    {
        read();
        return true;
    });

    internal static Encoding EncodingOf(string name) => name switch
    {
        "utf-8" => Encoding.UTF8,
        "utf-16" => Encoding.Unicode,
        "utf-16BE" => Encoding.BigEndianUnicode,
        _ => CodePagesEncodingProvider.Instance.GetEncoding(1252)!,
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public void Dispose()
    {
        _csv.Dispose();
        _plain.Dispose();
        _file.Dispose();
    }
}
