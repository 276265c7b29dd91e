using System.Text;
using OpsConsole.Intake.Import;

namespace OpsConsole.Tests.Imports;

/// <summary>A file of history in a folder of its own.</summary>
internal sealed class Csv : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("opsconsole-csv-");

    internal Csv(string text, Encoding? encoding = null)
        : this((encoding ?? Encoding.UTF8).GetBytes(text))
    {
    }

    internal Csv(byte[] bytes)
    {
        Path = System.IO.Path.Combine(_folder.FullName, "file");
        File.WriteAllBytes(Path, bytes);
    }

    internal string Path { get; }

    internal ImportFile Open(ImportOptions? options = null) => ImportFile.Open(Path, FileEncoding.Of(Path, options ?? new()), null, options ?? new());

    internal FileProfile Profile()
    {
        using var file = Open();
        return FileProfile.Read(file);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
