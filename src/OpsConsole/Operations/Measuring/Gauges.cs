using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Access;
using OpsConsole.Operations.Alerts;
using OpsConsole.Operations.Backups;
using OpsConsole.Store;

namespace OpsConsole.Operations.Measuring;

/// <summary>What is asked for when somebody scrapes: how much waits, how full things are. What can't be read at the moment is left out.</summary>
internal sealed partial class Gauges(
    IMeterFactory meters, Backlog backlog, StoreOptions store, GroupedWriter writer, AlertBoard alerts, BackupNotes backups, CircuitSeats seats, TimeProvider time, ILogger<Gauges> log)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create(Telemetry.Name);
        meter.CreateObservableGauge("opsconsole.backlog", () => Read(CountBacklog), "{shipment}", "Shipments behind their input or due by time");
        meter.CreateObservableGauge("opsconsole.circuits", () => seats.Taken, "{circuit}", "Pages open on this instance");
        meter.CreateObservableGauge("opsconsole.store.queue", () => writer.QueuedItems, "{item}", "Items waiting to be written, or being written");
        meter.CreateObservableGauge("opsconsole.store.files", () => Read(MeasureFiles), "By", "Length of the database and of its write-ahead log");
        meter.CreateObservableGauge("opsconsole.disk.free", () => Read(MeasureDisk), "1", "Share of the disk that is free where the data is");
        meter.CreateObservableGauge("opsconsole.alerts.open", CountAlerts, "{alert}", "Alerts that are not over");
        meter.CreateObservableGauge("opsconsole.backup.age", () => Read(AgeOfBackup), "s", "Since the newest backup was made");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Measurement<long>> CountBacklog()
    {
        var (unscored, unsettled) = backlog.Count();
        return [new(unscored, new KeyValuePair<string, object?>("stage", "score")), new(unsettled, new KeyValuePair<string, object?>("stage", "settle"))];
    }

    private IEnumerable<Measurement<long>> MeasureFiles() => StoreFiles.Database(store) is not { } file ? [] :
    [
        new(StoreFiles.Length(file), new KeyValuePair<string, object?>("file", "database")),
        new(StoreFiles.Length(file + "-wal"), new KeyValuePair<string, object?>("file", "wal")),
    ];

    private IEnumerable<Measurement<double>> MeasureDisk()
    {
        var drive = new DriveInfo(store.DataDirectory);
        return [new((double)drive.AvailableFreeSpace / drive.TotalSize)];
    }

    private IEnumerable<Measurement<long>> CountAlerts() => new[] { AlertState.Firing, AlertState.Acknowledged }
        .Select(state => new Measurement<long>(alerts.Open.Count(a => a.State == state), new KeyValuePair<string, object?>("state", state == AlertState.Firing ? "firing" : "acknowledged")));

    private IEnumerable<Measurement<double>> AgeOfBackup() => backups.Newest() is { } newest ? [new((time.GetUtcNow() - newest.At).TotalSeconds)] : [];

    private IEnumerable<Measurement<T>> Read<T>(Func<IEnumerable<Measurement<T>>> read)
        where T : struct
    {
        try
        {
            return read();
        }
        catch (Exception failure) when (failure is System.Data.Common.DbException or IOException or System.Text.Json.JsonException)
        {
            LogNotRead(log, failure);
            return [];
        }
    }

    [LoggerMessage(EventId = 3051, Level = LogLevel.Warning, Message = "A gauge could not be read; it is left out of this scrape")]
    private static partial void LogNotRead(ILogger logger, Exception failure);
}
