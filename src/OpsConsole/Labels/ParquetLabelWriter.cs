using Parquet;
using Parquet.Schema;

namespace OpsConsole.Labels;

/// <summary>Typed columns, in row groups of a bounded size.</summary>
internal sealed class ParquetLabelWriter : LabelWriter
{
    private const int RowsInGroup = 10_000;
    private readonly ParquetWriter _parquet;
    private readonly List<Column> _columns;
    private int _rows;

    private ParquetLabelWriter(ParquetWriter parquet, List<Column> columns) => (_parquet, _columns) = (parquet, columns);

    internal static async Task<ParquetLabelWriter> OpenAsync(Stream file, IReadOnlyList<LabelColumn> columns)
    {
        List<Column> kept = [.. columns.Select(Column.Of)];
        var parquet = await ParquetWriter.CreateAsync(new ParquetSchema([.. kept.Select(c => c.Field)]), file);
        return new ParquetLabelWriter(parquet, kept);
    }

    internal override ValueTask WriteAsync(object?[] cells, CancellationToken cancellation)
    {
        for (var i = 0; i < cells.Length; i++)
            _columns[i].Add(cells[i]);
        return ++_rows < RowsInGroup ? ValueTask.CompletedTask : FlushAsync();
    }

    private async ValueTask FlushAsync()
    {
        using var group = _parquet.CreateRowGroup();
        foreach (var column in _columns)
            await column.WriteAsync(group);
        group.CompleteValidate();
        _rows = 0;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_rows > 0)
            await FlushAsync();
        await _parquet.DisposeAsync();
    }

    /// <summary>The cells of one column that wait for their row group.</summary>
    private abstract class Column(DataField parquet)
    {
        internal DataField Field => parquet;

        internal abstract void Add(object? cell);

        internal abstract Task WriteAsync(ParquetRowGroupWriter group);

        internal static Column Of(LabelColumn column) => column.Type switch
        {
            ColumnType.Number => new Values<double>(new DataField<double?>(column.Name), cell => (double?)cell),
            ColumnType.Whole => new Values<int>(new DataField<int?>(column.Name), cell => (int?)cell),
            ColumnType.Flag => new Values<bool>(new DataField<bool?>(column.Name), cell => (bool?)cell),
            ColumnType.Time => new Values<DateTime>(
                new DateTimeDataField(column.Name, DateTimeFormat.Timestamp, isAdjustedToUTC: true, unit: DateTimeTimeUnit.Micros, isNullable: true),
                cell => cell is DateTimeOffset time ? time.UtcDateTime : null),
            _ => new Texts(new DataField<string>(column.Name)),
        };
    }

    private sealed class Values<T>(DataField parquet, Func<object?, T?> read) : Column(parquet)
        where T : struct
    {
        private readonly List<T?> _cells = new(RowsInGroup);

        internal override void Add(object? cell) => _cells.Add(read(cell));

        internal override async Task WriteAsync(ParquetRowGroupWriter group)
        {
            await group.WriteAsync<T>(Field, (ReadOnlyMemory<T?>)_cells.ToArray());
            _cells.Clear();
        }
    }

    private sealed class Texts(DataField parquet) : Column(parquet)
    {
        private readonly List<string?> _cells = new(RowsInGroup);

        internal override void Add(object? cell) => _cells.Add((string?)cell);

        internal override async Task WriteAsync(ParquetRowGroupWriter group)
        {
            await group.WriteAsync(Field, _cells!);
            _cells.Clear();
        }
    }
}
