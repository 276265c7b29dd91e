using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using OpsConsole.Intake.Reading;

namespace OpsConsole.Intake;

/// <summary>Bodies of one object a line, taken as they stream.</summary>
internal sealed partial class IntakeCall<T>
{
    private const int LongestLine = 1 << 20;
    private const int PartsUnderWay = 2;

    private readonly Queue<Task> _underWay = new();
    private bool _tooLong;
    private long _bytes;

    /// <summary>
    /// Takes a body of one object a line. It is admitted, or refused, before its first line is taken; then it is slowed, never refused.
    /// </summary>
    /// <exception cref="BodyRefusedException">It is too large, or has no line; what was stored before that stays.</exception>
    /// <exception cref="Store.StoreUnavailableException">More is waiting than the store can take; nothing was stored.</exception>
    internal async Task TakeLinesAsync(PipeReader body, CancellationToken cancellation)
    {
        receive.Admit(Receive<T>.ItemsOfPart);
        var part = NewPart();
        try
        {
            while (true)
            {
                var read = await body.ReadAsync(cancellation);
                var rest = read.Buffer;
                while (NextLine(ref rest, read.IsCompleted) is { } line)
                {
                    TakeLine(line, part);
                    if (part.Items.Count < Receive<T>.ItemsOfPart)
                        continue;
                    await QueueAsync(part, cancellation);
                    part = NewPart();
                }
                _bytes += read.Buffer.Length - rest.Length;
                if (_bytes + rest.Length > LongestBody)
                    throw TooLarge();
                body.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted)
                    break;
            }
            if (part.Items.Count > 0)
                await QueueAsync(part, cancellation);
        }
        finally
        {
            // Whatever stopped the stream: what was queued is stored, and counted.
            await Task.WhenAll(_underWay);
        }
        if (_items == 0)
            throw new BodyRefusedException(400, "The body has no line. Allowed is one JSON object a line.");
    }

    private async Task QueueAsync(Part<T> part, CancellationToken cancellation)
    {
        // A call that is only checked sees what its earlier parts would have stored, so one goes after the other.
        while (_underWay.Count >= (checkOnly ? 1 : PartsUnderWay))
            await _underWay.Dequeue();
        _underWay.Enqueue(StoreAsync(part, cancellation));
    }

    /// <summary>The next whole line, without its end; null when more of the body is needed. What is too long is cut off and refused.</summary>
    private ReadOnlySequence<byte>? NextLine(ref ReadOnlySequence<byte> rest, bool last)
    {
        while (!rest.IsEmpty)
        {
            var end = rest.PositionOf((byte)'\n');
            if (end is null && !last && rest.Length <= LongestLine)
                return null;
            var line = end is { } at ? rest.Slice(0, at) : rest;
            rest = end is { } from ? rest.Slice(rest.GetPosition(1, from)) : rest.Slice(rest.End);
            var continued = _tooLong;
            _tooLong = end is null && !last;
            if (continued)
                continue;
            if (line.Length <= LongestLine)
                return line;
            RefuseLine("is longer than 1 MiB; allowed are lines up to that");
        }
        return null;
    }

    private void TakeLine(in ReadOnlySequence<byte> line, Part<T> part)
    {
        if (line.IsSingleSegment)
        {
            TakeLine(line.FirstSpan, part);
            return;
        }
        var length = (int)line.Length;
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        line.CopyTo(bytes);
        TakeLine(bytes.AsSpan(0, length), part);
        ArrayPool<byte>.Shared.Return(bytes);
    }

    private void TakeLine(ReadOnlySpan<byte> line, Part<T> part)
    {
        if (_items == 0 && _bytes == 0 && line.StartsWith("\uFEFF"u8))
            line = line[3..];
        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty)
            return;
        try
        {
            // Read to the end before anything of it counts.
            var check = new Utf8JsonReader(line, Strict);
            while (check.Read())
            {
            }
            var json = new Utf8JsonReader(line, Strict);
            json.Read();
            if (ReadGood(ref json, _items++) is { } item)
                part.Items.Add(item);
        }
        catch (JsonException failure)
        {
            RefuseLine(string.Create(CultureInfo.InvariantCulture, $"is not JSON at byte {failure.BytePositionInLine + 1}; allowed is one object a line, nested at most 32 deep"));
        }
    }

    private void RefuseLine(string what)
    {
        _reader.Begin();
        _reader.Refuse(ItemReader.Whole, what);
        RefuseItem(_reader.Rejected(_items++));
    }
}
