using System.Globalization;
using System.Text.RegularExpressions;

namespace OpsConsole.Tests;

/// <summary>docs/security.md says where each thing is met: what it names is there, and every item once.</summary>
public sealed partial class SecurityDocTests
{
    [Fact]
    public void FilesNamed_InTheSecurityPage_Exist()
    {
        var root = Root();
        var text = File.ReadAllText(Path.Combine(root, "docs", "security.md"));
        var named = Named().Matches(text).Select(m => m.Groups[1].Value).Distinct().ToList();
        Assert.True(named.Count > 20);
        var missing = named.Where(path => !File.Exists(Path.Combine(root, path))).ToList();
        Assert.True(missing.Count == 0, "docs/security.md names what isn't there: " + string.Join(", ", missing));
    }

    [Fact]
    public void TestsNamed_InTheSecurityPage_Exist()
    {
        var root = Root();
        var text = File.ReadAllText(Path.Combine(root, "docs", "security.md"));
        var named = NamedTest().Matches(text).Select(m => (File: m.Groups[1].Value, Method: m.Groups[2].Value)).Distinct().ToList();
        Assert.NotEmpty(named);
        var missing = named.Where(test => !Directory.EnumerateFiles(Path.Combine(root, "tests"), test.File + ".cs", SearchOption.AllDirectories)
            .Any(file => File.ReadAllText(file).Contains(test.Method + "(", StringComparison.Ordinal))).ToList();
        Assert.True(missing.Count == 0, "docs/security.md names tests that aren't there: " + string.Join(", ", missing));
    }

    [Fact]
    public void Items_OfEachChapter_StandOnceAndUnderTheirOwn()
    {
        var chapters = File.ReadAllText(Path.Combine(Root(), "docs", "security.md")).Split("\n### V").Skip(1)
            .Select(part => (Number: part[..part.IndexOf(' ', StringComparison.Ordinal)], Items: part.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal))
                .Select(line => line.Split('|')[1].Trim()).Where(cell => char.IsDigit(cell[0])).SelectMany(Expand).ToList())).ToList();
        Assert.Equal(Enumerable.Range(1, 16).Select(n => n.ToString(CultureInfo.InvariantCulture)), chapters.Select(c => c.Number));
        foreach (var (number, items) in chapters)
        {
            Assert.NotEmpty(items);
            Assert.Equal(items.Distinct(), items);
            Assert.All(items, item => Assert.StartsWith(number + ".", item, StringComparison.Ordinal));
        }
    }

    /// <summary><c>10.4.1–3, 10.4.5</c> is four items.</summary>
    private static IEnumerable<string> Expand(string cell) => cell.Split(", ").SelectMany(part =>
    {
        var ends = part.Split('–');
        var at = ends[0].LastIndexOf('.') + 1;
        var (first, last) = (int.Parse(ends[0][at..], CultureInfo.InvariantCulture), int.Parse(ends[^1][(ends.Length == 1 ? at : 0)..], CultureInfo.InvariantCulture));
        return Enumerable.Range(first, last - first + 1).Select(n => ends[0][..at] + n.ToString(CultureInfo.InvariantCulture));
    });

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OpsConsole.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests don't lie in the repository.");
    }

    [GeneratedRegex(@"`((?:src|tests|docs|deploy)/[\w./-]+\.\w+|Directory\.Packages\.props)`")]
    private static partial Regex Named();

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex NamedTest();
}
