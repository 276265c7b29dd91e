namespace OpsConsole.Store;

/// <summary>
/// Shows other instances on the same data folder that this one lives: by a file that the operating system keeps locked until the process ends,
/// however it ends. What an instance leaves in the data folder carries its id, and may be cleared away once nobody holds its file.
/// </summary>
public sealed class LivingProcess : IDisposable
{
    private readonly string _folder;
    private readonly FileStream _held;

    /// <param name="options">Where the data folder is.</param>
    public LivingProcess(StoreOptions options)
    {
        _folder = Path.Combine(options.DataDirectory, "instances");
        Directory.CreateDirectory(_folder);
        ForgetTheOld();
        Id = Guid.NewGuid().ToString("N");
        _held = new FileStream(Path.Combine(_folder, Id), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
    }

    /// <summary>Names this process, once and never again.</summary>
    public string Id { get; }

    /// <summary>Whether the process of that id lives, or may.</summary>
    public bool Lives(string id) => id == Id || Look(id) == Seen.Held;

    /// <summary>Whether the process of that id is known to have ended; false for one that was never seen in this folder, or long ago.</summary>
    public bool HasEnded(string id) => id != Id && Look(id) == Seen.Left;

    private enum Seen
    {
        Never,
        Left,
        Held,
    }

    private Seen Look(string id)
    {
        try
        {
            using (new FileStream(Path.Combine(_folder, Path.GetFileName(id)), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1))
                return Seen.Left;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return Seen.Never;
        }
        catch (IOException)
        {
            return Seen.Held;
        }
    }

    // What ended long ago holds nothing that somebody waits for.
    private void ForgetTheOld()
    {
        foreach (var file in Directory.GetFiles(_folder).Where(file => File.GetLastWriteTimeUtc(file) < TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-1)))
        {
            if (HasEnded(Path.GetFileName(file)))
                File.Delete(file);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _held.Dispose();
}
