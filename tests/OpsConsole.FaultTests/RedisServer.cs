using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace OpsConsole.FaultTests;

/// <summary>A real redis-server on a port of its own, which can be killed and started again there.</summary>
internal sealed class RedisServer : IDisposable
{
    private readonly int _port = PublishedProgram.FreePort();
    private Process? _process;

    /// <summary>What <c>Redis:Configuration</c> is set to.</summary>
    internal string Configuration => $"127.0.0.1:{_port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Starts it, and waits until it listens.</summary>
    internal async Task StartAsync()
    {
        var port = _port.ToString(CultureInfo.InvariantCulture);
        _process = Process.Start(new ProcessStartInfo(
            "redis-server", ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Path.GetTempPath()])
        { RedirectStandardOutput = true })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await ListensAsync())
            await timer.WaitForNextTickAsync(deadline.Token);
    }

    /// <summary>SIGKILL.</summary>
    internal async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        if (_process is null)
            return;
        _process.Kill();
        _process.Dispose();
    }

    private async Task<bool> ListensAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
