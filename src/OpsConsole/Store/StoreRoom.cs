using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace OpsConsole.Store;

/// <summary>Keeping: the database, the write gate, the grouped writer.</summary>
public static class StoreRoom
{
    /// <summary>Adds the store. A second loop in the same process passes the first one's <paramref name="gate"/> and <paramref name="ids"/>.</summary>
    public static IServiceCollection AddStore(this IServiceCollection services, StoreOptions options, WriteGate? gate = null, Ids? ids = null)
    {
        services.AddSingleton(options);
        if (gate is null)
            services.AddSingleton<WriteGate>();
        else
            services.AddSingleton(gate);
        services.AddSingleton(ids ?? new Ids(TimeProvider.System));
        services.AddSingleton<StoreConnections>();
        services.AddSingleton<LivingProcess>();
        services.AddSingleton<WriteGateInterceptor>();
        services.AddSingleton<Migrator>();
        services.AddSingleton<GroupedWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<GroupedWriter>());
        if (gate is null)
            services.AddHostedService<WalCheckpointer>();
        services.AddDbContextFactory<OpsConsoleDb>((provider, builder) =>
        {
            Use(builder, options);
            if (options.IsSqlite)
                builder.AddInterceptors(provider.GetRequiredService<WriteGateInterceptor>());
        });
        return services;
    }

    /// <summary>The provider choice, shared with the migrations' design-time factories.</summary>
    public static DbContextOptionsBuilder Use(DbContextOptionsBuilder builder, StoreOptions options) => options.Provider switch
    {
        DatabaseProvider.Sqlite => builder.UseSqlite(
            new SqliteConnectionStringBuilder(options.ConnectionString) { DefaultTimeout = 5 }.ToString(),
            sqlite => sqlite.MigrationsAssembly("OpsConsole.Migrations.Sqlite")),
        _ => builder.UseSqlServer(
            options.ConnectionString,
            server => server.MigrationsAssembly("OpsConsole.Migrations.SqlServer").EnableRetryOnFailure()),
    };
}
