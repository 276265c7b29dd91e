using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace OpsConsole.Operations.Backups;

/// <summary><c>--backup FILE</c> and <c>--restore FILE [--overwrite]</c>.</summary>
internal static class BackupVerbs
{
    /// <summary>Adds both, and the rule that asks for backups.</summary>
    internal static IServiceCollection AddBackups(this IServiceCollection services)
    {
        services.AddSingleton<MakeBackup>();
        services.AddSingleton<RestoreBackup>();
        services.AddSingleton<BackupNotes>();
        services.AddSingleton<Alerts.IAlertRule, BackupRule>();
        services.AddSingleton(new Verb("--backup", "FILE", BackupAsync) { Writes = false });
        services.AddSingleton(new Verb("--restore", "FILE", RestoreAsync) { Writes = false });
        return services;
    }

    private static Task<int> BackupAsync(IServiceProvider services, IReadOnlyList<string> arguments, CancellationToken cancellation) => SayAsync(async () =>
    {
        var note = await services.GetRequiredService<MakeBackup>().RunAsync(arguments[0], cancellation);
        return string.Create(CultureInfo.InvariantCulture, $"{note.File}: {note.Bytes / 1e6:N1} MB, everything as of {note.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, made in {note.Seconds:N1} s.");
    });

    private static Task<int> RestoreAsync(IServiceProvider services, IReadOnlyList<string> arguments, CancellationToken cancellation) => SayAsync(async () =>
    {
        var (manifest, aside) = await services.GetRequiredService<RestoreBackup>().RunAsync(arguments[0], arguments.Contains("--overwrite"), cancellation);
        return string.Create(CultureInfo.InvariantCulture, $"Restored {manifest.Entries.Count} files, everything as of {manifest.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.")
            + (aside is null ? "" : $" What was there before is in {aside}.");
    });

    private static async Task<int> SayAsync(Func<Task<string>> work)
    {
        try
        {
            await Console.Out.WriteLineAsync(await work());
            return 0;
        }
        catch (Exception failure) when (failure is BackupException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped; nothing was left behind.");
            return 130;
        }
    }
}
