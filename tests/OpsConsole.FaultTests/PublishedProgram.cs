using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace OpsConsole.FaultTests;

/// <summary>The classes that share one published program, and so run one after another: each needs the machine for itself.</summary>
[CollectionDefinition(Name)]
public sealed class Faults : ICollectionFixture<PublishedProgram>
{
    public const string Name = "Faults";

    /// <summary>How many rounds a test goes: <c>OPSCONSOLE_FAULT_ROUNDS</c>, else what fits CI.</summary>
    public static int Rounds(int inCi) =>
        int.TryParse(Environment.GetEnvironmentVariable("OPSCONSOLE_FAULT_ROUNDS"), CultureInfo.InvariantCulture, out var rounds) ? rounds : inCi;
}

/// <summary>The program as an operator gets it: published once a test run, each time started on a port and a data folder of its own.</summary>
public sealed class PublishedProgram : IAsyncLifetime
{
    /// <summary>The key every scope hangs on in these tests.</summary>
    public const string Key = "fault-tests-bootstrap-key-0123456789abcdef";

    private readonly string _folder = Directory.CreateTempSubdirectory("opsconsole-published-").FullName;

    public async Task InitializeAsync()
    {
        var project = Path.Combine(RepositoryRoot(), "src", "OpsConsole.Web", "OpsConsole.Web.csproj");
        // As deploy/README.md says; where the package that compiles ahead can't be had, without it: the same program, only slower to start.
        var (exitCode, ahead) = await PublishAsync(project, "-r", "linux-x64");
        if (exitCode != 0)
        {
            (exitCode, var plain) = await PublishAsync(project);
            Assert.True(exitCode == 0, ahead + plain);
        }
    }

    private async Task<(int ExitCode, string Output)> PublishAsync(string project, params string[] more)
    {
        using var publish = Process.Start(new ProcessStartInfo("dotnet", ["publish", project, "-c", "Release", "-o", _folder, "--nologo", "-v", "q", .. more])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        return (publish.ExitCode, output);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Starts it; returns at once, ready or not.</summary>
    /// <param name="data">Its data folder, with its database.</param>
    /// <param name="environment">Settings besides the usual ones.</param>
    /// <param name="wrapper">A program that starts it, with its arguments, such as <c>faketime</c>.</param>
    /// <param name="port">To listen on; a free one without.</param>
    public RunningProgram Start(
        string data, IReadOnlyDictionary<string, string>? environment = null, IReadOnlyList<string>? wrapper = null, int? port = null) =>
        new(_folder, data, port ?? FreePort(), environment ?? new Dictionary<string, string>(), wrapper ?? []);

    private static string RepositoryRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    /// <summary>A port nobody listens on at the moment.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>One process of the published program.</summary>
public sealed class RunningProgram : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _log = [];

    internal RunningProgram(string folder, string data, int port, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> wrapper)
    {
        Database = Path.Combine(data, "opsconsole.db");
        string[] command = [.. wrapper, "dotnet", Path.Combine(folder, "OpsConsole.Web.dll"), "--urls", $"http://127.0.0.1:{port}"];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["ConnectionStrings__OpsConsole"] = $"Data Source={Database}";
        start.Environment["DataDirectory"] = data;
        start.Environment["Bootstrap__ApiKey"] = PublishedProgram.Key;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(30) };
        Client.DefaultRequestHeaders.Add("X-Api-Key", PublishedProgram.Key);
    }

    public HttpClient Client { get; }

    /// <summary>The database file.</summary>
    public string Database { get; }

    /// <summary>Of what was started; with a wrapper, the wrapper's.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Everything it said.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_log)
                return [.. _log];
        }
    }

    public string Log
    {
        get
        {
            lock (_log)
                return string.Join('\n', _log.TakeLast(60));
        }
    }

    /// <summary>Waits until it says it is ready.</summary>
    public async Task ReadyAsync(TimeSpan within)
    {
        using var deadline = new CancellationTokenSource(within);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            Assert.False(_process.HasExited, $"the program ended by itself:\n{Log}");
            try
            {
                using var answer = await Client.GetAsync(new Uri("/health/ready", UriKind.Relative), deadline.Token);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException) when (!deadline.IsCancellationRequested)
            {
                // Not listening yet.
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"not ready within {within}:\n{Log}");
            }
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>SIGKILL: no chance to say goodbye.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as a service manager stops it.</summary>
    public async Task<(int ExitCode, TimeSpan Took)> TerminateAsync()
    {
        var started = Stopwatch.GetTimestamp();
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return (_process.ExitCode, Stopwatch.GetElapsedTime(started));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
        Client.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
            return;
        lock (_log)
            _log.Add(line.Data);
    }
}
