using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Store;

/// <summary>A store of its own on a temporary SQLite file, migrated, its writer running.</summary>
public sealed class TestStore : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("opsconsole-store-").FullName;
    private readonly ServiceProvider _services;

    private TestStore(TimeProvider time, Action<IServiceCollection>? configure)
    {
        Options = new StoreOptions { ConnectionString = $"Data Source={Path.Combine(_folder, "test.db")}", DataDirectory = _folder };
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(typeof(Microsoft.Extensions.Logging.ILogger<>), typeof(NullLogger<>));
        services.AddSingleton(time);
        services.AddSingleton(new LoopClock(time));
        services.AddStore(Options);
        configure?.Invoke(services);
        _services = services.BuildServiceProvider();
    }

    public StoreOptions Options { get; }

    public IServiceProvider Services => _services;

    public GroupedWriter Writer => _services.GetRequiredService<GroupedWriter>();

    public static async Task<TestStore> StartAsync(TimeProvider? time = null, Action<IServiceCollection>? configure = null)
    {
        var store = new TestStore(time ?? TimeProvider.System, configure);
        await store._services.GetRequiredService<Migrator>().StartAsync(CancellationToken.None);
        foreach (var service in store._services.GetServices<IHostedService>())
            await service.StartAsync(CancellationToken.None);
        return store;
    }

    public long Count(string sql)
    {
        using var connection = _services.GetRequiredService<StoreConnections>().OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>())
            await service.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
