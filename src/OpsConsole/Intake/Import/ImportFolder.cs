using System.Globalization;
using OpsConsole.Store;

namespace OpsConsole.Intake.Import;

/// <summary>Where files of history lie while they are worked on: a folder each, named by its key, never by what the file was called.</summary>
internal sealed class ImportFolder(StoreOptions store)
{
    /// <summary>The folder of them all.</summary>
    internal string Root { get; } = Path.Combine(store.DataDirectory, "imports");

    /// <summary>The file as it came.</summary>
    internal string FileOf(long key) => Path.Combine(Of(key), "file");

    /// <summary>Rows that were refused.</summary>
    internal string RejectedOf(long key) => Path.Combine(Of(key), "rejected.csv");

    /// <summary>The folder of one.</summary>
    internal string Of(long key) => Path.Combine(Root, key.ToString(CultureInfo.InvariantCulture));

    /// <summary>The file is still there.</summary>
    internal bool Has(long key) => File.Exists(FileOf(key));

    /// <summary>Deletes the file as it came; rows that were refused stay.</summary>
    internal void DropFile(long key)
    {
        if (Has(key))
            File.Delete(FileOf(key));
    }

    /// <summary>Deletes everything of one.</summary>
    internal void Drop(long key)
    {
        if (Directory.Exists(Of(key)))
            Directory.Delete(Of(key), recursive: true);
    }
}
