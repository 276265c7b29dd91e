using System.Diagnostics;
using System.Globalization;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Learning;

/// <summary>
/// Carries a run out in a child process of the same program (<c>--train RUN</c>): it only reads the store and writes a file; a crash of it takes nothing
/// along, killing it cancels, and its memory comes back.
/// </summary>
public sealed class RunProcess(StoreOptions store, SettingsStore settings, LearningOptions options)
{
    private const int KeptOfErrors = 4000;
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "OpsConsole.Web");

    /// <summary>Runs the child to its end and gives the last it said: the file it made.</summary>
    /// <param name="run">The run's key.</param>
    /// <param name="tell">Is told how far it is.</param>
    /// <param name="cancellation">Kills the child.</param>
    /// <exception cref="TrainingException">It failed; the message says why.</exception>
    public async Task<RunProgress> RunAsync(long run, Func<RunProgress, Task> tell, CancellationToken cancellation)
    {
        using var child = new Process { StartInfo = Start(run) };
        var errors = new System.Text.StringBuilder();
        child.ErrorDataReceived += (_, line) =>
        {
            lock (errors)
            {
                if (line.Data is { } text && errors.Length < KeptOfErrors)
                    errors.AppendLine(text);
            }
        };
        child.Start();
        child.BeginErrorReadLine();
        try
        {
            RunProgress? last = null;
            while (await child.StandardOutput.ReadLineAsync(cancellation) is { } line)
            {
                if (RunProgress.Read(line) is not { } progress)
                    continue;
                last = progress;
                if (progress is { Result: null, Error: null, Evaluated: null })
                    await tell(progress);
            }
            await child.WaitForExitAsync(cancellation);
            if (last?.Error is { } told)
                throw new TrainingException(told);
            if (child.ExitCode == 0 && last is { Result: not null } or { Evaluated: not null })
                return last;
            string said;
            lock (errors)
                said = errors.ToString().Trim();
            throw new TrainingException(
                $"The process of the run ended with code {child.ExitCode.ToString(CultureInfo.InvariantCulture)} and no result.",
                new InvalidOperationException(said.Length > 0 ? said : "It said nothing."));
        }
        catch (OperationCanceledException)
        {
            child.Kill(entireProcessTree: true);
            await child.WaitForExitAsync(CancellationToken.None);
            throw;
        }
    }

    private ProcessStartInfo Start(long run)
    {
        var published = File.Exists(Program) && Environment.ProcessPath == Program;
        var start = new ProcessStartInfo(published ? Program : "dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        if (!published)
            start.ArgumentList.Add(Program + ".dll");
        start.ArgumentList.Add(TrainVerb.Name);
        start.ArgumentList.Add(run.ToString(CultureInfo.InvariantCulture));
        start.Environment["Database__Provider"] = store.Provider.ToString();
        start.Environment["ConnectionStrings__OpsConsole"] = store.ConnectionString;
        start.Environment["DataDirectory"] = store.DataDirectory;
        // Said to this program perhaps by its command line, which the child doesn't have.
        var operation = settings.Current;
        start.Environment["Operations__TimeZone"] = operation.TimeZone.Id;
        start.Environment["Operations__DefaultLeadMinutes"] = operation.DefaultLeadMinutes.ToString(CultureInfo.InvariantCulture);
        start.Environment["Operations__ReportingLagMinutes"] = operation.ReportingLagMinutes.ToString(CultureInfo.InvariantCulture);
        start.Environment["Demo__Enabled"] = "false";
        foreach (var (name, value) in options.ChildEnvironment)
            start.Environment[name] = value;
        return start;
    }
}
