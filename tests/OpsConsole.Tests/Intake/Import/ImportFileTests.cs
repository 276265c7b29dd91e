using System.IO.Compression;
using System.Text;
using OpsConsole.Intake.Import;

namespace OpsConsole.Tests.Imports;

/// <summary>Files as they come: encodings, separators, and what is hostile in them.</summary>
public sealed class ImportFileTests
{
    [Theory]
    [InlineData("utf-8", ',')]
    [InlineData("windows-1252", ';')]
    [InlineData("utf-16", '\t')]
    [InlineData("utf-16BE", '|')]
    public void File_InItsEncodingAndSeparator_IsRead(string encoding, char separator)
    {
        var text = $"id{separator}Größe\r\n1{separator}\"groß{separator} \"\"sehr\"\"\"\r\n2{separator}klein\r\n";
        using var csv = new Csv([.. encoding.StartsWith("utf-16", StringComparison.Ordinal) ? ImportFile.EncodingOf(encoding).GetPreamble() : [], .. ImportFile.EncodingOf(encoding).GetBytes(text)]);
        using var file = csv.Open();
        Assert.Equal((encoding, separator, "id,Größe"), (file.Shape.Encoding, file.Shape.Separator, string.Join(',', file.Shape.Columns)));
        Assert.True(file.Next());
        Assert.Equal($"groß{separator} \"sehr\"", file.Cell(1));
        Assert.True(file.Next());
        Assert.Equal("klein", file.Cell(1));
        Assert.False(file.Next());
    }

    [Fact]
    public void Header_WithTheSameNameTwiceOrNone_NamesEachColumn()
    {
        using var csv = new Csv("\uFEFFid,a,a,\n1,2,3,4\n");
        using var file = csv.Open();
        Assert.Equal(["id", "a", "a (2)", "column 4"], file.Shape.Columns);
    }

    [Fact]
    public void PackedFile_ThatUnpacksToFarMore_EndsBeforeItCostsMemory()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write("id,b\n"u8);
            var line = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("1,2\n", 16_384)));
            for (var i = 0; i < 160; i++)
                gzip.Write(line);
        }
        using var csv = new Csv(packed.ToArray());
        var options = new ImportOptions { LargestUnpacked = 4 << 20 };
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refused = Assert.Throws<RefusedFileException>(() =>
        {
            using var file = ImportFile.Open(csv.Path, "utf-8", ',', options);
            while (file.Next())
            {
            }
        });
        Assert.Contains("4 MiB", refused.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(300, false)]
    [InlineData(2, true)]
    [InlineData(300, true)]
    public void PackedFile_OfSeveralMembers_IsReadWholeOrRefused(int members, bool cutOff)
    {
        // As `cat a.gz b.gz` and parallel packers make them.
        using var packed = new MemoryStream();
        packed.Write(Gzip("id,b\n"));
        for (var i = 1; i < members; i++)
            packed.Write(Gzip(string.Concat(Enumerable.Range(0, 500).Select(row => $"{i}-{row},{row * 7919 % 1000}\n"))));
        using var csv = new Csv(cutOff ? packed.ToArray()[..^200] : packed.ToArray());
        var rows = 0;
        var refused = Record.Exception(() =>
        {
            using var file = csv.Open();
            while (file.Next())
                rows++;
        });
        if (cutOff)
            Assert.Contains("not whole", Assert.IsType<RefusedFileException>(refused).Message, StringComparison.Ordinal);
        else
            Assert.Equal((null, 500 * (members - 1)), (refused, rows));
    }

    [Fact]
    public void Line_WithoutAnEnd_IsRefusedInBoundedMemory()
    {
        using var csv = new Csv("id,b\n1," + new string('x', 48 << 20));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<RefusedFileException>(() =>
        {
            using var file = ImportFile.Open(csv.Path, "utf-8", ',', new ImportOptions());
            file.Next();
        });
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    [Fact]
    public void Row_WithAnotherNumberOfCells_IsSaid()
    {
        using var csv = new Csv("a,b,c\n1,2,3,,\n1,2\n1,2,3,4\n");
        using var file = csv.Open();
        string? Next() => file.Next() ? file.Mismatch() : "the end";
        Assert.Null(Next());
        Assert.Contains("2 cells", Next(), StringComparison.Ordinal);
        Assert.Contains("4 cells", Next(), StringComparison.Ordinal);
        Assert.Equal("the end", Next());
    }

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(Encoding.ASCII.GetBytes(text));
        return packed.ToArray();
    }
}
