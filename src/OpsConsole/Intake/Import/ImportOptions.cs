namespace OpsConsole.Intake.Import;

/// <summary>How large files of history may be. Read from <c>Imports</c>.</summary>
public sealed record ImportOptions
{
    /// <summary><c>Imports:MaxFileMegabytes</c>: the largest file as it is sent, in bytes.</summary>
    public long LargestFile { get; init; } = 512L << 20;

    /// <summary><c>Imports:MaxUnpackedMegabytes</c>: the largest that a gzip file may unpack to, in bytes.</summary>
    public long LargestUnpacked { get; init; } = 4096L << 20;
}
