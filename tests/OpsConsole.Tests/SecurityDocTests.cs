using System.Text.RegularExpressions;

namespace OpsConsole.Tests;

/// <summary>docs/security.md says where each thing is met: what it names is there.</summary>
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

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OpsConsole.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests don't lie in the repository.");
    }

    [GeneratedRegex(@"`((?:src|tests|docs|deploy)/[\w./-]+\.\w+|Directory\.Packages\.props)`")]
    private static partial Regex Named();
}
