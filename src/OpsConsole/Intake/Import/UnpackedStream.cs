using System.Globalization;

namespace OpsConsole.Intake.Import;

/// <summary>
/// What a gzip file unpacks to: up to a number of bytes, and whole. The library takes a file that was cut off for one that ended, so what came out
/// is held against the size that stands at the file's end; of a file of several members, as parallel packers and <c>cat</c> make them, what came of
/// its last one.
/// </summary>
/// <param name="inner">Unpacks.</param>
/// <param name="size">The size that the file says, modulo 2³².</param>
/// <param name="most">How many bytes it may be.</param>
/// <param name="path">The file.</param>
internal sealed class UnpackedStream(Stream inner, uint size, long most, string path) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer) => buffer.IsEmpty ? 0 : Count(inner.Read(buffer));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private int Count(int read)
    {
        _read += read;
        if (_read > most)
            throw new RefusedFileException(string.Create(CultureInfo.InvariantCulture, $"The file unpacks to more than {most >> 20:N0} MiB, which is all that is allowed (Imports:MaxUnpackedMegabytes). Send it in parts."));
        return read > 0 || unchecked((uint)_read) == size || LastMember.IsWhole(path, size) ? read
            : throw new RefusedFileException("The packed file is damaged or not whole: pack it anew, or send it unpacked.");
    }
}
