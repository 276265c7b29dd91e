using System.Diagnostics;

namespace OpsConsole.FaultTests;

/// <summary>What a fault needs of the machine.</summary>
public enum Needs
{
    /// <summary>The right to mount a memory disk.</summary>
    Mount,

    /// <summary><c>strace</c>, and the right to trace a process.</summary>
    Strace,

    /// <summary><c>faketime</c>.</summary>
    Faketime,

    /// <summary><c>redis-server</c>.</summary>
    Redis,
}

/// <summary>A test that needs more than a machine must have; without, it is skipped and says what is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsFactAttribute : FactAttribute
{
    public NeedsFactAttribute(Needs needs) => Skip = Machine.Lacks(needs);
}

/// <inheritdoc cref="NeedsFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsTheoryAttribute : TheoryAttribute
{
    public NeedsTheoryAttribute(Needs needs) => Skip = Machine.Lacks(needs);
}

/// <summary>Looks at the machine.</summary>
internal static class Machine
{
    /// <summary>Null when the machine has it, else what is missing.</summary>
    public static string? Lacks(Needs needs) => needs switch
    {
        Needs.Mount => Missing("unshare -m mount -t tmpfs tmpfs /mnt", "a memory disk cannot be mounted here (root is needed)"),
        Needs.Strace => Missing("strace -o /dev/null true", "strace is missing, or processes can't be traced here"),
        Needs.Faketime => Missing("faketime -f +1d true", "faketime is missing"),
        Needs.Redis => Missing("redis-server --version", "redis-server is missing: several instances were not tried over Redis (apt-get install redis-server)"),
        _ => throw new ArgumentOutOfRangeException(nameof(needs)),
    };

    private static string? Missing(string command, string otherwise)
    {
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", command + " >/dev/null 2>&1"]))!;
        process.WaitForExit();
        return process.ExitCode == 0 ? null : otherwise;
    }
}

/// <summary>Runs a command of the machine.</summary>
internal static class Shell
{
    public static async Task RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{command}: {error}");
    }
}
